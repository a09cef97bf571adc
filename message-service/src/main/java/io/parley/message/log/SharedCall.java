package io.parley.message.log;

import io.parley.message.log.Pace.Moment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call to a store that many need at about the same time: one is under way at a time, and who
 * comes while it is shares the next one.
 */
final class SharedCall<T> {

  private record Flight<T>(Moment began, CompletableFuture<T> answer) {}

  private final Pace pace;
  private final Function<Moment, T> call;
  private final AtomicReference<@Nullable Flight<T>> flight = new AtomicReference<>();
  private volatile @Nullable Flight<T> newest;

  /**
   * @param call gets the moment at which it began
   */
  SharedCall(Pace pace, Function<Moment, T> call) {
    this.pace = pace;
    this.call = call;
  }

  /**
   * What a call answered that began no earlier than {@code moment}.
   *
   * @throws RuntimeException what the call threw
   */
  T since(Moment moment) {
    while (true) {
      Flight<T> last = newest;
      if (last != null && !last.began().isBefore(moment)) {
        // Or about to be there.
        return pace.await(last.answer());
      }
      Flight<T> mine = new Flight<>(pace.now(), new CompletableFuture<>());
      Flight<T> other = flight.compareAndExchange(null, mine);
      if (other == null) {
        return call(mine);
      }
      if (!other.began().isBefore(moment)) {
        return pace.await(other.answer());
      }
      pace.await(other.answer().handle((ended, failure) -> true));
    }
  }

  private T call(Flight<T> mine) {
    try {
      T answer = call.apply(mine.began());
      newest = mine;
      flight.set(null);
      mine.answer().complete(answer);
      return answer;
    } catch (RuntimeException | Error e) {
      flight.set(null);
      mine.answer().completeExceptionally(e);
      throw e;
    }
  }
}

package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.ids.ConversationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class WorkersTest {

  private static final int MAX_BACKLOG = 10;

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Workers workers =
      new Workers(
          new DeliveryProperties(
              1,
              MAX_BACKLOG,
              DataSize.ofKilobytes(512),
              Duration.ofSeconds(5),
              Duration.ofMillis(150),
              Duration.ofSeconds(30),
              Duration.ofSeconds(60),
              200),
          metrics);
  private final ConversationId id = new ConversationId(UUID.randomUUID());

  @AfterEach
  void stop() {
    workers.stop();
  }

  @Test
  void workerThatIsTooFarBehindShouldTakeOnlyWhatMustBeDone() {
    CompletableFuture<Void> stuck = new CompletableFuture<>();
    CompletableFuture<Void> started = new CompletableFuture<>();
    workers.submit(
        id,
        turn -> {
          started.complete(null);
          stuck.join();
        });
    started.join();
    List<Integer> done = new ArrayList<>();
    for (int i = 0; i < MAX_BACKLOG; i++) {
      int number = i;
      assertThat(workers.offer(id, turn -> done.add(number))).isTrue();
    }
    assertThat(workers.offer(id, turn -> done.add(-1))).isFalse();
    CompletableFuture<Integer> last = workers.call(id, turn -> done.size());
    stuck.complete(null);
    assertThat(last.join()).isEqualTo(MAX_BACKLOG);
    assertThat(done).isSorted().doesNotContain(-1);
    assertThat(metrics.get("parley.fanout.dropped").counter().count()).isEqualTo(1);
  }

  @Test
  void whatFailsShouldBeToldAndTheWorkerGoOn() {
    CompletableFuture<Integer> failing =
        workers.call(
            id,
            turn -> {
              throw new StackOverflowError();
            });
    assertThatThrownBy(failing::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StackOverflowError.class);
    assertThat(workers.call(id, turn -> 1).join()).isEqualTo(1);
  }
}

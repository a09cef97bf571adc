package io.parley.message.reaction;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Gathers the reactions to one message that come close together on this node, so that a storm of
 * them is a few events and frames. The first one is done at once, by who asks for it. From then on
 * the message has a lane, in which others wait until {@code parley.reactions.gather} after the last
 * event, and then are done together. A lane in which nobody waits then is gone.
 */
@Component
class ReactionLanes {

  private record Message(ConversationId conversation, long seq) {}

  private record Waiting(ReactionChange wish, CompletableFuture<ReactionView> answer) {

    Waiting(ReactionChange wish) {
      this(wish, new CompletableFuture<>());
    }
  }

  private static final Logger log = LoggerFactory.getLogger(ReactionLanes.class);

  /** In one event: under 20 kB, which every member gets in one frame. */
  private static final int AT_ONCE = 200;

  /** Longer than whoever does them may try. */
  private static final int PATIENCE_SECONDS = 15;

  private final ReactionLog reactions;
  private final ReactionProperties properties;
  private final Map<Message, Deque<Waiting>> lanes = new ConcurrentHashMap<>();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  ReactionLanes(ReactionLog reactions, ReactionProperties properties) {
    this.reactions = reactions;
    this.properties = properties;
  }

  /**
   * Returns when it is done.
   *
   * @throws ProblemException as {@link ReactionLog#change}; 409 {@code too-many-reactions}; 429
   *     {@code rate-limited} with the limiter {@code reactions} when too many wait
   */
  ReactionView change(ConversationId conversation, long seq, ReactionChange wish) {
    Message message = new Message(conversation, seq);
    Waiting mine = new Waiting(wish);
    if (isFirst(message, mine)) {
      try {
        change(message, List.of(mine));
      } finally {
        io.execute(() -> follow(message));
      }
    }
    return answer(mine);
  }

  /** Whether nobody is before it; else it waits. */
  private boolean isFirst(Message message, Waiting mine) {
    boolean[] first = {false};
    lanes.compute(
        message,
        (key, lane) -> {
          if (lane == null) {
            first[0] = true;
            return new ArrayDeque<>();
          }
          if (lane.size() >= properties.maxWaiting()) {
            throw new ProblemException(
                CommonProblem.RATE_LIMITED,
                "Too many react to this message",
                Map.of("limiter", "reactions", "retryAfter", 1L));
          }
          lane.add(mine);
          return lane;
        });
    return first[0];
  }

  private void follow(Message message) {
    try {
      List<Waiting> batch;
      do {
        Thread.sleep(properties.gather());
        do {
          batch = take(message);
          if (!batch.isEmpty()) {
            change(message, batch);
          }
        } while (batch.size() == AT_ONCE);
      } while (!batch.isEmpty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Who waits; when that is nobody the lane is gone. */
  private List<Waiting> take(Message message) {
    List<Waiting> batch = new ArrayList<>();
    lanes.computeIfPresent(
        message,
        (key, lane) -> {
          if (lane.isEmpty()) {
            return null;
          }
          while (batch.size() < AT_ONCE && !lane.isEmpty()) {
            batch.add(lane.remove());
          }
          return lane;
        });
    return batch;
  }

  /** Every one of them is answered, whatever happens. */
  private void change(Message message, List<Waiting> batch) {
    try {
      ReactionLog.Outcome outcome =
          reactions.change(
              message.conversation(), message.seq(), batch.stream().map(Waiting::wish).toList());
      for (Waiting each : batch) {
        try {
          each.answer().complete(outcome.of(each.wish()));
        } catch (ProblemException refusal) {
          each.answer().completeExceptionally(refusal);
        }
      }
    } catch (ProblemException refusal) {
      batch.forEach(each -> each.answer().completeExceptionally(refusal));
    } catch (RuntimeException e) {
      log.error("reactions to {} of {}", message.seq(), message.conversation(), e);
      batch.forEach(each -> each.answer().completeExceptionally(e));
    }
  }

  private static ReactionView answer(Waiting mine) {
    try {
      return mine.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ProblemException refusal
          ? refusal
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "It is not done yet");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}

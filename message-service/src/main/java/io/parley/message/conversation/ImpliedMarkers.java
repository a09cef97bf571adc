package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The read markers that messages sent on this node imply, until they are stored: one write for all
 * that a user sends to a conversation within {@link #DELAY}. Writes leave evenly. However many
 * markers fall due at once, no step writes more than its share of them; none waits for more than
 * about twice the delay.
 */
@Component
class ImpliedMarkers {

  /** Stores one marker. */
  interface Writer {
    CompletionStage<?> write(UserId user, ConversationId conversation, ReadMarker marker);
  }

  private record Due(UserId user, ConversationId conversation, long sinceNanos) {}

  static final Duration DELAY = Duration.ofMinutes(1);
  static final int STEP_MILLIS = 200;

  private static final Logger log = LoggerFactory.getLogger(ImpliedMarkers.class);
  private static final int STEPS = (int) (DELAY.toMillis() / STEP_MILLIS);

  /** As long as a node takes to close its sockets. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private static final int DRAIN_STEPS = (int) (DRAIN.toMillis() / STEP_MILLIS);

  /** In one step of a drain, even if fewer would be enough. */
  private static final int DRAIN_AT_ONCE = 50;

  private final Writer writer;
  private final LongSupplier nanoTime;
  private final Map<UserId, Map<ConversationId, ReadMarker>> waiting = new ConcurrentHashMap<>();

  /** Oldest first. */
  private final Queue<Due> queue = new LinkedBlockingQueue<>();

  private volatile boolean ending;
  private volatile @Nullable Thread drain;

  @Autowired
  ImpliedMarkers(CassandraReadMarkerStore store) {
    this(store::advance, System::nanoTime);
  }

  ImpliedMarkers(Writer writer, LongSupplier nanoTime) {
    this.writer = writer;
    this.nanoTime = nanoTime;
  }

  void add(UserId user, ConversationId conversation, ReadMarker marker) {
    waiting.compute(
        user,
        (key, known) -> {
          Map<ConversationId, ReadMarker> markers =
              known == null ? new ConcurrentHashMap<>(4) : known;
          ReadMarker before = markers.get(conversation);
          markers.put(conversation, before == null ? marker : before.further(marker));
          if (before == null) {
            enqueue(user, conversation);
          }
          return markers;
        });
  }

  /** This marker was stored otherwise: what is not further on need not be. */
  void stored(UserId user, ConversationId conversation, ReadMarker marker) {
    waiting.computeIfPresent(
        user,
        (key, markers) -> {
          markers.computeIfPresent(
              conversation, (id, mine) -> mine.seq() > marker.seq() ? mine : null);
          return markers.isEmpty() ? null : markers;
        });
  }

  /** By conversation; those of the user that wait here. */
  Map<ConversationId, ReadMarker> of(UserId user) {
    return waiting.getOrDefault(user, Map.of());
  }

  private void enqueue(UserId user, ConversationId conversation) {
    queue.add(new Due(user, conversation, nanoTime.getAsLong()));
  }

  @Scheduled(fixedDelay = STEP_MILLIS)
  void step() {
    long dueBefore = nanoTime.getAsLong() - DELAY.toNanos();
    int share = Math.ceilDiv(queue.size(), STEPS);
    for (int i = 0; i < share; i++) {
      Due oldest = queue.peek();
      if (oldest == null || oldest.sinceNanos() - dueBefore > 0) {
        return;
      }
      // A drain may have been faster.
      if (queue.remove(oldest)) {
        write(oldest);
      }
    }
  }

  private CompletableFuture<?> write(Due due) {
    ReadMarker marker = of(due.user()).get(due.conversation());
    if (marker == null) {
      return CompletableFuture.completedFuture(null);
    }
    return writer
        .write(due.user(), due.conversation(), marker)
        .handle(
            (done, failure) -> {
              if (failure == null) {
                stored(due.user(), due.conversation(), marker);
              } else {
                log.debug("a read marker waits for Cassandra: {}", failure.toString());
              }
              // Not stored, or a message was sent meanwhile.
              if (of(due.user()).containsKey(due.conversation())) {
                enqueue(due.user(), due.conversation());
              }
              return null;
            })
        .toCompletableFuture();
  }

  /** The node stops: while its sockets are closed what waits is stored, and what still comes. */
  @EventListener(ContextClosedEvent.class)
  void drain() {
    drain = Thread.ofVirtual().name("implied-markers").start(this::drainEvenly);
  }

  private void drainEvenly() {
    int share = Math.max(DRAIN_AT_ONCE, Math.ceilDiv(queue.size(), DRAIN_STEPS));
    try {
      for (int step = 0; step < DRAIN_STEPS && !(ending && queue.isEmpty()); step++) {
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < share; i++) {
          Due next = queue.poll();
          if (next == null) {
            break;
          }
          writes.add(write(next));
        }
        CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
        if (!(ending && queue.isEmpty())) {
          Thread.sleep(STEP_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!queue.isEmpty()) {
      log.warn("{} read markers implied by sends were not stored", queue.size());
    }
  }

  @PreDestroy
  void end() {
    ending = true;
    Thread draining = drain;
    try {
      if (draining != null) {
        draining.join(DRAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.parley.message.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.store.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * How it is decided anew which rows count (ADR 0003).
 *
 * <p>An epoch ends when the counter is lost, a write failed or a seq stays empty. Whoever notices
 * opens the next one by a lightweight transaction, <em>then</em> waits until nobody can hold a
 * lease on the old one, <em>then</em> reads what is there, declares the empty seqs void and settles
 * the first seq of the new epoch. Invariant: what was acknowledged was written before that reading.
 */
@Component
class EpochOpening {

  /**
   * A log whose newest event is older has no lease on it: one begins within a minute of an event,
   * and ends a minute later. The rest is what the clocks of two machines may differ by.
   */
  static final Duration SILENCE = Duration.ofMinutes(10);

  /**
   * No conversation, but the row of {@code log_epochs} in which a restore notes the highest epoch
   * that the keyspace can have had before ({@code scripts/restore.sh}). A backup has epochs first
   * and rows last, so rows may be of epochs that it does not know; none of those may come again.
   */
  static final ConversationId RESTORED = new ConversationId(new UUID(0, 0));

  /** Between two looks at what another node is doing. */
  static final Duration PAUSE = Duration.ofMillis(50);

  /** Pauses that another node's opening is waited for before it is taken over: three seconds. */
  private static final int PATIENCE = 60;

  /** By which two monotonic clocks may differ in a lease's time. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  /** Openings of this node beside which one more may take the time to ask. */
  private static final int FEW_AT_ONCE = 8;

  /** So often an opening may end and another be found. */
  private static final int ATTEMPTS = 6;

  /** Pauses that another node is given between settling an epoch and seeding the counter. */
  private static final int SEEDING = 4;

  private static final Logger log = LoggerFactory.getLogger(EpochOpening.class);

  private final EventStore store;
  private final Sequencer sequencer;
  private final LogTail tail;
  private final LogProperties properties;
  private final NodeId node;
  private final Pace pace;
  private final Counter first;
  private final Counter next;
  private final Counter voids;
  private final Map<ConversationId, CompletableFuture<Boolean>> busy = new ConcurrentHashMap<>();
  private final Map<ConversationId, CompletableFuture<Boolean>> awaited = new ConcurrentHashMap<>();

  /** Conversations in which a write of this node failed: reopened before the next append. */
  private final Set<ConversationId> failed = ConcurrentHashMap.newKeySet();

  private final SharedCall<Instant> notices;
  private final AtomicLong noted = new AtomicLong();

  /** Up to here epochs are not opened any more; negative until it is known. */
  private volatile int used = -1;

  EpochOpening(
      EventStore store,
      Sequencer sequencer,
      LogTail tail,
      LogProperties properties,
      NodeId node,
      Pace pace,
      MeterRegistry metrics) {
    this.store = store;
    this.sequencer = sequencer;
    this.tail = tail;
    this.properties = properties;
    this.node = node;
    this.pace = pace;
    this.notices = new SharedCall<>(pace, this::note);
    this.first = MessageMeter.EPOCHS.counter(metrics, "first");
    this.next = MessageMeter.EPOCHS.counter(metrics, "next");
    this.voids = MessageMeter.VOIDS.counter(metrics);
  }

  /**
   * What the counter says once it is one that may be asked: reopens first when a write of this node
   * failed, and when the counter is stale.
   *
   * @return stale when another node is at it: try again
   */
  Sequencer.Answer counted(ConversationId conversation, Supplier<Sequencer.Answer> counter) {
    if (failed.contains(conversation)) {
      alone(
          conversation,
          () -> {
            if (failed.contains(conversation)) {
              reopen(conversation);
              failed.remove(conversation);
            }
          });
    }
    Sequencer.Answer answer = counter.get();
    if (!(answer instanceof Sequencer.Stale)) {
      return answer;
    }
    return alone(
        conversation,
        () -> {
          Sequencer.Answer now = counter.get();
          if (!(now instanceof Sequencer.Stale)) {
            return now;
          }
          boolean seeded = reopen(conversation);
          now = counter.get();
          // Who settles an epoch seeds the counter next; to open another would only undo that.
          for (int waited = 0;
              !seeded && now instanceof Sequencer.Stale && waited < SEEDING;
              waited++) {
            pace.sleep(PAUSE);
            now = counter.get();
          }
          return now;
        });
  }

  /**
   * A write that failed: its row may be there or not. Before this node takes more seqs, a new epoch
   * settles it, else a store that is away for long would leave more empty seqs than a bucket has.
   */
  void writeFailed(ConversationId conversation) {
    failed.add(conversation);
  }

  /** The counter may give out an old epoch when whoever settled the new one died before seeding. */
  void reopenIfCounterIsOld(ConversationId conversation) {
    alone(
        conversation,
        () -> {
          LogEpoch epoch = store.epoch(conversation);
          if (epoch != null && sequencer.epoch(conversation) < epoch.epoch()) {
            reopen(conversation);
          }
        });
  }

  /** Opens an epoch, as a seq has no event although one behind it has. */
  void closeHoles(ConversationId conversation) {
    alone(conversation, () -> reopen(conversation));
  }

  /** From then on nothing that was given a seq in this epoch comes to count. */
  void end(ConversationId conversation, int epoch) {
    alone(
        conversation,
        () -> {
          LogEpoch now = store.epoch(conversation);
          if (now != null && now.epoch() <= epoch) {
            reopen(conversation);
          }
        });
  }

  /** The epoch once nobody is opening one; if whoever was has died, this opens the next. */
  LogEpoch settled(ConversationId conversation) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      LogEpoch epoch = store.epoch(conversation);
      if (epoch != null && epoch.isSettled()) {
        return epoch;
      }
      if (epoch == null) {
        pace.sleep(PAUSE);
      } else if (!awaitEnd(conversation, epoch.opening())) {
        takeOver(conversation, epoch.opening());
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
  }

  /**
   * Waits for an opening to end, settled or replaced by another; one thread of this node looks for
   * all.
   *
   * @return false when its time is up
   */
  private boolean awaitEnd(ConversationId conversation, int opening) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = awaited.putIfAbsent(conversation, mine);
    if (other != null) {
      return pace.await(other);
    }
    boolean ended = false;
    try {
      for (int waited = 0; !ended && waited < PATIENCE; waited++) {
        pace.sleep(PAUSE);
        LogEpoch now = store.epoch(conversation);
        ended = now != null && (now.isSettled() || now.opening() != opening);
      }
      return ended;
    } finally {
      awaited.remove(conversation, mine);
      // If it failed the others look for themselves.
      mine.complete(true);
    }
  }

  private void takeOver(ConversationId conversation, int abandoned) {
    alone(
        conversation,
        () -> {
          LogEpoch now = store.epoch(conversation);
          if (now != null && !now.isSettled() && now.opening() == abandoned) {
            open(conversation, now);
          }
        });
  }

  private void alone(ConversationId conversation, Runnable work) {
    alone(
        conversation,
        () -> {
          work.run();
          return true;
        });
  }

  /** One thread of this node at a time for each conversation. */
  private <T> T alone(ConversationId conversation, Supplier<T> work) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    while (true) {
      CompletableFuture<Boolean> other = busy.putIfAbsent(conversation, mine);
      if (other == null) {
        break;
      }
      pace.await(other);
    }
    try {
      return work.get();
    } finally {
      busy.remove(conversation, mine);
      mine.complete(true);
    }
  }

  /**
   * Opens the next epoch and seeds the counter from the log.
   *
   * @return false when another node is at it, or was: nothing was seeded
   */
  private boolean reopen(ConversationId conversation) {
    LogEpoch before = store.epoch(conversation);
    if (before == null) {
      int epoch = used() + 1;
      boolean created = store.createEpoch(conversation, epoch);
      if (created) {
        first.increment();
        sequencer.seed(conversation, epoch, 0, 0, List.of());
      }
      return created;
    }
    if (!before.isSettled() && awaitEnd(conversation, before.opening())) {
      return false;
    }
    return open(conversation, before);
  }

  /**
   * @param before the epoch row, in which nobody is at work any more
   */
  private boolean open(ConversationId conversation, LogEpoch before) {
    int opening = Math.max(before.opening(), used()) + 1;
    if (!store.openEpoch(conversation, opening, before.opening())) {
      return false;
    }
    awaitLeases(conversation, before);
    LogTail.Tail found = tail.read(conversation, before);
    LogEpoch settled =
        new LogEpoch(opening, found.head() + 1, found.voids().keySet(), opening, before.wholeTo());
    if (!store.settleEpoch(conversation, settled, before.epoch())) {
      return false;
    }
    found
        .voids()
        .forEach(
            (seq, count) ->
                store.insert(
                    LogEvent.ofVoid(conversation, seq, opening, pace.now().wall(), count)));
    next.increment();
    voids.increment(found.voids().size());
    sequencer.seed(conversation, opening, found.head(), found.count(), found.remembered());
    log.info(
        "opened epoch {} of {} at seq {}, {} void",
        opening,
        conversation,
        settled.firstSeq(),
        found.voids().size());
    return true;
  }

  /** Read once in the life of a node: services are stopped while a keyspace is restored. */
  private int used() {
    int known = used;
    if (known < 0) {
      LogEpoch restored = store.epoch(RESTORED);
      known = restored == null ? 0 : restored.epoch();
      used = known;
    }
    return known;
  }

  /**
   * After the transaction: the notice, so that no look from now on finds the old epoch good, and
   * then the time for which an earlier look may be relied on. Those who open at the same time share
   * a notice, and where many do nobody asks whether his log is silent.
   */
  private void awaitLeases(ConversationId conversation, LogEpoch before) {
    Pace.Moment now = pace.now();
    if (busy.size() <= FEW_AT_ONCE
        && tail.isSilentSince(conversation, before, now.wall().minus(SILENCE))) {
      return;
    }
    notices.since(now);
    pace.sleep(properties.lease().plus(MARGIN));
  }

  private Instant note(Pace.Moment began) {
    long micros = began.wall().toEpochMilli() * 1_000;
    store.noteOpening(node.value(), noted.updateAndGet(last -> Math.max(last + 1, micros)));
    return began.wall();
  }
}

package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Which rows of a log count, and how that is decided anew (ADR 0003).
 *
 * <p>An epoch ends when the counter is lost, a write failed or a seq stays empty. Whoever notices
 * opens the next one by a lightweight transaction, <em>then</em> reads what is there, declares the
 * empty seqs void and settles the first seq of the new epoch. Invariant: what was acknowledged was
 * written before the opening, so it is read.
 */
@Component
class LogEpochs {

  private static final Logger log = LoggerFactory.getLogger(LogEpochs.class);
  private static final Duration PAUSE = Duration.ofMillis(25);

  /** Pauses that another node's opening is waited for before it is taken over. */
  private static final int PATIENCE = 40;

  private static final int LOCKS = 256;

  private final CassandraEventStore store;
  private final Sequencer sequencer;
  private final LogProperties properties;
  private final Clock clock;
  private final ReentrantLock[] reopening = new ReentrantLock[LOCKS];
  private final Map<ConversationId, Long> suspects = new ConcurrentHashMap<>();

  /** Conversations in which a write of this node failed: reopened before the next append. */
  private final Set<ConversationId> failed = ConcurrentHashMap.newKeySet();

  LogEpochs(CassandraEventStore store, Sequencer sequencer, LogProperties properties, Clock clock) {
    this.store = store;
    this.sequencer = sequencer;
    this.properties = properties;
    this.clock = clock;
    for (int i = 0; i < LOCKS; i++) {
      reopening[i] = new ReentrantLock();
    }
  }

  // --- what counts -----------------------------------------------------------------------------

  /** Called after the row was written, never before. */
  boolean counts(LogEvent event) {
    LogEpoch epoch = store.epoch(event.conversation());
    if (epoch != null && epoch.opening() == event.epoch()) {
      return true;
    }
    LogEpoch settled = settled(event.conversation());
    if (event.seq() >= settled.firstSeq() || settled.voids().contains(event.seq())) {
      return false;
    }
    for (LogEvent row : store.at(event.conversation(), event.seq())) {
      if (row.epoch() > event.epoch()) {
        return false;
      }
    }
    return true;
  }

  /** The rows as read, and the events that count among them, oldest first. */
  record Settled(List<LogEvent> rows, List<LogEvent> events) {}

  /**
   * Reads rows, then the epoch, and keeps what counts, oldest first. In this order: a row that was
   * read while its epoch was still current is one that the next opener will read too.
   */
  Settled settle(ConversationId conversation, Supplier<List<LogEvent>> read) {
    while (true) {
      List<LogEvent> rows = read.get();
      LogEpoch epoch = rows.isEmpty() ? null : store.epoch(conversation);
      if (epoch == null) {
        return new Settled(rows, List.of());
      }
      if (epoch.isSettled()) {
        return new Settled(rows, counting(rows, epoch));
      }
      settled(conversation);
    }
  }

  /** At one seq the highest epoch counts; from the epoch's first seq on only its own rows do. */
  private static List<LogEvent> counting(List<LogEvent> rows, LogEpoch epoch) {
    TreeMap<Long, LogEvent> bySeq = new TreeMap<>();
    for (LogEvent row : rows) {
      if (row.seq() >= epoch.firstSeq() && row.epoch() != epoch.epoch()) {
        continue;
      }
      if (epoch.voids().contains(row.seq()) && row.kind() != LogEvent.Kind.VOID) {
        // Declared void; the row that says so may not be written yet.
        bySeq.putIfAbsent(
            row.seq(),
            LogEvent.ofVoid(
                row.conversation(), row.seq(), epoch.epoch(), row.at(), row.messageCount()));
      } else {
        bySeq.merge(row.seq(), row, (a, b) -> a.epoch() > b.epoch() ? a : b);
      }
    }
    return new ArrayList<>(bySeq.values());
  }

  /** The epoch once nobody is opening one; if whoever was has died, this opens the next. */
  private LogEpoch settled(ConversationId conversation) {
    for (int waited = 0; ; waited++) {
      LogEpoch epoch = store.epoch(conversation);
      if (epoch != null && epoch.isSettled()) {
        return epoch;
      }
      if (waited == PATIENCE) {
        reopenLocked(conversation, 0);
      } else if (waited > 2 * PATIENCE) {
        throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
      } else {
        pause();
      }
    }
  }

  /** Buckets are dense, so the newest is found by doubling steps and then halving them. */
  long topBucket(ConversationId conversation, LogEpoch epoch) {
    long low = store.bucketOf(epoch.firstSeq());
    long step = 1;
    while (!isEmpty(conversation, low + step)) {
      low += step;
      step *= 2;
    }
    while (step > 1) {
      step /= 2;
      if (!isEmpty(conversation, low + step)) {
        low += step;
      }
    }
    return low;
  }

  /**
   * Two buckets, as one could be all empty seqs: a node that fails to write takes no more of them
   * ({@link #failed}), so there are at most as many as it had sends in flight.
   */
  private boolean isEmpty(ConversationId conversation, long bucket) {
    return store.before(conversation, bucket, Long.MAX_VALUE, 1).isEmpty()
        && store.before(conversation, bucket + 1, Long.MAX_VALUE, 1).isEmpty();
  }

  // --- opening ---------------------------------------------------------------------------------

  /**
   * What the counter says once it is one that may be asked: reopens first when a write of this node
   * failed, and when the counter has nothing to say.
   *
   * @return stale when another node is at it: try again
   */
  Sequencer.Answer counted(ConversationId conversation, Supplier<Sequencer.Answer> counter) {
    if (failed.contains(conversation)) {
      reopenAfterFailure(conversation);
    }
    Sequencer.Answer answer = counter.get();
    if (!(answer instanceof Sequencer.Stale)) {
      return answer;
    }
    ReentrantLock lock = lock(conversation);
    lock.lock();
    try {
      answer = counter.get();
      if (answer instanceof Sequencer.Stale) {
        reopen(conversation, 0);
        answer = counter.get();
      }
      return answer;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A write that failed: its row may be there or not. Before more seqs are taken, a new epoch
   * settles it, else a store that is away for long would leave more empty seqs than a bucket has.
   */
  void writeFailed(LogEvent event) {
    failed.add(event.conversation());
    suspect(event.conversation(), event.seq(), properties.healAfter());
  }

  private void reopenAfterFailure(ConversationId conversation) {
    ReentrantLock lock = lock(conversation);
    lock.lock();
    try {
      if (failed.contains(conversation)) {
        reopen(conversation, 0);
        failed.remove(conversation);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The counter may give out an old epoch when whoever settled the new one died before seeding. */
  void reopenIfCounterIsOld(ConversationId conversation) {
    ReentrantLock lock = lock(conversation);
    lock.lock();
    try {
      LogEpoch epoch = store.epoch(conversation);
      if (epoch != null && sequencer.epoch(conversation) < epoch.epoch()) {
        reopen(conversation, 0);
      }
    } finally {
      lock.unlock();
    }
  }

  private void reopenLocked(ConversationId conversation, long suspect) {
    ReentrantLock lock = lock(conversation);
    lock.lock();
    try {
      reopen(conversation, suspect);
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(ConversationId conversation) {
    return reopening[Math.floorMod(conversation.hashCode(), LOCKS)];
  }

  /**
   * Opens the next epoch and seeds the counter from the log. Returns without having done so when
   * another node is at it.
   *
   * @param suspect a seq that may be empty, or 0
   */
  private void reopen(ConversationId conversation, long suspect) {
    LogEpoch before = store.epoch(conversation);
    if (before == null) {
      if (store.createEpoch(conversation)) {
        sequencer.seed(conversation, 1, 0, 0, List.of());
      }
      return;
    }
    for (int waited = 0; !before.isSettled() && waited < PATIENCE; waited++) {
      pause();
      LogEpoch now = store.epoch(conversation);
      if (now != null && (now.isSettled() || now.opening() != before.opening())) {
        return;
      }
    }
    int opening = before.opening() + 1;
    if (!store.openEpoch(conversation, opening, before.opening())) {
      return;
    }
    Tail tail = tail(conversation, before, suspect);
    LogEpoch settled = new LogEpoch(opening, tail.head() + 1, tail.voids().keySet(), opening);
    if (!store.settleEpoch(conversation, settled, before.epoch())) {
      return;
    }
    tail.voids()
        .forEach((seq, count) -> store.insert(voidEvent(conversation, seq, opening, count)));
    sequencer.seed(conversation, opening, tail.head(), tail.count(), tail.remembered());
    log.info(
        "opened epoch {} of {} at seq {}, {} void",
        opening,
        conversation,
        settled.firstSeq(),
        tail.voids().size());
  }

  private LogEvent voidEvent(ConversationId conversation, long seq, int epoch, long count) {
    return LogEvent.ofVoid(conversation, seq, epoch, clock.instant(), count);
  }

  /**
   * What the log holds when an epoch is opened.
   *
   * @param voids the empty seqs below the head, and the message count to give each
   */
  private record Tail(long head, long count, Map<Long, Long> voids, List<LogEvent> remembered) {}

  /** Reads back until as many counting events as are remembered have been seen, and the suspect. */
  private Tail tail(ConversationId conversation, LogEpoch before, long suspect) {
    List<LogEvent> rows = new ArrayList<>();
    List<LogEvent> events = List.of();
    long cursor = (topBucket(conversation, before) + 2) * properties.bucketEvents();
    int page = properties.rememberedSends() + 1;
    while (cursor > 1
        && (events.size() <= properties.rememberedSends() || (suspect > 0 && cursor > suspect))) {
      long bucket = store.bucketOf(cursor - 1);
      List<LogEvent> read = store.before(conversation, bucket, cursor, page);
      long lowest = bucket * properties.bucketEvents();
      if (read.size() == page) {
        lowest = read.get(page - 1).seq();
        rows.addAll(store.at(conversation, lowest));
      }
      rows.addAll(read);
      cursor = lowest;
      events = counting(rows, before);
    }
    if (events.isEmpty()) {
      return new Tail(before.firstSeq() - 1, 0, Map.of(), List.of());
    }
    long head = Math.max(1, cursor) - 1;
    long count = events.get(0).messageCount();
    Map<Long, Long> voids = new TreeMap<>();
    // What the last opener declared void stays so, though it may have died before writing it, and
    // though the late row may have come since.
    for (long seq : before.voids()) {
      List<LogEvent> at = store.at(conversation, seq);
      if (at.stream().noneMatch(row -> row.kind() == LogEvent.Kind.VOID)) {
        List<LogEvent> known = at.isEmpty() ? store.at(conversation, seq - 1) : at;
        voids.put(seq, known.isEmpty() ? 0L : known.get(0).messageCount());
      }
    }
    for (LogEvent event : events) {
      for (long empty = head + 1; empty < event.seq(); empty++) {
        voids.put(empty, count);
      }
      head = event.seq();
      count = event.messageCount();
    }
    List<LogEvent> remembered =
        events.stream()
            .skip(Math.max(0, events.size() - properties.rememberedSends()))
            .filter(event -> event.kind() != LogEvent.Kind.VOID)
            .toList();
    return new Tail(head, count, voids, remembered);
  }

  /**
   * Looks again after a while, on a thread of its own, and opens a new epoch if the seq is still
   * empty: this is how a hole left by a dead or failed writer is closed.
   */
  void suspect(ConversationId conversation, long seq, Duration after) {
    if (suspects.putIfAbsent(conversation, seq) != null) {
      return;
    }
    Thread.ofVirtual()
        .name("heal-" + conversation)
        .start(
            () -> {
              try {
                Thread.sleep(after);
                if (settle(conversation, () -> store.at(conversation, seq)).events().isEmpty()) {
                  reopenLocked(conversation, seq);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                log.warn("could not heal {} at seq {}: {}", conversation, seq, e.toString());
              } finally {
                suspects.remove(conversation);
              }
            });
  }

  static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}

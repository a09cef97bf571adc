package io.parley.message.log;

import com.datastax.oss.driver.api.core.DriverException;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.RedisSequencer.Proposal;
import io.parley.message.log.RedisSequencer.Remembered;
import io.parley.message.store.CassandraCalls;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * The conversation log: appends and reads. Redis proposes a seq, Cassandra decides whether it
 * counts (ADR 0003):
 *
 * <ol>
 *   <li>take a seq of the current epoch from Redis, or learn that this event has one already;
 *   <li>write the row, plainly and idempotently;
 *   <li>read the conversation's epoch again. Still the same: the event counts, for ever. Newer: the
 *       one who opened it may not have seen the row, so look whether it counts, else start over.
 * </ol>
 *
 * An epoch ends when the counter is lost or a seq stays empty. Whoever notices opens the next one
 * by a lightweight transaction, <em>then</em> reads what is there, declares the empty seqs void and
 * settles the first seq of the new epoch. Invariant: what was acknowledged was written before the
 * opening, so it is read.
 */
@Service
public class EventLog {

  /**
   * What is to be appended.
   *
   * @param key names the event among its author's; a repeat has the same
   * @param payload a JSON object, equal to the letter in a repeat
   */
  public record Draft(
      ConversationId conversation, UserId author, String key, LogEvent.Kind kind, String payload) {}

  /** An appended event; {@code repeat} when an earlier append had stored it. */
  public record Appended(LogEvent event, boolean repeat) {}

  private static final Logger log = LoggerFactory.getLogger(EventLog.class);
  private static final int ATTEMPTS = 60;
  private static final Duration PAUSE = Duration.ofMillis(25);

  /** Pauses that another node's opening is waited for before it is taken over. */
  private static final int PATIENCE = 40;

  private static final int LOCKS = 256;

  private final CassandraEventStore store;
  private final RedisSequencer sequencer;
  private final BodyCipher cipher;
  private final LogProperties properties;
  private final Clock clock;
  private final ReentrantLock[] reopening = new ReentrantLock[LOCKS];
  private final Map<ConversationId, Long> suspects = new ConcurrentHashMap<>();

  /** Conversations in which a write of this node failed: reopened before the next append. */
  private final Set<ConversationId> failed = ConcurrentHashMap.newKeySet();

  EventLog(
      CassandraEventStore store,
      RedisSequencer sequencer,
      BodyCipher cipher,
      LogProperties properties,
      Clock clock) {
    this.store = store;
    this.sequencer = sequencer;
    this.cipher = cipher;
    this.properties = properties;
    this.clock = clock;
    for (int i = 0; i < LOCKS; i++) {
      reopening[i] = new ReentrantLock();
    }
  }

  /**
   * Appends once, however often and wherever it is called with the same author and key.
   *
   * @throws ProblemException 409 {@code client-message-id-reused} when the key stands for another
   *     payload; 503 when a store does not answer: the event may or may not be stored, the same
   *     call again tells
   */
  public Appended append(Draft draft) {
    EventId id = EventId.of(draft.conversation(), draft.author(), draft.key());
    String fingerprint = cipher.fingerprint(draft.payload());
    return CassandraCalls.answered(() -> append(draft, id, fingerprint));
  }

  private Appended append(Draft draft, EventId id, String fingerprint) {
    int refused = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Proposal proposal = propose(draft, id, fingerprint);
      if (proposal == null) {
        pause();
        continue;
      }
      LogEvent event =
          new LogEvent(
              draft.conversation(),
              proposal.seq(),
              id,
              proposal.epoch(),
              draft.kind(),
              draft.author(),
              proposal.at(),
              proposal.messageCount(),
              draft.payload());
      boolean repeat = proposal.repeat();
      if (repeat) {
        if (!proposal.fingerprint().isEmpty() && !proposal.fingerprint().equals(fingerprint)) {
          throw new ProblemException(LogProblem.CLIENT_MESSAGE_ID_REUSED);
        }
        LogEvent before = sameRow(event);
        if (before != null && !before.payload().equals(draft.payload())) {
          throw new ProblemException(LogProblem.CLIENT_MESSAGE_ID_REUSED);
        }
        if (before == null) {
          // Its first writer is slow, failed or dead: the same row twice is the same row.
          write(event);
        }
      } else {
        write(event);
      }
      if (counts(event)) {
        return new Appended(event, repeat);
      }
      log.info("seq {} of {} did not count, again", event.seq(), event.conversation());
      if (++refused > 2) {
        reopenIfCounterIsOld(draft.conversation());
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
  }

  private void write(LogEvent event) {
    try {
      store.insert(event);
    } catch (DriverException e) {
      // The row may be there or not. Before more seqs are taken, a new epoch settles it: else a
      // store that is away for long would leave more empty seqs than a bucket has.
      failed.add(event.conversation());
      suspect(event.conversation(), event.seq(), properties.healAfter());
      throw e;
    }
  }

  private @Nullable LogEvent sameRow(LogEvent event) {
    for (LogEvent row : store.at(event.conversation(), event.seq())) {
      if (row.id().equals(event.id()) && row.epoch() == event.epoch()) {
        return row;
      }
    }
    return null;
  }

  /** Called after the row was written, never before. */
  private boolean counts(LogEvent event) {
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

  private @Nullable Proposal propose(Draft draft, EventId id, String fingerprint) {
    boolean message = draft.kind() == LogEvent.Kind.MESSAGE;
    if (failed.contains(draft.conversation())) {
      reopenAfterFailure(draft.conversation());
    }
    Proposal proposal = sequencer.propose(draft.conversation(), id, fingerprint, message);
    if (proposal != null) {
      return proposal;
    }
    ReentrantLock lock = lock(draft.conversation());
    lock.lock();
    try {
      proposal = sequencer.propose(draft.conversation(), id, fingerprint, message);
      if (proposal == null) {
        reopen(draft.conversation(), 0);
        proposal = sequencer.propose(draft.conversation(), id, fingerprint, message);
      }
      return proposal;
    } finally {
      lock.unlock();
    }
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

  private ReentrantLock lock(ConversationId conversation) {
    return reopening[Math.floorMod(conversation.hashCode(), LOCKS)];
  }

  // --- reading ---------------------------------------------------------------------------------

  /**
   * The events from {@code from} on, oldest first, without a gap: it ends before a seq whose event
   * is still being written. One that stays empty is declared void.
   */
  public List<LogEvent> read(ConversationId conversation, long from, int limit) {
    return CassandraCalls.answered(
        () -> {
          List<LogEvent> events = settledFrom(conversation, from, limit);
          long next = from;
          for (LogEvent event : events) {
            if (event.seq() > next) {
              return events.subList(0, (int) (healed(event, next) - from));
            }
            next++;
          }
          return events;
        });
  }

  /**
   * Heals an empty seq if the event behind it is old enough; returns where the gap still begins.
   */
  private long healed(LogEvent behind, long gap) {
    if (behind.at().plus(properties.healAfter()).isBefore(clock.instant())) {
      suspect(behind.conversation(), gap, Duration.ZERO);
    }
    return gap;
  }

  /** Up to {@code limit} events with {@code seq < before}, newest first. */
  public List<LogEvent> readBefore(ConversationId conversation, long before, int limit) {
    return CassandraCalls.answered(
        () -> {
          LogEpoch epoch = store.epoch(conversation);
          if (epoch == null) {
            return List.of();
          }
          List<LogEvent> newestFirst = new ArrayList<>();
          long top = (topBucket(conversation, epoch) + 2) * properties.bucketEvents();
          long cursor = Math.min(before, top);
          while (newestFirst.size() < limit && cursor > 1) {
            cursor = pageBefore(conversation, cursor, limit, newestFirst);
          }
          return newestFirst;
        });
  }

  /** Adds what one bucket gives, and returns the seq before which to go on. */
  private long pageBefore(
      ConversationId conversation, long cursor, int limit, List<LogEvent> newestFirst) {
    long bucket = store.bucketOf(cursor - 1);
    int rows = 2 * (limit - newestFirst.size()) + 2;
    Settled page = settle(conversation, () -> store.before(conversation, bucket, cursor, rows));
    long next = bucket * properties.bucketEvents();
    if (page.rows().size() == rows) {
      long lowest = page.rows().get(rows - 1).seq();
      if (lowest == page.rows().get(0).seq()) {
        page = settle(conversation, () -> store.at(conversation, lowest));
        next = lowest;
      } else {
        // Cut off by the limit, so perhaps within the rows of its lowest seq.
        next = lowest + 1;
      }
    }
    for (int i = page.events().size() - 1; i >= 0 && newestFirst.size() < limit; i--) {
      if (page.events().get(i).seq() >= next) {
        newestFirst.add(page.events().get(i));
      }
    }
    return next;
  }

  /** The newest event, or null when there is none. */
  public @Nullable LogEvent head(ConversationId conversation) {
    List<LogEvent> newest = readBefore(conversation, Long.MAX_VALUE, 1);
    return newest.isEmpty() ? null : newest.get(0);
  }

  /**
   * The newest seq given out in each conversation whose counter is known; its event may not be
   * written yet. One round trip.
   */
  public Map<ConversationId, Long> proposedSeqs(List<ConversationId> conversations) {
    return sequencer.newest(conversations);
  }

  /** The event at a seq, or null when there is none yet. */
  public @Nullable LogEvent at(ConversationId conversation, long seq) {
    List<LogEvent> events =
        CassandraCalls.answered(
            () -> settle(conversation, () -> store.at(conversation, seq)).events());
    return events.isEmpty() ? null : events.get(0);
  }

  private List<LogEvent> settledFrom(ConversationId conversation, long from, int limit) {
    List<LogEvent> events = new ArrayList<>();
    long next = from;
    boolean more = true;
    while (more && events.size() < limit) {
      long start = next;
      // A seq can have rows that do not count beside the one that does.
      int rows = 2 * (limit - events.size()) + 2;
      Settled page = settle(conversation, () -> store.from(conversation, start, rows));
      long end = Long.MAX_VALUE;
      long last = page.rows().isEmpty() ? start - 1 : page.rows().get(page.rows().size() - 1).seq();
      if (page.rows().size() == rows) {
        if (last == page.rows().get(0).seq()) {
          page = settle(conversation, () -> store.at(conversation, last));
          next = last + 1;
        } else {
          // Cut off by the limit, so perhaps within the rows of its last seq.
          end = last;
          next = last;
        }
      } else {
        // Empty seqs at a bucket's end must not hide what is in the next.
        next = (store.bucketOf(start) + 1) * properties.bucketEvents();
        more = next - 1 - last <= properties.bucketEvents() / 2;
      }
      for (LogEvent event : page.events()) {
        if (event.seq() < end && events.size() < limit) {
          events.add(event);
        }
      }
    }
    return events;
  }

  /** The rows as read, and the events that count among them, oldest first. */
  private record Settled(List<LogEvent> rows, List<LogEvent> events) {}

  /**
   * Reads rows, then the epoch, and keeps what counts, oldest first. In this order: a row that was
   * read while its epoch was still current is one that the next opener will read too.
   */
  private Settled settle(ConversationId conversation, Supplier<List<LogEvent>> read) {
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
  private long topBucket(ConversationId conversation, LogEpoch epoch) {
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

  // --- reopening -------------------------------------------------------------------------------

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
  private record Tail(long head, long count, Map<Long, Long> voids, List<Remembered> remembered) {}

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
    List<Remembered> remembered =
        events.stream()
            .skip(Math.max(0, events.size() - properties.rememberedSends()))
            .filter(event -> event.kind() != LogEvent.Kind.VOID)
            .map(
                event ->
                    new Remembered(
                        event.id(), event.epoch(), event.seq(), event.messageCount(), event.at()))
            .toList();
    return new Tail(head, count, voids, remembered);
  }

  /**
   * Looks again after a while, on a thread of its own, and opens a new epoch if the seq is still
   * empty: this is how a hole left by a dead or failed writer is closed.
   */
  private void suspect(ConversationId conversation, long seq, Duration after) {
    if (suspects.putIfAbsent(conversation, seq) != null) {
      return;
    }
    Thread.ofVirtual()
        .name("heal-" + conversation)
        .start(
            () -> {
              try {
                Thread.sleep(after);
                if (at(conversation, seq) == null) {
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

  /** The counter may give out an old epoch when whoever settled the new one died before seeding. */
  private void reopenIfCounterIsOld(ConversationId conversation) {
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

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}

package io.parley.message.log;

import com.datastax.oss.driver.api.core.DriverException;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.Sequencer.Proposal;
import io.parley.message.store.CassandraCalls;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
 * What ends an epoch, and how the next one is opened, is in {@link LogEpochs}.
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
      ConversationId conversation, UserId author, String key, LogEvent.Kind kind, String payload) {

    EventId id() {
      return EventId.of(conversation, author, key);
    }
  }

  /** An appended event; {@code repeat} when an earlier append had stored it. */
  public record Appended(LogEvent event, boolean repeat) {}

  /**
   * The newest seq that was given out in each conversation; its event may not be written yet.
   *
   * @param known by counters that can be relied on
   * @param unknown whose counter is missing, or of a Redis that may have forgotten: only the log
   *     itself tells what is new there
   */
  public record ProposedSeqs(Map<ConversationId, Long> known, Set<ConversationId> unknown) {}

  /** The place of a message as it was proposed to its author. */
  public record OwnMessage(long seq, long messageCount) {}

  private static final Logger log = LoggerFactory.getLogger(EventLog.class);
  private static final int ATTEMPTS = 60;

  private final CassandraEventStore store;
  private final Sequencer sequencer;
  private final BodyCipher cipher;
  private final LogEpochs epochs;
  private final LogProperties properties;
  private final Clock clock;
  private volatile Consumer<LogEvent> beingDeleted = event -> {};

  EventLog(
      CassandraEventStore store,
      Sequencer sequencer,
      BodyCipher cipher,
      LogEpochs epochs,
      LogProperties properties,
      Clock clock) {
    this.store = store;
    this.sequencer = sequencer;
    this.cipher = cipher;
    this.epochs = epochs;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Appends once, however often and wherever it is called with the same author and key.
   *
   * @throws ProblemException 409 {@code client-message-id-reused} when the key stands for another
   *     payload; 503 when a store does not answer: the event may or may not be stored, the same
   *     call again tells
   */
  public Appended append(Draft draft) {
    return CassandraCalls.answered(() -> append(draft, draft.id(), true));
  }

  /**
   * Like {@link #append}, but whatever the first one said stands: for events of the service's own,
   * which it may word differently when it does its work again.
   */
  public Appended appendOnce(Draft draft) {
    return CassandraCalls.answered(() -> append(draft, draft.id(), false));
  }

  /**
   * What was appended for this draft before; null when nothing was, or so long ago that it is not
   * remembered. Appends nothing.
   *
   * @throws ProblemException 409 {@code client-message-id-reused}, as {@link #append}
   */
  public @Nullable LogEvent original(Draft draft) {
    return CassandraCalls.answered(
        () -> {
          for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            switch (epochs.counted(
                draft.conversation(), () -> sequencer.find(draft.conversation(), draft.id()))) {
              case Sequencer.Stale stale -> LogEpochs.pause();
              case Sequencer.Unknown unknown -> {
                return null;
              }
              case Proposal found -> {
                LogEvent event = at(draft.conversation(), found.seq());
                if (event == null || !event.id().equals(draft.id())) {
                  return null;
                }
                refuseOther(draft, found, cipher.fingerprint(draft.payload()), event);
                return event;
              }
            }
          }
          throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
        });
  }

  private static void refuseOther(
      Draft draft, Proposal proposal, String fingerprint, @Nullable LogEvent before) {
    boolean other =
        !proposal.fingerprint().isEmpty() && !proposal.fingerprint().equals(fingerprint);
    // What a deleted message said is not there to be compared any more.
    boolean otherBody =
        before != null && !before.isDeleted() && !before.payload().equals(draft.payload());
    if (other || otherBody) {
      throw new ProblemException(LogProblem.CLIENT_MESSAGE_ID_REUSED);
    }
  }

  private Appended append(Draft draft, EventId id, boolean onlySame) {
    String fingerprint = cipher.fingerprint(draft.payload());
    int refused = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (!(epochs.counted(draft.conversation(), () -> sequencer.propose(draft, id, fingerprint))
          instanceof Proposal proposal)) {
        LogEpochs.pause();
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
        LogEvent before = sameRow(event);
        if (onlySame) {
          refuseOther(draft, proposal, fingerprint, before);
        }
        if (before == null) {
          // Its first writer is slow, failed or dead: the same row twice is the same row.
          write(event);
        } else {
          event = before;
        }
      } else {
        write(event);
      }
      if (epochs.counts(event)) {
        return new Appended(event, repeat);
      }
      log.info("seq {} of {} did not count, again", event.seq(), event.conversation());
      if (++refused > 2) {
        epochs.reopenIfCounterIsOld(draft.conversation());
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
  }

  /**
   * Puts another content in the place of an event's; what was there can not come back.
   *
   * @param deletedSeq as in {@link LogEvent}
   */
  public void overwrite(LogEvent event, String payload, long deletedSeq) {
    CassandraCalls.answered(
        () -> {
          store.overwrite(event, payload, deletedSeq);
          return event;
        });
  }

  /**
   * @param listener is told of each message that is read while it is being deleted; it must only
   *     hand over
   */
  public void onBeingDeleted(Consumer<LogEvent> listener) {
    beingDeleted = listener;
  }

  private List<LogEvent> seen(List<LogEvent> events) {
    for (LogEvent event : events) {
      if (event.deletedSeq() == LogEvent.BEING_DELETED) {
        beingDeleted.accept(event);
      }
    }
    return events;
  }

  private void write(LogEvent event) {
    try {
      store.insert(event);
    } catch (DriverException e) {
      epochs.writeFailed(event);
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
              return seen(events.subList(0, (int) (healed(event, next) - from)));
            }
            next++;
          }
          return seen(events);
        });
  }

  /**
   * Heals an empty seq if the event behind it is old enough; returns where the gap still begins.
   */
  private long healed(LogEvent behind, long gap) {
    if (behind.at().plus(properties.healAfter()).isBefore(clock.instant())) {
      epochs.suspect(behind.conversation(), gap, Duration.ZERO);
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
          long top = (epochs.topBucket(conversation, epoch) + 2) * properties.bucketEvents();
          long cursor = Math.min(before, top);
          while (newestFirst.size() < limit && cursor > 1) {
            cursor = pageBefore(conversation, cursor, limit, newestFirst);
          }
          return seen(newestFirst);
        });
  }

  /** Adds what one bucket gives, and returns the seq before which to go on. */
  private long pageBefore(
      ConversationId conversation, long cursor, int limit, List<LogEvent> newestFirst) {
    long bucket = store.bucketOf(cursor - 1);
    int rows = 2 * (limit - newestFirst.size()) + 2;
    LogEpochs.Settled page =
        epochs.settle(conversation, () -> store.before(conversation, bucket, cursor, rows));
    long next = bucket * properties.bucketEvents();
    if (page.rows().size() == rows) {
      long lowest = page.rows().get(rows - 1).seq();
      if (lowest == page.rows().get(0).seq()) {
        page = epochs.settle(conversation, () -> store.at(conversation, lowest));
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

  /** What has been proposed in each conversation. One round trip. */
  public ProposedSeqs proposedSeqs(Collection<ConversationId> conversations) {
    return sequencer.proposedSeqs(conversations);
  }

  /**
   * An author's own newest message in each conversation, as proposed; one that is forgotten is
   * absent. It may never have been written: good to count unread with, not to be stored. One round
   * trip.
   */
  public Map<ConversationId, OwnMessage> newestBy(
      UserId author, Collection<ConversationId> conversations) {
    return sequencer.newestBy(author, conversations);
  }

  /** The event at a seq, or null when there is none yet. */
  public @Nullable LogEvent at(ConversationId conversation, long seq) {
    List<LogEvent> events =
        CassandraCalls.answered(
            () -> epochs.settle(conversation, () -> store.at(conversation, seq)).events());
    return events.isEmpty() ? null : seen(events).get(0);
  }

  private List<LogEvent> settledFrom(ConversationId conversation, long from, int limit) {
    List<LogEvent> events = new ArrayList<>();
    long next = from;
    boolean more = true;
    while (more && events.size() < limit) {
      long start = next;
      // A seq can have rows that do not count beside the one that does.
      int rows = 2 * (limit - events.size()) + 2;
      LogEpochs.Settled page =
          epochs.settle(conversation, () -> store.from(conversation, start, rows));
      long end = Long.MAX_VALUE;
      long last = page.rows().isEmpty() ? start - 1 : page.rows().get(page.rows().size() - 1).seq();
      if (page.rows().size() == rows) {
        if (last == page.rows().get(0).seq()) {
          page = epochs.settle(conversation, () -> store.at(conversation, last));
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
}

package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.Sequencer.Proposal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Appends to the conversation log. Redis proposes a seq, Cassandra decides whether it counts (ADR
 * 0003):
 *
 * <ol>
 *   <li>take a seq of the current epoch from Redis, or learn that this event has one already;
 *   <li>write the row, plainly and idempotently;
 *   <li>make sure that the epoch is still the same ({@link Epochs#counts}): then the event counts,
 *       for ever. If a newer one was opened, it may have been without the row: if so, start over.
 * </ol>
 *
 * <p>What ends an epoch, and how the next one is opened, is in {@link EpochOpening}.
 */
@Service
public class EventLog {

  /**
   * What is to be appended.
   *
   * @param key names the event among its author's, or among all authors' where the kind {@link
   *     LogEvent.Kind#isNamedByAll}; a repeat has the same
   * @param payload a JSON object
   * @param said what of such a payload its author said, which must be equal to the letter in a
   *     repeat; the rest was found out when it was stored, and a repeat may find something else
   * @param window where it may take a place; null: anywhere
   */
  public record Draft(
      ConversationId conversation,
      UserId author,
      String key,
      LogEvent.Kind kind,
      String payload,
      UnaryOperator<String> said,
      @Nullable AppendWindow window) {

    /** Anywhere in the log. */
    public Draft(
        ConversationId conversation,
        UserId author,
        String key,
        LogEvent.Kind kind,
        String payload,
        UnaryOperator<String> said) {
      this(conversation, author, key, kind, payload, said, null);
    }

    /** The author said all of it. */
    public Draft(
        ConversationId conversation,
        UserId author,
        String key,
        LogEvent.Kind kind,
        String payload) {
      this(conversation, author, key, kind, payload, UnaryOperator.identity());
    }

    /** The same event, which says it with another payload. */
    public Draft saying(String other) {
      return new Draft(conversation, author, key, kind, other, said, window);
    }

    /** The same event, to be appended there or not at all. */
    public Draft within(AppendWindow place) {
      return new Draft(conversation, author, key, kind, payload, said, place);
    }

    public EventId id() {
      return EventId.of(conversation, kind.isNamedByAll() ? NOBODY : author, key);
    }

    /** What the author says. */
    String says() {
      return said.apply(payload);
    }

    boolean saysTheSameAs(LogEvent event) {
      return said.apply(event.payload()).equals(says());
    }
  }

  /** An appended event; {@code repeat} when an earlier append had stored it. */
  public record Appended(LogEvent event, boolean repeat) {}

  /**
   * The newest seq that was given out in each conversation; its event may not be written yet.
   *
   * @param known by counters that can be relied on
   * @param recent those of the known that gave out a seq within the last minute
   * @param unknown whose counter is missing, or of a Redis that may have forgotten: only the log
   *     itself tells what is new there
   */
  public record ProposedSeqs(
      Map<ConversationId, Long> known, Set<ConversationId> recent, Set<ConversationId> unknown) {}

  private static final UserId NOBODY = new UserId(new UUID(0, 0));
  private static final Logger log = LoggerFactory.getLogger(EventLog.class);
  private static final int ATTEMPTS = 60;

  /** So often a row may not count before the counter that placed it is suspected. */
  private static final int REFUSALS = 2;

  private final EventStore store;
  private final Sequencer sequencer;
  private final BodyCipher cipher;
  private final Epochs epochs;
  private final EpochOpening opening;
  private final Holes holes;
  private final LogReader reader;
  private final Pace pace;

  EventLog(
      EventStore store,
      Sequencer sequencer,
      BodyCipher cipher,
      Epochs epochs,
      EpochOpening opening,
      Holes holes,
      LogReader reader,
      Pace pace) {
    this.store = store;
    this.sequencer = sequencer;
    this.cipher = cipher;
    this.epochs = epochs;
    this.opening = opening;
    this.holes = holes;
    this.reader = reader;
    this.pace = pace;
  }

  /**
   * Appends once, however often and wherever it is called with the same author and key.
   *
   * @throws ProblemException 409 {@code client-message-id-reused} when the key stands for something
   *     else; 503 when a store does not answer: the event may or may not be stored, the same call
   *     again tells
   * @throws AppendWindow.Passed when the draft has a window, and the log is beyond it
   */
  public Appended append(Draft draft) {
    return append(draft, true);
  }

  /**
   * Like {@link #append}, but whatever the first one said stands: for events of the service's own,
   * which it may word differently when it does its work again.
   */
  public Appended appendOnce(Draft draft) {
    return append(draft, false);
  }

  private Appended append(Draft draft, boolean onlySame) {
    EventId id = draft.id();
    String fingerprint = cipher.fingerprint(draft.says());
    int refused = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Sequencer.Answer answer =
          opening.counted(draft.conversation(), () -> sequencer.propose(draft, id, fingerprint));
      if (answer instanceof Sequencer.Passed) {
        throw new AppendWindow.Passed();
      }
      if (!(answer instanceof Proposal proposal)) {
        pace.sleep(EpochOpening.PAUSE);
        continue;
      }
      LogEvent event = placed(draft, id, proposal);
      LogEvent before = proposal.repeat() ? sameRow(event) : null;
      if (proposal.repeat() && onlySame) {
        refuseOther(draft, proposal, fingerprint, before);
      }
      if (before == null) {
        // Of a repeat the first writer is slow, failed or dead: the same row twice is the same row.
        write(event);
      } else {
        event = before;
      }
      if (epochs.counts(event)) {
        noteWholeNowAndThen(event);
        return new Appended(event, proposal.repeat());
      }
      log.info("seq {} of {} did not count, again", event.seq(), event.conversation());
      if (++refused > REFUSALS) {
        opening.reopenIfCounterIsOld(draft.conversation());
      }
    }
    throw reopening();
  }

  /**
   * As {@link #appendOnce(Draft)}, for several in their order: a place, a row and a look at the
   * epoch are asked for once. One that was appended before stays where it is.
   *
   * @param drafts of one conversation, no two of the same event, all anywhere in the log
   * @return the events, in the order of the drafts
   */
  public List<LogEvent> appendOnce(List<Draft> drafts) {
    if (drafts.size() == 1) {
      return List.of(appendOnce(drafts.getFirst()).event());
    }
    List<Sequencer.Named> named =
        drafts.stream()
            .map(draft -> new Sequencer.Named(draft, draft.id(), cipher.fingerprint(draft.says())))
            .toList();
    List<LogEvent> appended = new ArrayList<>(drafts.size());
    int refused = 0;
    for (int attempt = 0; attempt < ATTEMPTS && appended.size() < drafts.size(); attempt++) {
      ConversationId conversation = drafts.getFirst().conversation();
      List<Sequencer.Named> rest = named.subList(appended.size(), named.size());
      if (!(opening.counted(conversation, () -> sequencer.propose(rest))
          instanceof Sequencer.Proposals proposals)) {
        pace.sleep(EpochOpening.PAUSE);
        continue;
      }
      int counted = appended.size();
      appended.addAll(counting(written(rest, proposals.each())));
      // None behind it counts either: its row was not there before.
      if (appended.size() < drafts.size()) {
        log.info("{} events of {} did not count, again", rest.size(), conversation);
        refused = appended.size() > counted ? 1 : refused + 1;
        if (refused > REFUSALS) {
          opening.reopenIfCounterIsOld(conversation);
        }
      }
    }
    if (appended.size() < drafts.size()) {
      throw reopening();
    }
    return appended;
  }

  /** The rows of the events, of which those that are not there are written. */
  private List<LogEvent> written(List<Sequencer.Named> drafts, List<Proposal> places) {
    Map<EventId, LogEvent> before = rowsOfRepeats(drafts, places);
    List<LogEvent> events = new ArrayList<>();
    List<LogEvent> missing = new ArrayList<>();
    for (int i = 0; i < drafts.size(); i++) {
      EventId id = drafts.get(i).id();
      LogEvent event = placed(drafts.get(i).draft(), id, places.get(i));
      LogEvent row = before.get(id);
      boolean isThere = row != null && row.seq() == event.seq() && row.epoch() == event.epoch();
      events.add(isThere ? row : event);
      if (!isThere) {
        missing.add(event);
      }
    }
    if (!missing.isEmpty()) {
      write(missing);
    }
    return events;
  }

  private Map<EventId, LogEvent> rowsOfRepeats(
      List<Sequencer.Named> drafts, List<Proposal> places) {
    List<Long> seqs = places.stream().filter(Proposal::repeat).map(Proposal::seq).toList();
    Map<EventId, LogEvent> rows = new HashMap<>();
    if (!seqs.isEmpty()) {
      Map<Long, Integer> epochs = new HashMap<>();
      places.forEach(place -> epochs.put(place.seq(), place.epoch()));
      for (LogEvent row : store.at(drafts.getFirst().draft().conversation(), seqs)) {
        if (Objects.equals(epochs.get(row.seq()), row.epoch())) {
          rows.put(row.id(), row);
        }
      }
    }
    return rows;
  }

  /** Those at the beginning that count. */
  private List<LogEvent> counting(List<LogEvent> written) {
    List<LogEvent> counting = new ArrayList<>();
    for (LogEvent event : written) {
      if (!epochs.counts(event)) {
        break;
      }
      noteWholeNowAndThen(event);
      counting.add(event);
    }
    return counting;
  }

  private static LogEvent placed(Draft draft, EventId id, Proposal place) {
    return new LogEvent(
        draft.conversation(),
        place.seq(),
        id,
        place.epoch(),
        draft.kind(),
        draft.author(),
        place.at(),
        place.messageCount(),
        draft.payload());
  }

  private void write(LogEvent event) {
    try {
      store.insert(event);
    } catch (EventStore.NotSent e) {
      holes.suspect(event);
      throw e;
    } catch (ProblemException e) {
      opening.writeFailed(event.conversation());
      holes.suspect(event);
      throw e;
    }
  }

  private void write(List<LogEvent> events) {
    try {
      store.insert(events);
    } catch (EventStore.NotSent e) {
      events.forEach(holes::suspect);
      throw e;
    } catch (ProblemException e) {
      opening.writeFailed(events.getFirst().conversation());
      events.forEach(holes::suspect);
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

  /** Finding the head notes how far the log is whole, and finds a hole that nobody reads over. */
  private void noteWholeNowAndThen(LogEvent event) {
    if (event.seq() % LogReader.NOTE_EVERY == 0) {
      pace.start(
          "head-" + event.conversation(),
          () -> {
            try {
              reader.head(event.conversation());
            } catch (ProblemException e) {
              log.debug("the head of {} waits: {}", event.conversation(), e.toString());
            }
          });
    }
  }

  /**
   * What was appended for this draft before; null when nothing was, or so long ago that it is not
   * remembered. Appends nothing.
   *
   * @throws ProblemException 409 {@code client-message-id-reused}, as {@link #append}
   */
  public @Nullable LogEvent original(Draft draft) {
    Proposal found = proposed(draft);
    LogEvent event = found == null ? null : reader.at(draft.conversation(), found.seq());
    if (found == null || event == null || !event.id().equals(draft.id())) {
      return null;
    }
    refuseOther(draft, found, cipher.fingerprint(draft.says()), event);
    return event;
  }

  /**
   * What was appended under this draft's name, whatever it says; null when nothing was, or it is
   * not written yet. If its writer died over it, the name is free again after a while.
   */
  public @Nullable LogEvent named(Draft draft) {
    Proposal found = proposed(draft);
    if (found == null) {
      return null;
    }
    LogEvent event = reader.at(draft.conversation(), found.seq());
    if (event != null && event.id().equals(draft.id())) {
      return event;
    }
    holes.suspect(placed(draft, draft.id(), found));
    return null;
  }

  private @Nullable Proposal proposed(Draft draft) {
    EventId id = draft.id();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      switch (opening.counted(
          draft.conversation(), () -> sequencer.find(draft.conversation(), id))) {
        case Sequencer.Stale stale -> pace.sleep(EpochOpening.PAUSE);
        case Sequencer.Unknown unknown -> {
          return null;
        }
        case Sequencer.Passed passed -> {
          return null;
        }
        case Sequencer.Proposals several -> throw new IllegalStateException();
        case Proposal found -> {
          return found;
        }
      }
    }
    throw reopening();
  }

  /**
   * @throws ProblemException 409 {@code client-message-id-reused} when the event says something
   *     else
   */
  static void refuseOther(Draft draft, LogEvent before) {
    // What a deleted message said is not there to be compared any more.
    if (!before.isDeleted() && !draft.saysTheSameAs(before)) {
      throw new ProblemException(LogProblem.CLIENT_MESSAGE_ID_REUSED);
    }
  }

  private static void refuseOther(
      Draft draft, Proposal proposal, String fingerprint, @Nullable LogEvent before) {
    boolean other =
        !proposal.fingerprint().isEmpty() && !proposal.fingerprint().equals(fingerprint);
    if (other) {
      throw new ProblemException(LogProblem.CLIENT_MESSAGE_ID_REUSED);
    }
    if (before != null) {
      refuseOther(draft, before);
    }
  }

  private static ProblemException reopening() {
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
  }

  /**
   * Puts another content in the place of an event's; what was there can not come back.
   *
   * @param deletedSeq as in {@link LogEvent}
   */
  public void overwrite(LogEvent event, String payload, long deletedSeq) {
    store.overwrite(event, payload, deletedSeq);
  }

  /** See {@link EventStore#edit}. */
  public void edit(LogEvent message, long editedSeq, String content) {
    store.edit(message, editedSeq, content);
  }

  /** Takes the text out of an EDITED event: it goes with its message. */
  public void forgetEdit(LogEvent edited) {
    store.overwrite(
        edited, LogEvent.TARGET + edited.target() + ",\"deleted\":true}", LogEvent.BEING_DELETED);
  }

  /** See {@link EventStore#markReacted}. */
  public void markReacted(LogEvent message) {
    store.markReacted(message);
  }

  /** What has been proposed in each conversation. One round trip. */
  public ProposedSeqs proposedSeqs(Collection<ConversationId> conversations) {
    return sequencer.proposedSeqs(conversations);
  }
}

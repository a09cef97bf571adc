package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Gives out the seqs of conversations and remembers to which events. A cache: it may forget
 * anything at any time, and be seeded again from the log (ADR 0003). What it promises: a seeded
 * counter gives each seq of its epoch out once, and the same event the same one.
 */
interface Sequencer {

  /** What the counter has to say of an event. */
  sealed interface Answer permits Stale, Unknown, Passed, Proposal, Proposals {}

  /** The counter is missing, or of a Redis that may have forgotten seqs it gave out: seed it. */
  record Stale() implements Answer {}

  /** The counter is good, and knows nothing of the event. */
  record Unknown() implements Answer {}

  /** The next place is outside the draft's window: none was taken. */
  record Passed() implements Answer {}

  /** An event's place as it is proposed, or was proposed before when {@code repeat}. */
  record Proposal(
      boolean repeat, int epoch, long seq, long messageCount, Instant at, String fingerprint)
      implements Answer {}

  /** The places of several events, in the order of those. */
  record Proposals(List<Proposal> each) implements Answer {}

  /**
   * A draft, as the counter knows it.
   *
   * @param fingerprint of the body, kept with a new proposal
   */
  record Named(EventLog.Draft draft, EventId id, String fingerprint) {}

  /**
   * Takes the next seq for an event, or finds the one it has. Of a message, or a change of one, it
   * also notes that this node has to do the rest ({@link LogProjection}, and to tell those who miss
   * it).
   *
   * @param id of the draft's event
   * @param fingerprint of the body, kept with a new proposal
   * @return never {@link Unknown}
   * @throws ProblemException 503 when Redis does not answer
   */
  Answer propose(EventLog.Draft draft, EventId id, String fingerprint);

  /**
   * As the other, for several drafts at once, in their order: those that are new follow one another
   * in the same epoch.
   *
   * @param drafts at least one, of one conversation, no two of the same event, all anywhere in the
   *     log
   * @return {@link Stale}, then none has taken a seq, or {@link Proposals}
   * @throws ProblemException 503 when Redis does not answer
   */
  Answer propose(List<Named> drafts);

  /**
   * What was proposed for an event before.
   *
   * @throws ProblemException 503 when Redis does not answer
   */
  Answer find(ConversationId conversation, EventId id);

  /**
   * Makes the counter continue after {@code seq}; does nothing when one of the same or a newer
   * epoch is there.
   *
   * @param events what it must remember, oldest first
   */
  void seed(ConversationId conversation, int epoch, long seq, long count, List<LogEvent> events);

  /** The epoch whose seqs the counter gives out; 0 when there is none. */
  int epoch(ConversationId conversation);

  /** See {@link EventLog#proposedSeqs}. */
  EventLog.ProposedSeqs proposedSeqs(Collection<ConversationId> conversations);
}

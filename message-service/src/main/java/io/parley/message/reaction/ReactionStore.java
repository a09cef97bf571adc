package io.parley.message.reaction;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The reactions to each message. Every method throws a {@link
 * io.parley.common.problems.ProblemException} 503 when the store does not answer: what was to be
 * written may be written or not, or be written later.
 */
interface ReactionStore {

  /**
   * All that an event of this seq has made of the reactions to a message. Durable after it. Seen at
   * once or not at all; the highest seq stays, in whatever order events come.
   */
  void write(
      ConversationId conversation,
      long target,
      long seq,
      List<ReactionChange> changes,
      List<Tally> tallies);

  /** The state of one message with what is there of some reactions, read at once. */
  ReactionState state(ConversationId conversation, long target, Collection<Reaction> reactions);

  /**
   * The state of each of some messages that was ever reacted to, with the reactions of one user.
   */
  Map<Long, ReactionState> states(
      ConversationId conversation, Collection<Long> targets, UserId user);

  /**
   * A reaction that is there or was taken back.
   *
   * @param seq of the event that made it so
   */
  record Stored(Reaction reaction, boolean present, long seq) {}

  /** Those behind one of them, by emoji, then by user. */
  List<Stored> after(ConversationId conversation, long target, Reaction after, int limit);
}

package io.parley.notification.settings;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Where levels can be set apart from those that hold everywhere.
 *
 * @param threadSeq the thread's root; {@link #CONVERSATION} for the conversation itself
 */
record Place(ConversationId conversation, long threadSeq) {

  /** Sequences begin at 1. */
  static final long CONVERSATION = 0;

  static Place of(ConversationId conversation) {
    return new Place(conversation, CONVERSATION);
  }

  boolean isThread() {
    return threadSeq != CONVERSATION;
  }

  /**
   * @throws ProblemException 400 {@code invalid-request} for what is no cursor
   */
  static @Nullable Place parse(@Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      String[] parts = cursor.split("~", 2);
      return new Place(ConversationId.valueOf(parts[0]), Long.parseLong(parts[1]));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: not one of this list");
    }
  }

  /** As a cursor: {@code <conversation id>~<thread seq>}. */
  @Override
  public String toString() {
    return conversation + "~" + threadSeq;
  }
}

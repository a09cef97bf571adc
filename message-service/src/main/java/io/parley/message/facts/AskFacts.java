package io.parley.message.facts;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.List;

/** What is asked about messages, and about users to whom they may be of interest. */
record AskFacts(@NotNull List<@NotNull @Valid Question> questions) {

  /** Pairs of a message and a user, in all questions together; a message alone counts as one. */
  static final int MOST_PAIRS = 500;

  /**
   * @param seq of the message
   */
  record Question(
      @NotNull ConversationId conversationId,
      @Min(1) long seq,
      @NotNull List<@NotNull UserId> userIds) {}

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  void check() {
    long pairs = 0;
    for (Question question : questions) {
      pairs += Math.max(1, question.userIds().size());
    }
    if (pairs > MOST_PAIRS) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST,
          "questions: at most " + MOST_PAIRS + " pairs of a message and a user, not " + pairs);
    }
  }
}

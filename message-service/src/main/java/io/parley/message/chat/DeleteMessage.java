package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * For whom a message is deleted.
 *
 * @param whom {@code me} or {@code everybody}; null: everybody
 */
public record DeleteMessage(@JsonProperty("for") @Nullable String whom) {

  public static final DeleteMessage FOR_EVERYBODY = new DeleteMessage(null);

  /**
   * @throws ProblemException 400 {@code invalid-request}: nothing is deleted by mistake
   */
  boolean isForMe() {
    if (whom == null || whom.equals("everybody")) {
      return false;
    }
    if (whom.equals("me")) {
      return true;
    }
    throw new ProblemException(CommonProblem.INVALID_REQUEST, "for: must be me or everybody");
  }
}

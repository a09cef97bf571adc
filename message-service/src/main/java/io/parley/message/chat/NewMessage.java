package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message that may be stored, and as JSON the payload of its event: a repeat is compared with the
 * letter, so the order of members stays as it is.
 */
@JsonPropertyOrder({"clientMessageId", "text", "replyTo"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record NewMessage(String clientMessageId, String text, @Nullable Long replyTo) {

  private static final Pattern CLIENT_MESSAGE_ID = Pattern.compile("[!-~]{1,64}");

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  static NewMessage of(SendMessage command, int maxTextChars) {
    String id = command.clientMessageId();
    if (id == null || !CLIENT_MESSAGE_ID.matcher(id).matches()) {
      throw invalid("clientMessageId: must be 1 to 64 printable ASCII characters");
    }
    return new NewMessage(id, MessageText.of(command.text(), maxTextChars), command.replyTo());
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.mention.Mentioned;
import io.parley.message.text.MessageText;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message that may be stored, and as JSON the payload of its event: a repeat is compared with the
 * letter, so the order of members stays as it is. Whom it mentions comes last: that is not said by
 * its author but found, and not compared.
 */
@JsonPropertyOrder({"clientMessageId", "text", "replyTo"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record NewMessage(
    String clientMessageId,
    String text,
    @Nullable Long replyTo,
    @JsonUnwrapped Mentioned mentioned) {

  private static final Pattern CLIENT_MESSAGE_ID = Pattern.compile("[!-~]{1,64}");

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  static NewMessage of(SendMessage command, int maxTextUnits) {
    String id = command.clientMessageId();
    if (id == null || !CLIENT_MESSAGE_ID.matcher(id).matches()) {
      throw invalid("clientMessageId: must be 1 to 64 printable ASCII characters");
    }
    return new NewMessage(
        id, MessageText.of(command.text(), maxTextUnits), command.replyTo(), Mentioned.NOBODY);
  }

  NewMessage mentioning(Mentioned found) {
    return new NewMessage(clientMessageId, text, replyTo, found);
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.LogEvent;
import io.parley.message.mention.Mentioned;
import io.parley.message.text.MessageText;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message that may be stored, and as JSON the payload of its event: a repeat is compared with the
 * letter, so the order of members stays as it is. What is not said by its author but found comes
 * last, and is not compared: what its thread begins with, and whom it mentions.
 *
 * @param alsoToConversation true, or null for false, so that a repeat may leave it out
 * @param threadRoot of a reply; null of others, and as long as it was not looked up
 */
@JsonPropertyOrder({"clientMessageId", "text", "replyTo", "alsoToConversation", "threadRoot"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record NewMessage(
    String clientMessageId,
    String text,
    @Nullable Long replyTo,
    @Nullable Boolean alsoToConversation,
    @Nullable Long threadRoot,
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
    boolean alsoToConversation = Boolean.TRUE.equals(command.alsoToConversation());
    if (alsoToConversation && command.replyTo() == null) {
      throw invalid("alsoToConversation: only a reply can be meant for the conversation, too");
    }
    return new NewMessage(
        id,
        MessageText.of(command.text(), maxTextUnits),
        command.replyTo(),
        alsoToConversation ? true : null,
        null,
        Mentioned.NOBODY);
  }

  /** In the thread of the message that it answers; one that is no reply begins its own. */
  NewMessage answering(LogEvent answered) {
    long root = answered.threadRoot() == 0 ? answered.seq() : answered.threadRoot();
    return new NewMessage(clientMessageId, text, replyTo, alsoToConversation, root, mentioned);
  }

  NewMessage mentioning(Mentioned found) {
    return new NewMessage(clientMessageId, text, replyTo, alsoToConversation, threadRoot, found);
  }

  /** What of such a payload its author said. */
  static String said(String payload) {
    int found = payload.indexOf(LogEvent.THREAD_ROOT);
    return found < 0 ? Mentioned.without(payload) : payload.substring(0, found) + "}";
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

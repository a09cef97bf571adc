package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.LogEvent;
import io.parley.message.mention.Mentioned;
import io.parley.message.text.MessageText;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message that may be stored, and as JSON the payload of its event: a repeat is compared with the
 * letter, so the order of members stays as it is. What is not said by its author but found comes
 * last, and is not compared: what it passes on, when it disappears, what its thread begins with,
 * and whom it mentions.
 *
 * @param alsoToConversation true, or null for false, so that a repeat may leave it out
 * @param forwardedFrom null of one that passes nothing on
 * @param expiresAt when it disappears; null: never
 * @param threadRoot of a reply; null of others, and as long as it was not looked up
 */
@JsonPropertyOrder({
  "clientMessageId",
  "text",
  "replyTo",
  "alsoToConversation",
  "forwardedFrom",
  "expiresAt",
  "threadRoot"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
record NewMessage(
    String clientMessageId,
    String text,
    @Nullable Long replyTo,
    @Nullable Boolean alsoToConversation,
    @Nullable ForwardedFrom forwardedFrom,
    @Nullable Instant expiresAt,
    @Nullable Long threadRoot,
    @JsonUnwrapped Mentioned mentioned) {

  /** Before the key in a payload; in a text the quotation marks are escaped. */
  private static final String FORWARDED = ",\"" + LogEvent.FORWARDED_FROM + "\":{\"key\":\"";

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
        text(command, maxTextUnits),
        command.replyTo(),
        alsoToConversation ? true : null,
        null,
        null,
        null,
        Mentioned.NOBODY);
  }

  /** One that passes another on needs no text of its own. */
  private static String text(SendMessage command, int maxTextUnits) {
    String text = command.text();
    return command.forward() != null && (text == null || text.isEmpty())
        ? ""
        : MessageText.of(text, maxTextUnits);
  }

  NewMessage forwarding(ForwardedFrom from) {
    return with(from, expiresAt, threadRoot, mentioned);
  }

  NewMessage expiringAt(Instant time) {
    return with(forwardedFrom, time, threadRoot, mentioned);
  }

  /** In the thread of the message that it answers; one that is no reply begins its own. */
  NewMessage answering(LogEvent answered) {
    long root = answered.threadRoot() == 0 ? answered.seq() : answered.threadRoot();
    return with(forwardedFrom, expiresAt, root, mentioned);
  }

  NewMessage mentioning(Mentioned found) {
    return with(forwardedFrom, expiresAt, threadRoot, found);
  }

  /** The same, of which something was found. */
  private NewMessage with(
      @Nullable ForwardedFrom from, @Nullable Instant time, @Nullable Long root, Mentioned found) {
    return new NewMessage(
        clientMessageId, text, replyTo, alsoToConversation, from, time, root, found);
  }

  /** What of such a payload its author said. */
  static String said(String payload) {
    int found = payload.indexOf(LogEvent.EXPIRES_AT);
    if (found < 0) {
      found = payload.indexOf(LogEvent.THREAD_ROOT);
    }
    return found < 0 ? Mentioned.without(payload) : payload.substring(0, found) + "}";
  }

  /** As {@link #said}, of a message that passes another on: what was copied was found. */
  static String saidOfForward(String payload) {
    int forwarded = payload.indexOf(FORWARDED);
    return forwarded < 0
        ? said(payload)
        : payload.substring(0, payload.indexOf('"', forwarded + FORWARDED.length())) + "\"}}";
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

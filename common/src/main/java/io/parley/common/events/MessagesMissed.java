package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that the recipients were not connected for: published by message-service on {@link
 * #EXCHANGE} with {@link #ROUTING_KEY}. What people wrote is sealed, so no queue holds it in plain
 * text.
 *
 * @param conversationKind DIRECT or GROUP
 * @param messageId the same for every repeat of this event, which may name other recipients: a
 *     consumer notifies once per message and recipient
 * @param sealed a {@link Content} as JSON, sealed for {@link #PURPOSE} with the message id as
 *     context
 * @param recipients at most {@link #MAX_RECIPIENTS}; more make several events
 * @param expiresAt when the message disappears, and nobody is to be told of it any more; null:
 *     never
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessagesMissed(
    ConversationId conversationId,
    String conversationKind,
    long seq,
    String messageId,
    UserId senderId,
    Instant sentAt,
    String sealed,
    List<UserId> recipients,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant expiresAt) {

  /** Of a message that stays. */
  public MessagesMissed(
      ConversationId conversationId,
      String conversationKind,
      long seq,
      String messageId,
      UserId senderId,
      Instant sentAt,
      String sealed,
      List<UserId> recipients) {
    this(
        conversationId,
        conversationKind,
        seq,
        messageId,
        senderId,
        sentAt,
        sealed,
        recipients,
        null);
  }

  /** A durable direct exchange. */
  public static final String EXCHANGE = "parley.notifications";

  public static final String ROUTING_KEY = "messages";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.messages";

  public static final int MAX_RECIPIENTS = 200;

  /** Of the {@link io.parley.common.secrets.Seal}. */
  public static final String PURPOSE = "missed-messages";

  /**
   * @param conversationName the group's name; null for a direct conversation
   * @param preview the beginning of the text, at most 200 characters
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Content(@Nullable String conversationName, String senderName, String preview) {}
}

package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that the recipients were not connected for: published by message-service on {@link
 * #EXCHANGE} with {@link #ROUTING_KEY}.
 *
 * @param conversationKind DIRECT or GROUP
 * @param conversationName the group's name; null for a direct conversation
 * @param messageId the same for every repeat of this event: a consumer notifies once per message
 *     and recipient
 * @param preview the beginning of the text, at most 200 characters
 * @param recipients at most {@link #MAX_RECIPIENTS}; more make several events
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessagesMissed(
    ConversationId conversationId,
    String conversationKind,
    @Nullable String conversationName,
    long seq,
    String messageId,
    UserId senderId,
    String senderName,
    String preview,
    Instant sentAt,
    List<UserId> recipients) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = "parley.notifications";

  public static final String ROUTING_KEY = "messages";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.messages";

  public static final int MAX_RECIPIENTS = 200;
}

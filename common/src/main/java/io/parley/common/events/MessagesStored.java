package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are in the log, each for all members but its author: published by message-service
 * on {@link #EXCHANGE} with {@link #ROUTING_KEY}. Nothing that people wrote is in it.
 *
 * @param items in the order in which they were stored on that node; together they have at most
 *     {@link #MAX_RECIPIENTS} recipients
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessagesStored(List<Stored> items) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = "parley.notifications";

  public static final String ROUTING_KEY = "stored";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.stored";

  /** Counted over all items. A message with more is in several events. */
  public static final int MAX_RECIPIENTS = 1000;

  /**
   * @param conversationKind DIRECT or GROUP
   * @param messageId the same for every repeat, which may name other recipients: a consumer
   *     notifies once per message and recipient
   * @param recipients the members when it was stored, without the author
   * @param expiresAt when the message disappears, and nobody is to be told of it any more; null:
   *     never
   * @param threadSeq of the message that its thread begins with; null: it is no reply
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stored(
      ConversationId conversationId,
      String conversationKind,
      long seq,
      String messageId,
      UserId senderId,
      Instant sentAt,
      List<UserId> recipients,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant expiresAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long threadSeq) {

    /** Of one that is no reply. */
    public Stored(
        ConversationId conversationId,
        String conversationKind,
        long seq,
        String messageId,
        UserId senderId,
        Instant sentAt,
        List<UserId> recipients,
        @Nullable Instant expiresAt) {
      this(
          conversationId,
          conversationKind,
          seq,
          messageId,
          senderId,
          sentAt,
          recipients,
          expiresAt,
          null);
    }
  }
}

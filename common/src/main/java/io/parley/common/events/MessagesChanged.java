package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.ConversationId;
import java.util.List;

/**
 * Messages that are not any more what was stored: published by message-service on {@link #EXCHANGE}
 * with {@link #ROUTING_KEY}. What they are now is to be asked for. It may come before the {@link
 * MessagesStored} of the same message, and more than once.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessagesChanged(List<Changed> items) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = MessagesStored.EXCHANGE;

  public static final String ROUTING_KEY = "changed";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.changed";

  /** Counted over all items. */
  public static final int MAX_SEQS = 1000;

  /** What happened to a message. */
  public enum Change {
    EDITED,
    DELETED
  }

  /**
   * @param seqs of the messages, not of the changes
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Changed(ConversationId conversationId, List<Long> seqs, Change change) {}
}

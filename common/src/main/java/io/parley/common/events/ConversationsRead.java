package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.List;

/**
 * Read markers that moved forward: published by message-service on {@link #EXCHANGE} with {@link
 * #ROUTING_KEY}. An item says no more than that it was so once: events of one user and conversation
 * may come in any order, and the highest seq holds.
 *
 * @param items at most {@link #MAX_ITEMS}; of one user and conversation only the last
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ConversationsRead(List<Read> items) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = MessagesStored.EXCHANGE;

  public static final String ROUTING_KEY = "read";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.read";

  public static final int MAX_ITEMS = 1000;

  /**
   * @param seq everything up to it is read
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Read(UserId userId, ConversationId conversationId, long seq) {}
}

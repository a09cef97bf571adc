package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.List;
import java.util.Objects;

/**
 * Read markers that moved forward: published by message-service on {@link #EXCHANGE} with {@link
 * #ROUTING_KEY}. An item says no more than that it was so once: events of one user and conversation
 * may come in any order, and the highest seq holds.
 *
 * @param items of conversations; of one user and conversation only the last
 * @param threads of threads, each of which has a marker of its own; of one user and thread only the
 *     last. A list of its own, so that who does not know it yet does not take it for the other
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ConversationsRead(
    List<Read> items, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ThreadRead> threads) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = MessagesStored.EXCHANGE;

  public static final String ROUTING_KEY = "read";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.read";

  /** Of both kinds together. */
  public static final int MAX_ITEMS = 1000;

  /** Events of an earlier build have no {@code threads}. */
  public ConversationsRead {
    threads = Objects.requireNonNullElse(threads, List.of());
  }

  public ConversationsRead(List<Read> items) {
    this(items, List.of());
  }

  /**
   * @param seq everything up to it is read
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Read(UserId userId, ConversationId conversationId, long seq) {}

  /**
   * @param threadSeq of the message that the thread begins with
   * @param seq all of the thread up to it is read
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ThreadRead(
      UserId userId, ConversationId conversationId, long threadSeq, long seq) {}
}

package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.List;
import java.util.Objects;

/**
 * Messages that are not any more what was stored, to all or to some: published by message-service
 * on {@link #EXCHANGE} with {@link #ROUTING_KEY}. What they are now is to be asked for. It may come
 * before the {@link MessagesStored} of the same message, and more than once.
 *
 * @param hidden what some can not see any more
 * @param apart users who are kept apart from now on
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessagesChanged(
    List<Changed> items,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Hidden> hidden,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Apart> apart) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = MessagesStored.EXCHANGE;

  public static final String ROUTING_KEY = "changed";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.changed";

  /** Counted over all items. */
  public static final int MAX_SEQS = 1000;

  /** Counted over all of {@code hidden} and {@code apart}. */
  public static final int MAX_USERS = 1000;

  /** Events of an earlier build have {@code items} only. */
  public MessagesChanged {
    hidden = Objects.requireNonNullElse(hidden, List.of());
    apart = Objects.requireNonNullElse(apart, List.of());
  }

  public MessagesChanged(List<Changed> items) {
    this(items, List.of(), List.of());
  }

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

  /**
   * Who can not see some of a conversation any more: has left it or was removed, or has deleted a
   * message for themselves.
   *
   * @param from the lowest seq
   * @param through the highest
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Hidden(
      ConversationId conversationId, List<UserId> userIds, long from, long through) {}

  /** One of them has blocked the other: neither is notified of what the other writes. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Apart(UserId userId, UserId otherId) {}
}

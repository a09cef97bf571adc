package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A user has changed how to be notified: published by notification-service on {@link #EXCHANGE}
 * with {@link #ROUTING_KEY}. The user's devices hear of it and ask which settings there are now, so
 * the order of two such events does not matter.
 *
 * @param scope {@link #GLOBAL}, {@link #CONVERSATION} or {@link #THREAD}
 * @param conversationId null if the scope is global
 * @param threadSeq the thread's root; null unless the scope is thread
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record NotificationSettingsChanged(
    UserId userId,
    String scope,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ConversationId conversationId,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long threadSeq) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = MessagesStored.EXCHANGE;

  public static final String ROUTING_KEY = "settings";

  /** A durable quorum queue of message-service, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.messages.notification-settings";

  public static final String GLOBAL = "global";

  public static final String CONVERSATION = "conversation";

  public static final String THREAD = "thread";
}

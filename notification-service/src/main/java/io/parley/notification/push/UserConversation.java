package io.parley.notification.push;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;

/** A user's conversation: on a device's screen it has one notification at most. */
public record UserConversation(UserId user, ConversationId conversation) {}

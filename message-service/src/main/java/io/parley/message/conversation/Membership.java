package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A user's place in a conversation.
 *
 * @param otherUser the other side of a direct conversation; null for a group
 */
public record Membership(
    UserId user, ConversationId conversation, Conversation.Kind kind, @Nullable UserId otherUser) {}

package io.parley.message.privacy;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in which a user is or was.
 *
 * @param otherUser the other side of a direct conversation
 * @param active false: no longer a member
 */
record Place(
    ConversationId conversation,
    Conversation.Kind kind,
    @Nullable UserId otherUser,
    boolean active) {}

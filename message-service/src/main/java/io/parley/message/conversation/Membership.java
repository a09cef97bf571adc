package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A user's place in a conversation.
 *
 * @param otherUser the other side of a direct conversation, the user again if it is their notes;
 *     null for a group
 * @param visibleFrom the first seq the user may see
 * @param visibleCount messages up to {@code visibleFrom}, which are none of the user's business
 */
public record Membership(
    UserId user,
    ConversationId conversation,
    Conversation.Kind kind,
    @Nullable UserId otherUser,
    long visibleFrom,
    long visibleCount) {

  static Membership ofTwo(UserId user, ConversationId conversation, UserId other) {
    return new Membership(
        user, conversation, Conversation.Kind.DIRECT, other, Member.EVERYTHING, 0);
  }

  public static Membership inGroup(UserId user, ConversationId conversation) {
    return new Membership(user, conversation, Conversation.Kind.GROUP, null, Member.EVERYTHING, 0);
  }
}

package io.parley.message.thread;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.delivery.OpenConversations;

/**
 * A member who looks at threads of a conversation.
 *
 * @param visibleFrom the first seq that the member may see
 */
record Viewer(UserId user, ConversationId conversation, boolean isGroup, long visibleFrom) {

  static Viewer of(OpenConversations.Access access) {
    Member member = access.member();
    Conversation conversation = access.conversation();
    return new Viewer(
        member.user(),
        conversation.id(),
        conversation.kind() == Conversation.Kind.GROUP,
        member.visibleFrom());
  }

  static Viewer of(Membership membership) {
    return new Viewer(
        membership.user(),
        membership.conversation(),
        membership.kind() == Conversation.Kind.GROUP,
        membership.visibleFrom());
  }

  /** Up to here the member may see nothing. */
  long unseen() {
    return visibleFrom - 1;
  }
}

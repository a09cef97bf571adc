package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * How many unread messages mention a user, for the inbox. An interface, as who finds mentions has
 * to know conversations.
 */
public interface UnreadMentions {

  /** No more are counted: it stands for as many or more. */
  int MOST = 100;

  /**
   * What of a conversation a user has not read.
   *
   * @param after the last seq that is read, or not the user's business
   * @param head the last seq there is
   */
  record Unread(UserId user, ConversationId conversation, boolean isGroup, long after, long head) {}

  /** The newest message that names the user in each conversation where there is one. One read. */
  Map<ConversationId, Long> newest(UserId user, Collection<ConversationId> conversations);

  /** Whether any of these mentions anybody. A look at what they say, nothing is read. */
  boolean anyIn(List<LogEvent> events);

  /**
   * Unread messages by others, not deleted, that mention the user: by name, or all of the group. Of
   * each only the newest {@link #MOST} are looked at.
   *
   * @param newest the newest message that names the user; 0 when there is none
   */
  int count(Unread unread, long newest);
}

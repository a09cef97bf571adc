package io.parley.notification.decision;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.push.UserConversation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code notifications} that was taken in hand.
 *
 * @param reason of the last decision; null before the first
 * @param ended why it is taken away again; null: it is not
 * @param failures how often this service failed on it
 * @param changes how often the message was read, edited or deleted, as far as that was told
 * @param left whether another attempt had it in hand and did not end: devices may have been told
 */
record Notification(
    UserId user,
    String messageId,
    ConversationId conversation,
    String conversationKind,
    long seq,
    UserId sender,
    Instant sentAt,
    @Nullable Instant expiresAt,
    State state,
    @Nullable Reason reason,
    @Nullable Reason ended,
    int failures,
    int changes,
    boolean left) {

  UserConversation place() {
    return new UserConversation(user, conversation);
  }

  Key key() {
    return new Key(user, messageId);
  }

  /** The table's. */
  record Key(UserId user, String messageId) {}
}

package io.parley.notification.push;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a device is told of a message.
 *
 * @param messageId together with the device the identity of a push
 * @param conversationKind DIRECT or GROUP
 * @param words what the screen is to say; null: nothing is shown, as of {@link Kind#WITHDRAW}
 * @param urgent whether a device that saves power is woken for it
 * @param badge the number on the app's icon: the user's unread messages, with this one
 * @param mention whether the message names the user
 * @param expiresAt when it is not to be shown any more; null: it may be any time
 */
public record Notice(
    ConversationId conversationId,
    String conversationKind,
    long seq,
    String messageId,
    UserId senderId,
    Instant sentAt,
    Kind kind,
    @Nullable Words words,
    boolean urgent,
    int badge,
    boolean mention,
    @Nullable Instant expiresAt) {

  /** What becomes of the one notification that a conversation has on a screen. */
  public enum Kind {
    /** It is shown, and heard. */
    RING,
    /** It is shown in place of what is there, in silence. */
    UPDATE,
    /** It is taken away, in silence. */
    WITHDRAW
  }
}

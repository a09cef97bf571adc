package io.parley.notification.push;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a device is told: the title and body are shown as they are, the rest is for the app.
 *
 * @param messageId together with the device the identity of a push
 * @param conversationKind DIRECT or GROUP
 * @param expiresAt when it is not to be shown any more; null: it may be any time
 */
public record Notice(
    ConversationId conversationId,
    String conversationKind,
    long seq,
    String messageId,
    UserId senderId,
    Instant sentAt,
    String title,
    String body,
    @Nullable Instant expiresAt) {}

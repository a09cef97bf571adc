package io.parley.notification.push;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * What a device is told: the title and body are shown as they are, the rest is for the app.
 *
 * @param messageId together with the device the identity of a push
 * @param conversationKind DIRECT or GROUP
 */
public record Notice(
    ConversationId conversationId,
    String conversationKind,
    long seq,
    String messageId,
    UserId senderId,
    Instant sentAt,
    String title,
    String body) {}

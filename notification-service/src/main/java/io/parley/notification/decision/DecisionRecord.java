package io.parley.notification.decision;

import io.parley.common.ids.ConversationId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about a message for a user.
 *
 * @param reason null before anything was
 * @param ended why it was taken away again
 */
public record DecisionRecord(
    String messageId,
    ConversationId conversationId,
    long seq,
    Instant sentAt,
    State state,
    @Nullable Reason reason,
    @Nullable Instant decidedAt,
    @Nullable Reason ended) {}

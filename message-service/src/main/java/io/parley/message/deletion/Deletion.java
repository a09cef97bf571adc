package io.parley.message.deletion;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * The decision to delete one message.
 *
 * @param target the message's seq
 * @param by who decided it
 * @param after the log's head at that time: the event that says so comes later
 * @param eventSeq the seq of that event; 0 until it is known
 */
record Deletion(
    ConversationId conversation, long target, UserId by, Instant at, long after, long eventSeq) {}

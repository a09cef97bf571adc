package io.parley.message.pin;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.UserId;
import io.parley.message.chat.EventView;
import java.time.Instant;

/**
 * @param pinnedSeq the seq of the event that pinned it
 * @param message as it is now
 */
@JsonPropertyOrder({"pinnedSeq", "pinnedBy", "pinnedAt", "message"})
record PinnedMessage(long pinnedSeq, UserId pinnedBy, Instant pinnedAt, EventView message) {}

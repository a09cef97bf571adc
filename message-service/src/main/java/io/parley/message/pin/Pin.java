package io.parley.message.pin;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * @param target the seq of the message
 * @param seq of the event that pinned it
 * @param by who did
 */
@JsonPropertyOrder({"target", "seq", "by", "at"})
record Pin(long target, long seq, UserId by, Instant at) {}

package io.parley.message.pin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a message is pinned.
 *
 * @param target the seq of the message
 * @param pinnedSeq of the event that pinned it; absent when it is not
 * @param pinnedBy who did
 */
@JsonPropertyOrder({"target", "pinned", "pinnedSeq", "pinnedBy", "pinnedAt"})
@JsonInclude(JsonInclude.Include.NON_NULL)
record PinView(
    long target,
    boolean pinned,
    @Nullable Long pinnedSeq,
    @Nullable UserId pinnedBy,
    @Nullable Instant pinnedAt) {

  static PinView of(long target, @Nullable Pin pin) {
    return pin == null
        ? new PinView(target, false, null, null, null)
        : new PinView(target, true, pin.seq(), pin.by(), pin.at());
  }
}

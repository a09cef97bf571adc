package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a user appears to one who looks.
 *
 * @param lastSeen to the minute; only of who is offline, where it is known and may be seen
 * @param status absent when there is none, or it is not for the one who looks
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PresenceView(
    UserId userId, Presence presence, @Nullable Instant lastSeen, @Nullable PresenceStatus status) {

  /** Of somebody of whom one may see nothing, or who does not exist: the same. */
  static PresenceView hidden(UserId user) {
    return new PresenceView(user, Presence.OFFLINE, null, null);
  }
}

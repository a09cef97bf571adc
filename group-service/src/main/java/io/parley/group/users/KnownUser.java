package io.parley.group.users;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A user as user-service knows it.
 *
 * @param blocked whether one of this user and the viewer has blocked the other; null when no viewer
 *     was named
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KnownUser(UserId id, String username, String displayName, @Nullable Boolean blocked) {

  boolean isBlocked() {
    return Boolean.TRUE.equals(blocked);
  }
}

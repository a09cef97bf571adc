package io.parley.notification.decision;

import io.parley.common.ids.UserId;
import java.util.Set;

/** Users whose read markers moved, on whatever device. */
public record UsersReading(Set<UserId> users) {

  public UsersReading {
    users = Set.copyOf(users);
  }
}

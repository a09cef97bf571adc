package io.parley.user.session;

import java.time.Instant;
import java.util.UUID;

/**
 * @param usedAt its last refresh
 * @param current whether it is the one that asks
 */
public record SessionView(
    UUID id, String device, String address, Instant createdAt, Instant usedAt, boolean current) {

  static SessionView of(Session session, String currentId) {
    return new SessionView(
        session.id(),
        session.device(),
        session.address(),
        session.createdAt(),
        session.usedAt(),
        session.id().toString().equals(currentId));
  }
}

package io.parley.common.health;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Turns what a check says of a store into what it means for this service. */
final class Grade {

  /** Serves, but not everything. Ranked between OUT_OF_SERVICE and UP, and answered with 200. */
  static final Status DEGRADED = new Status("DEGRADED");

  private Grade() {}

  static Health of(Health health, boolean optional) {
    return optional && health.getStatus().equals(Status.DOWN)
        ? Health.status(DEGRADED).withDetails(health.getDetails()).build()
        : health;
  }
}

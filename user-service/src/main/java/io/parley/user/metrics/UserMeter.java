package io.parley.user.metrics;

import io.parley.common.metrics.MeterSpec;
import io.parley.common.metrics.Metered;

/** All that user-service counts by itself. */
public enum UserMeter implements Metered {
  HASHES(
      MeterSpec.timer(
          "parley.passwords.hashes",
          "Argon2id hashes computed, for known and unknown users alike",
          MeterSpec.PATIENCE)),
  UNANNOUNCED(
      MeterSpec.gauge(
          "parley.sessions.unannounced", "Ended sessions that the fleet has not been told of yet"));

  @SuppressWarnings("ImmutableEnumChecker") // A spec copies its lists.
  private final MeterSpec spec;

  UserMeter(MeterSpec spec) {
    this.spec = spec;
  }

  @Override
  public MeterSpec spec() {
    return spec;
  }
}

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
          "parley.sessions.unannounced", "Ended sessions that the fleet has not been told of yet")),
  NOTICES(
      MeterSpec.counter(
              "parley.notices",
              "What owners of accounts are to be told by mail: `ASKED` of notification-service,"
                  + " `LIMITED` as there were too many of the kind, `UNVERIFIED` as the address is"
                  + " not known to be theirs, `UNREACHABLE` as mails to it come back")
          .labelOf("notice", "the template's name, as in mail.md")
          .label("outcome", "ASKED", "LIMITED", "UNVERIFIED", "UNREACHABLE"));

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

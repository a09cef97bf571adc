package io.parley.common.access;

import org.jspecify.annotations.Nullable;

/** Who may call {@code /internal/**} of whom: the services by the names that they sign with. */
public enum FleetService {
  API_GATEWAY("api-gateway"),
  USER_SERVICE("user-service"),
  GROUP_SERVICE("group-service"),
  MESSAGE_SERVICE("message-service"),
  NOTIFICATION_SERVICE("notification-service");

  private final String value;

  FleetService(String value) {
    this.value = value;
  }

  /** The word on the wire: {@code spring.application.name}. */
  public String value() {
    return value;
  }

  /** Null for a word that is no service. */
  public static @Nullable FleetService of(@Nullable String word) {
    for (FleetService service : values()) {
      if (service.value.equals(word)) {
        return service;
      }
    }
    return null;
  }

  static FleetService named(String word) {
    FleetService service = of(word);
    if (service == null) {
      throw new IllegalArgumentException("not a service of the fleet: " + word);
    }
    return service;
  }
}

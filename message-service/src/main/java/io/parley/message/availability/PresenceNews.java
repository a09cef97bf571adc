package io.parley.message.availability;

/** What nodes tell one another of a user, on the user's presence topic; no client hears of it. */
final class PresenceNews {

  /** The user's clients have come or gone, or say something else. */
  static final String CLIENTS = news("CLIENTS");

  /** The user's row has changed. */
  static final String CHOICE = news("CHOICE");

  /** Others may see the user now, or may not any more. */
  static final String AUDIENCE = news("AUDIENCE");

  private PresenceNews() {}

  private static String news(String type) {
    return "{\"type\":\"" + type + "\"}";
  }
}

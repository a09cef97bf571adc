package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Collection;

/** What a user's clients say; of several the last in this order counts. */
public enum ClientState {
  /** None is connected. */
  NONE,
  BACKGROUND,
  /**
   * In the foreground when it was last heard of, and not heard of when it should have been: its
   * connection may be dead. Others see no difference; who is to be notified is.
   */
  SILENT,
  FOREGROUND;

  /** As far as it says. */
  boolean isForeground() {
    return this == SILENT || this == FOREGROUND;
  }

  /**
   * What a client may say of itself.
   *
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static ClientState of(String value) {
    return switch (value) {
      case "foreground" -> FOREGROUND;
      case "background" -> BACKGROUND;
      default -> throw new IllegalArgumentException("must be foreground or background");
    };
  }

  static ClientState best(Collection<ClientState> states) {
    ClientState best = NONE;
    for (ClientState state : states) {
      best = best(best, state);
    }
    return best;
  }

  static ClientState best(ClientState one, ClientState other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}

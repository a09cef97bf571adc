package io.parley.notification.decision;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far it is with a notification. */
enum State {
  /** It is not decided yet, or has to be once more. */
  WAITING,
  /** It is to ring, and does not at all devices yet. */
  RINGING,
  /** It has rung. */
  RANG,
  /** It is not to ring. */
  SILENT,
  /** It was to ring, and could not at all devices. */
  FAILED,
  /** It rang, and is not to be seen any more. */
  WITHDRAWN;

  @JsonValue
  String slug() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it may be on a screen, and nothing says that it should not. */
  boolean isShown() {
    return this == RINGING || this == RANG || this == FAILED;
  }

  /** Whether it is to be decided, and not only what is on the screens to be put right. */
  boolean isUndecided() {
    return this == WAITING || this == RINGING;
  }
}

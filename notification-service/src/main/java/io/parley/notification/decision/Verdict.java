package io.parley.notification.decision;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether somebody is notified of a message. */
enum Verdict {
  RING,
  /** It is looked at again. */
  LATER,
  NONE;

  @JsonValue
  String slug() {
    return name().toLowerCase(Locale.ROOT);
  }
}

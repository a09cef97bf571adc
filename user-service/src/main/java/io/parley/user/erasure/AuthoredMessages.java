package io.parley.user.erasure;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.parley.common.events.ErasureRequested;

/** What becomes of the messages that the user wrote, as the public API says it. */
public enum AuthoredMessages {
  KEEP_ANONYMOUS("keep-anonymous", ErasureRequested.Messages.KEEP_ANONYMOUS),
  REMOVE("remove", ErasureRequested.Messages.REMOVE);

  private final String value;
  private final ErasureRequested.Messages event;

  AuthoredMessages(String value, ErasureRequested.Messages event) {
    this.value = value;
    this.event = event;
  }

  @JsonValue
  public String value() {
    return value;
  }

  /** As the other services are told. */
  ErasureRequested.Messages event() {
    return event;
  }

  /**
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static AuthoredMessages of(String value) {
    for (AuthoredMessages messages : values()) {
      if (messages.value.equals(value)) {
        return messages;
      }
    }
    throw new IllegalArgumentException("must be keep-anonymous or remove");
  }
}

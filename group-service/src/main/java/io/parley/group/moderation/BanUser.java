package io.parley.group.moderation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.text.PlainText;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * @param reason for the other moderators; absent is empty
 * @param until absent: for good
 * @param deleteMessages which of the messages that the user wrote in the group go with it; absent:
 *     none
 */
record BanUser(
    @PlainText(min = 0, max = 500, lines = true) @Nullable String reason,
    @Nullable Instant until,
    @Nullable Messages deleteMessages) {

  /** Those of the last day or week, as an ISO 8601 duration; or all. */
  enum Messages {
    @JsonProperty("none")
    NONE("none"),
    @JsonProperty("P1D")
    OF_A_DAY("P1D"),
    @JsonProperty("P7D")
    OF_A_WEEK("P7D"),
    @JsonProperty("all")
    ALL("all");

    private final String value;

    Messages(String value) {
      this.value = value;
    }

    /** As the API has it. */
    String value() {
      return value;
    }

    /** Null: whenever they were written. */
    @Nullable Instant since(Instant now) {
      return switch (this) {
        case NONE -> now;
        case OF_A_DAY -> now.minus(Duration.ofDays(1));
        case OF_A_WEEK -> now.minus(Duration.ofDays(7));
        case ALL -> null;
      };
    }
  }

  String reasonOrEmpty() {
    return reason == null ? "" : reason;
  }

  Messages messages() {
    return deleteMessages == null ? Messages.NONE : deleteMessages;
  }
}

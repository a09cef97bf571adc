package io.parley.group.moderation;

import io.parley.common.text.PlainText;
import io.parley.group.moderation.Report.Status;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param outcome resolved or dismissed
 * @param note for other moderators; absent is empty
 */
record ResolveReport(
    @Schema(allowableValues = {"resolved", "dismissed"}) @NotNull Status outcome,
    @PlainText(min = 0, max = 2000, lines = true) @Nullable String note) {

  @AssertTrue(message = "outcome: resolved or dismissed")
  boolean isOutcome() {
    return outcome != Status.OPEN;
  }

  String noteOrEmpty() {
    return note == null ? "" : note;
  }
}

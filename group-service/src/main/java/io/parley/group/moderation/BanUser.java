package io.parley.group.moderation;

import io.parley.common.text.PlainText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * @param reason for the other moderators; absent is empty
 * @param until absent: for good
 */
record BanUser(
    @PlainText(min = 0, max = 500, lines = true) @Nullable String reason, @Nullable Instant until) {

  String reasonOrEmpty() {
    return reason == null ? "" : reason;
  }
}

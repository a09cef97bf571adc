package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a user says beside the presence: "In a meeting".
 *
 * @param text 1 to 100 characters of one line
 * @param emoji a symbol before it
 * @param until when it ends by itself; absent: never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PresenceStatus(
    @NotNull @PlainText(max = 100) String text,
    @PlainText(max = 16) @Nullable String emoji,
    @Nullable Instant until) {

  boolean hasEnded(Instant now) {
    return until != null && !until.isAfter(now);
  }
}

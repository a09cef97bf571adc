package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a user has chosen to appear; without a status when there is none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChosenPresence(@NotNull Show show, @Valid @Nullable PresenceStatus status) {

  /** Of those who have not chosen. */
  static final ChosenPresence USUAL = new ChosenPresence(Show.AUTO, null);

  ChosenPresence asOf(Instant now) {
    return status != null && status.hasEnded(now) ? new ChosenPresence(show, null) : this;
  }
}

package io.parley.user.people;

import io.parley.common.ids.UserId;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** What the service that shows presence asks: who of these may see whom? */
record AskPresenceAudience(@NotNull @Size(max = 1000) List<@NotNull @Valid Look> looks) {

  /** The one wants to see the other's presence. */
  record Look(@NotNull UserId viewer, @NotNull UserId owner) {}
}

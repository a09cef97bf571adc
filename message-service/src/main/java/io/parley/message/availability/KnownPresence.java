package io.parley.message.availability;

import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All from which it follows how a user appears.
 *
 * @param lastSeen when last online; null when not known
 * @param clients on all nodes together
 */
record KnownPresence(ChosenPresence chosen, @Nullable Instant lastSeen, ClientState clients) {

  /** To one who may see it. */
  PresenceView view(UserId user, boolean withLastSeen, Instant now) {
    Presence presence = presence();
    return new PresenceView(
        user,
        presence,
        presence == Presence.OFFLINE && withLastSeen ? lastSeen : null,
        chosen.asOf(now).status());
  }

  private Presence presence() {
    if (clients == ClientState.NONE) {
      return Presence.OFFLINE;
    }
    return switch (chosen.show()) {
      case INVISIBLE -> Presence.OFFLINE;
      case DND -> Presence.DND;
      case AWAY -> Presence.AWAY;
      case AUTO -> clients.isForeground() ? Presence.ONLINE : Presence.AWAY;
    };
  }

  KnownPresence with(ClientState changed) {
    return new KnownPresence(chosen, lastSeen, changed);
  }
}

package io.parley.message.availability;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.FleetClient;
import io.parley.message.conversation.FleetClient.AllowedLook;
import io.parley.message.conversation.FleetClient.Look;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Who may see whose presence. Settings, contacts and blocks are user-service's, and one question
 * answers them together, as they stand; no copy is kept here. Whether two share a conversation does
 * not matter: whoever wants to be seen by fewer than all says so by the setting.
 */
@Component
class PresenceAudiences {

  private final FleetClient fleet;

  PresenceAudiences(FleetClient fleet) {
    this.fleet = fleet;
  }

  /**
   * @return those whom the viewer may see, with whether that reaches to the last time online
   * @throws ProblemException 503
   */
  Map<UserId, Boolean> of(UserId viewer, Set<UserId> owners) {
    return of(Map.of(viewer, owners)).getOrDefault(viewer, Map.of());
  }

  /** As the other, for many viewers at once. */
  Map<UserId, Map<UserId, Boolean>> of(Map<UserId, ? extends Collection<UserId>> byViewer) {
    List<Look> looks = new ArrayList<>();
    byViewer.forEach(
        (viewer, owners) -> owners.forEach(owner -> looks.add(new Look(viewer, owner))));
    Map<UserId, Map<UserId, Boolean>> allowed = new HashMap<>();
    for (AllowedLook look : fleet.allowed(looks)) {
      allowed
          .computeIfAbsent(look.viewer(), viewer -> new HashMap<>())
          .put(look.owner(), look.lastSeen());
    }
    return allowed;
  }
}

package io.parley.message.availability;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whom one client watches, what of them it may see, and what it was told. Used under a lock. */
final class WatchList {

  private final Set<UserId> users;
  private final Map<UserId, Boolean> allowed;
  private final Map<UserId, PresenceView> told = new HashMap<>();
  private final Set<UserId> changed = new LinkedHashSet<>();

  WatchList(Collection<UserId> users, Map<UserId, Boolean> allowed) {
    this.users = new LinkedHashSet<>(users);
    this.allowed = new HashMap<>(allowed);
  }

  Set<UserId> users() {
    return users;
  }

  void allow(Collection<UserId> asked, Map<UserId, Boolean> nowAllowed) {
    for (UserId user : asked) {
      if (users.contains(user)) {
        allowed.remove(user);
        changed.add(user);
      }
    }
    allowed.putAll(nowAllowed);
  }

  void changed(UserId user) {
    if (users.contains(user)) {
      changed.add(user);
    }
  }

  /** Those who appear otherwise than the client was told, which it is told now. */
  List<PresenceView> news(Function<UserId, @Nullable KnownPresence> known, Instant now) {
    List<PresenceView> news = new ArrayList<>();
    for (UserId user : changed) {
      KnownPresence presence = known.apply(user);
      Boolean withLastSeen = allowed.get(user);
      PresenceView view =
          presence == null || withLastSeen == null
              ? PresenceView.hidden(user)
              : presence.view(user, withLastSeen, now);
      if (!view.equals(told.put(user, view))) {
        news.add(view);
      }
    }
    changed.clear();
    return news;
  }
}

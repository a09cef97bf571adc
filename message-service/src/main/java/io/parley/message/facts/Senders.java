package io.parley.message.facts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.FleetClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What others call those who write. While user-service is away, what they were called lately. */
@Component
class Senders {

  private record Named(String name, Instant at) {}

  private static final Logger log = LoggerFactory.getLogger(Senders.class);
  private static final int MAX_NAMES = 50_000;
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration KEPT = Duration.ofDays(1);

  private final FleetClient fleet;
  private final Clock clock;
  private final Cache<UserId, Named> known =
      Caffeine.newBuilder().maximumSize(MAX_NAMES).expireAfterWrite(KEPT).build();

  Senders(FleetClient fleet, Clock clock) {
    this.fleet = fleet;
    this.clock = clock;
  }

  /**
   * @return without those whose account is erased
   * @throws ProblemException 503 when user-service does not answer and one of them was never heard
   *     of
   */
  Map<UserId, String> names(Collection<UserId> users) {
    Map<UserId, String> names = new HashMap<>();
    Set<UserId> unsure = new HashSet<>();
    Instant fresh = clock.instant().minus(FRESH);
    for (UserId user : users) {
      Named named = known.getIfPresent(user);
      if (named != null && named.at().isAfter(fresh)) {
        names.put(user, named.name());
      } else {
        unsure.add(user);
      }
    }
    if (!unsure.isEmpty()) {
      names.putAll(ask(unsure));
    }
    return names;
  }

  private Map<UserId, String> ask(Set<UserId> users) {
    try {
      Map<UserId, String> names = fleet.displayNames(users);
      Instant now = clock.instant();
      for (UserId user : users) {
        String name = names.get(user);
        if (name == null) {
          known.invalidate(user);
        } else {
          known.put(user, new Named(name, now));
        }
      }
      return names;
    } catch (ProblemException e) {
      Map<UserId, String> names = new HashMap<>();
      known.getAllPresent(users).forEach((user, named) -> names.put(user, named.name()));
      if (!names.keySet().containsAll(users)) {
        throw e;
      }
      log.debug("senders are called as they were: {}", e.toString());
      return names;
    }
  }
}

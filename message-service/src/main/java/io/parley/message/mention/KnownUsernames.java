package io.parley.message.mention;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.FleetClient;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Whose usernames they are, as user-service said lately. A message does not wait for it for long: a
 * name that is not known by then is nobody's. Its answer is remembered all the same, for the next
 * message.
 */
@Component
class KnownUsernames {

  private static final Logger log = LoggerFactory.getLogger(KnownUsernames.class);
  private static final int MAX_NAMES = 100_000;
  private static final int MAX_STRANGE_NAMES = 10_000;

  /** Somebody may register under a name that was nobody's. */
  private static final Duration STRANGE = Duration.ofSeconds(30);

  private final FleetClient fleet;
  private final long patienceNanos;
  private final Cache<String, UserId> users;
  private final Cache<String, Boolean> strange =
      Caffeine.newBuilder().maximumSize(MAX_STRANGE_NAMES).expireAfterWrite(STRANGE).build();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** By {@link System#nanoTime}: user-service is not asked before that. */
  private volatile long askAgain = System.nanoTime();

  KnownUsernames(FleetClient fleet, MentionProperties properties) {
    this.fleet = fleet;
    this.patienceNanos = properties.patience().toNanos();
    this.users =
        Caffeine.newBuilder()
            .maximumSize(MAX_NAMES)
            .expireAfterWrite(properties.remembered())
            .build();
  }

  /** Those that are somebody's. Never fails. */
  Map<String, UserId> of(Collection<String> names) {
    Map<String, UserId> known = new HashMap<>(users.getAllPresent(names));
    Set<String> unknown = new HashSet<>();
    for (String name : names) {
      if (!known.containsKey(name) && strange.getIfPresent(name) == null) {
        unknown.add(name);
      }
    }
    if (!unknown.isEmpty() && System.nanoTime() - askAgain >= 0) {
      known.putAll(ask(unknown));
    }
    return known;
  }

  private Map<String, UserId> ask(Set<String> names) {
    CompletableFuture<Map<String, UserId>> answer =
        CompletableFuture.supplyAsync(() -> remember(names), io);
    try {
      return answer.get(patienceNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.info("mentions are stored as text: {}", e.toString());
      askAgain = System.nanoTime() + patienceNanos;
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  private Map<String, UserId> remember(Set<String> names) {
    Map<String, UserId> found = fleet.named(names);
    for (String name : names) {
      UserId user = found.get(name);
      if (user == null) {
        strange.put(name, true);
      } else {
        users.put(name, user);
      }
    }
    return found;
  }
}

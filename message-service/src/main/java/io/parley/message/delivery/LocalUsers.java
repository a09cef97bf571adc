package io.parley.message.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.metrics.MessageMeter;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The users who are connected to this node, with their connections. While there is one, the node
 * hears what concerns the user.
 */
@Component
class LocalUsers {

  private static final int BUS_TIMEOUT_SECONDS = 5;

  private final RedisBus bus;
  private final Map<UserId, Set<LocalConnection>> users = new ConcurrentHashMap<>();

  LocalUsers(RedisBus bus, MeterRegistry metrics) {
    this.bus = bus;
    MessageMeter.SUBSCRIBERS.gauge(metrics, users, Map::size);
  }

  /** Completes when the user is heard of. */
  CompletableFuture<Void> add(LocalConnection connection) {
    UserId user = connection.user();
    users.compute(
        user,
        (key, known) -> {
          Set<LocalConnection> connections = known == null ? ConcurrentHashMap.newKeySet(1) : known;
          connections.add(connection);
          return connections;
        });
    return hear(user);
  }

  /** Subscribes to the user's channel, also when it is subscribed to. */
  CompletableFuture<Void> hear(UserId user) {
    CompletableFuture<Void> heard = new CompletableFuture<>();
    Set<LocalConnection> still =
        users.computeIfPresent(
            user,
            (key, connections) -> {
              // Within the lock, so that no unsubscription overtakes it.
              bus.subscribe(Topic.of(user))
                  .orTimeout(BUS_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                  .whenComplete(
                      (done, failure) -> {
                        if (failure == null) {
                          heard.complete(null);
                        } else {
                          heard.completeExceptionally(failure);
                        }
                      });
              return connections;
            });
    return still == null ? CompletableFuture.completedFuture(null) : heard;
  }

  /**
   * @return null when it was not there
   */
  @Nullable LocalConnection remove(Connection socket) {
    LocalConnection[] removed = new LocalConnection[1];
    users.computeIfPresent(
        socket.user(),
        (user, connections) -> {
          for (LocalConnection connection : connections) {
            if (connection.socket() == socket) {
              removed[0] = connection;
            }
          }
          if (removed[0] == null) {
            return connections;
          }
          connections.remove(removed[0]);
          if (!connections.isEmpty()) {
            return connections;
          }
          bus.unsubscribe(Topic.of(user));
          return null;
        });
    return removed[0];
  }

  /** Something came for a user who is not here: an unsubscription has failed. */
  void hearNoMore(UserId user) {
    users.compute(
        user,
        (key, connections) -> {
          if (connections == null) {
            bus.unsubscribe(Topic.of(user));
          }
          return connections;
        });
  }

  Set<LocalConnection> connections(UserId user) {
    return users.getOrDefault(user, Set.of());
  }

  Set<UserId> all() {
    return users.keySet();
  }
}

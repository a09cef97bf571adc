package io.parley.message.presence;

import io.lettuce.core.Range;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.UserId;
import io.parley.message.store.RedisConnections;
import jakarta.annotation.PreDestroy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Which users hang on which node, so that any node can tell who is not connected.
 *
 * <ul>
 *   <li>{@code online:nodes}: sorted set, node id → when it was last alive (ms). Each node writes
 *       its own entry every {@value #BEAT_MILLIS} ms; anyone drops entries older than {@link
 *       #DEAD_AFTER}
 *   <li>{@code online:{<node id>}}: set of user ids (16 bytes each), written by that node only. Its
 *       TTL of {@link #DEAD_AFTER} is renewed with each beat, so the users of a dead node go
 *       offline by themselves; one that Redis has lost is written again
 * </ul>
 */
@Component
public class RedisOnlineUsers {

  private static final Logger log = LoggerFactory.getLogger(RedisOnlineUsers.class);
  private static final long BEAT_MILLIS = 3_000;
  private static final Duration DEAD_AFTER = Duration.ofSeconds(10);
  private static final byte[] NODES = "online:nodes".getBytes(StandardCharsets.US_ASCII);

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final byte[] node = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
  private final Set<UserId> connections = ConcurrentHashMap.newKeySet();

  RedisOnlineUsers(RedisConnections connections) {
    this.redis = connections.commands();
  }

  /** Called for a user's first connection to this node; a failure is made good by the next beat. */
  public void connected(UserId user) {
    connections.add(user);
    redis.sadd(key(node), bytes(user));
  }

  /** Called when a user's last connection to this node has ended. */
  public void disconnected(UserId user) {
    connections.remove(user);
    redis.srem(key(node), bytes(user));
  }

  /**
   * Those of the users who are connected to no node: one round trip, whatever their number.
   *
   * @throws io.lettuce.core.RedisException when Redis does not answer
   */
  public Set<UserId> offline(Collection<UserId> users) throws Exception {
    Set<UserId> offline = new HashSet<>(users);
    offline.removeAll(connections);
    if (offline.isEmpty()) {
      return offline;
    }
    List<UserId> asked = List.copyOf(offline);
    byte[][] ids = asked.stream().map(RedisOnlineUsers::bytes).toArray(byte[][]::new);
    List<RedisFuture<List<Boolean>>> answers = new ArrayList<>();
    for (byte[] other : redis.zrange(NODES, 0, -1).get(2, TimeUnit.SECONDS)) {
      answers.add(redis.smismember(key(other), ids));
    }
    for (RedisFuture<List<Boolean>> answer : answers) {
      List<Boolean> online = answer.get(2, TimeUnit.SECONDS);
      for (int i = 0; i < asked.size(); i++) {
        if (online.get(i)) {
          offline.remove(asked.get(i));
        }
      }
    }
    return offline;
  }

  @Scheduled(fixedRate = BEAT_MILLIS)
  void beat() {
    try {
      // The nodes' clocks may differ; Redis has one.
      byte[] seconds = redis.time().get(2, TimeUnit.SECONDS).get(0);
      double now = 1000.0 * Long.parseLong(new String(seconds, StandardCharsets.US_ASCII));
      redis.zadd(NODES, now, node);
      redis.zremrangebyscore(NODES, Range.create(0.0, now - DEAD_AFTER.toMillis()));
      long known = redis.scard(key(node)).get(2, TimeUnit.SECONDS);
      if (known != connections.size()) {
        // Redis has lost some, or a removal went missing while it was away.
        for (byte[] written : redis.smembers(key(node)).get(2, TimeUnit.SECONDS)) {
          if (!connections.contains(user(written))) {
            redis.srem(key(node), written);
          }
        }
        connections.forEach(user -> redis.sadd(key(node), bytes(user)));
      }
      redis.pexpire(key(node), DEAD_AFTER.toMillis());
    } catch (Exception e) {
      log.debug("no beat: {}", e.toString());
    }
  }

  @PreDestroy
  void leave() {
    try {
      redis.zrem(NODES, node);
      redis.del(key(node)).get(1, TimeUnit.SECONDS);
    } catch (Exception e) {
      log.debug("the node's entry expires by itself: {}", e.toString());
    }
  }

  private static byte[] key(byte[] node) {
    return ("online:{" + new String(node, StandardCharsets.US_ASCII) + "}")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static UserId user(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UserId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  private static byte[] bytes(UserId user) {
    return ByteBuffer.allocate(16)
        .putLong(user.value().getMostSignificantBits())
        .putLong(user.value().getLeastSignificantBits())
        .array();
  }
}

package io.parley.message.presence;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import io.parley.message.presence.RedisNodes.DeadNode;
import io.parley.message.store.NodeId;
import io.parley.message.store.RedisConnections;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Which users hang on which node, so that any node can tell who is not connected.
 *
 * <ul>
 *   <li>{@code online:{<node id>}}: set of user ids (16 bytes each)
 *   <li>{@code lost:{<node id>}}: hash, user id → when the user was last heard (ms of Redis's
 *       clock): users of the set whose connection broke, until they have been told what came since
 * </ul>
 *
 * Written by that node only, and deleted by the one that takes over from it when it is dead (see
 * {@link RedisNodes}). What is written is compared with who is here when a write failed, when Redis
 * was away, when the numbers differ, and once in {@value #COMPARE_BEATS} beats.
 */
@Component
public class RedisOnlineUsers {

  /** A user's stay on this node: another after each connect from nothing. */
  public static final class Stay {}

  private static final Logger log = LoggerFactory.getLogger(RedisOnlineUsers.class);
  private static final long TIMEOUT_MILLIS = 2_000;
  private static final int COMPARE_BEATS = 20;
  private static final int PAGE = 1_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final RedisNodes nodes;
  private final byte[] mine;
  private final byte[] myLost;
  private final Map<UserId, Stay> here = new ConcurrentHashMap<>();
  private final ReentrantLock comparing = new ReentrantLock();
  private volatile boolean doubtful;
  private int beats;

  RedisOnlineUsers(RedisConnections connections, RedisBus bus, RedisNodes nodes, NodeId self) {
    this.redis = connections.commands();
    this.nodes = nodes;
    this.mine = key("online", self.value());
    this.myLost = key("lost", self.value());
    bus.onInterruption(this::doubt, this::doubt);
    nodes.onForgotten(this::doubt);
  }

  private void doubt() {
    doubtful = true;
  }

  // --- of this node ----------------------------------------------------------------------------

  /** Called for a user's first connection to this node. Never blocks. */
  public void connected(UserId user) {
    // Within the entry's lock: commands leave in the order of what they say.
    here.compute(
        user,
        (id, before) -> {
          send(() -> redis.sadd(mine, bytes(user)));
          if (before != null) {
            send(() -> redis.hdel(myLost, bytes(user)));
          }
          return new Stay();
        });
  }

  /** Called when a user's last connection to this node has ended in order. Never blocks. */
  public void disconnected(UserId user) {
    here.computeIfPresent(
        user,
        (id, stay) -> {
          send(() -> redis.srem(mine, bytes(user)));
          return null;
        });
  }

  /**
   * A user's last connection to this node has broken. The user counts as connected until {@link
   * #gone}. Never blocks.
   *
   * @param heard when something was last heard from the client, by Redis's clock
   * @return null when the user is not here at all
   */
  public @Nullable Stay lost(UserId user, Instant heard) {
    return here.computeIfPresent(
        user,
        (id, stay) -> {
          noteLost(user, heard);
          return stay;
        });
  }

  /** Once more what {@link #lost} has written, which Redis has forgotten. */
  public void noteLost(UserId user, Instant heard) {
    byte[] millis = String.valueOf(heard.toEpochMilli()).getBytes(US_ASCII);
    send(() -> redis.hset(myLost, Map.of(bytes(user), millis)));
  }

  /**
   * The user has not come back and counts as connected here no longer. What is to be told is still
   * noted.
   *
   * @return false when it is not the same stay any more: the user had come back
   */
  public boolean gone(UserId user, Stay stay) {
    boolean[] gone = new boolean[1];
    here.computeIfPresent(
        user,
        (id, now) -> {
          gone[0] = now == stay;
          if (gone[0]) {
            send(() -> redis.srem(mine, bytes(user)));
          }
          return gone[0] ? null : now;
        });
    return gone[0];
  }

  /** Everything was told that a lost user missed. */
  public void told(UserId user) {
    send(() -> redis.hdel(myLost, bytes(user)));
  }

  private void send(Supplier<CompletionStage<?>> command) {
    try {
      command
          .get()
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  doubt();
                }
              });
    } catch (RedisException e) {
      doubt();
    }
  }

  // --- of all nodes ----------------------------------------------------------------------------

  /** Whether the user is connected to this node. Asks nobody. */
  public boolean isHere(UserId user) {
    return here.containsKey(user);
  }

  /**
   * Those of the users who are connected to no node: one round trip, whatever their number; none
   * when all are connected here.
   *
   * @throws Exception when Redis does not answer
   */
  public Set<UserId> offline(Collection<UserId> users) throws Exception {
    Set<UserId> offline = new HashSet<>(users);
    offline.removeAll(here.keySet());
    List<UUID> others = nodes.others();
    if (offline.isEmpty() || others.isEmpty()) {
      return offline;
    }
    List<UserId> asked = List.copyOf(offline);
    byte[][] ids = asked.stream().map(RedisOnlineUsers::bytes).toArray(byte[][]::new);
    List<CompletionStage<List<Boolean>>> answers = new ArrayList<>();
    for (UUID other : others) {
      answers.add(redis.smismember(key("online", other), ids));
    }
    for (CompletionStage<List<Boolean>> answer : answers) {
      List<Boolean> online = await(answer);
      for (int i = 0; i < asked.size(); i++) {
        if (online.get(i)) {
          offline.remove(asked.get(i));
        }
      }
    }
    return offline;
  }

  // --- of a dead node --------------------------------------------------------------------------

  /**
   * The users whom a dead node has left.
   *
   * @param otherwise when those were last heard of whom nothing is noted
   * @return user → when last heard, by Redis's clock
   */
  public Map<UserId, Instant> leftBy(DeadNode node, Instant otherwise) throws Exception {
    Map<UserId, Instant> left = new HashMap<>();
    for (byte[] user : await(redis.smembers(key("online", node.id())))) {
      left.put(user(user), otherwise);
    }
    for (Map.Entry<byte[], byte[]> lost : await(redis.hgetall(key("lost", node.id()))).entrySet()) {
      long millis = Long.parseLong(new String(lost.getValue(), US_ASCII));
      left.put(user(lost.getKey()), Instant.ofEpochMilli(millis));
    }
    return left;
  }

  public void forget(DeadNode node) throws Exception {
    await(redis.unlink(key("online", node.id()), key("lost", node.id())));
  }

  // --- keeping it right ------------------------------------------------------------------------

  @Scheduled(fixedRateString = "${parley.presence.beat:3s}")
  void compareIfNeeded() {
    if (!comparing.tryLock()) {
      return;
    }
    try {
      beats++;
      boolean compare = doubtful || beats % COMPARE_BEATS == 0;
      if (compare || await(redis.scard(mine)) != here.size()) {
        doubtful = false;
        compare();
      }
    } catch (Exception e) {
      doubtful = true;
      log.debug("who is online is compared later: {}", e.toString());
    } finally {
      comparing.unlock();
    }
  }

  /** Whoever comes or goes meanwhile is right already: under the entry's lock it is asked anew. */
  private void compare() throws Exception {
    Set<UserId> written = new HashSet<>();
    for (byte[] user : await(redis.smembers(mine))) {
      written.add(user(user));
    }
    List<CompletionStage<?>> changes = new ArrayList<>();
    for (UserId user : written) {
      here.compute(
          user,
          (id, stay) -> {
            if (stay == null) {
              changes.add(redis.srem(mine, bytes(user)));
            }
            return stay;
          });
    }
    for (UserId user : here.keySet()) {
      if (!written.contains(user)) {
        here.computeIfPresent(
            user,
            (id, stay) -> {
              changes.add(redis.sadd(mine, bytes(user)));
              return stay;
            });
      }
      if (changes.size() >= PAGE) {
        awaitAll(changes);
      }
    }
    awaitAll(changes);
  }

  private static void awaitAll(List<CompletionStage<?>> changes) throws Exception {
    for (CompletionStage<?> change : changes) {
      await(change);
    }
    changes.clear();
  }

  /** Whether nobody is connected to this node. */
  public boolean isEmpty() {
    return here.isEmpty();
  }

  private static byte[] key(String what, UUID node) {
    return (what + ":{" + node + "}").getBytes(US_ASCII);
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

  private static <T> T await(CompletionStage<T> answer) throws Exception {
    return answer.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }
}

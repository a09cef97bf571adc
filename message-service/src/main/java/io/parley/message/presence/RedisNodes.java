package io.parley.message.presence;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.RedisException;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.message.store.NodeId;
import io.parley.message.store.RedisConnections;
import jakarta.annotation.PostConstruct;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The nodes of message-service, alive and dead.
 *
 * <ul>
 *   <li>{@code online:nodes}: sorted set, node id → its last beat, ms of Redis's clock. A node
 *       writes its own entry and removes it when it stops and leaves nothing behind. The entry of a
 *       dead node stays until another has taken over all that it left: by it, that is found
 *   <li>{@code takeover:<node id>}: string, the node that is taking over a dead one; its TTL of
 *       {@link #CLAIM} is renewed while it works, so a claimer that dies is followed by another
 * </ul>
 */
@Component
public class RedisNodes {

  /**
   * A node whose beats have ceased.
   *
   * @param lastBeat by Redis's clock
   */
  public record DeadNode(UUID id, Instant lastBeat) {}

  private static final Logger log = LoggerFactory.getLogger(RedisNodes.class);
  private static final long TIMEOUT_MILLIS = 2_000;
  private static final Duration CLAIM = Duration.ofSeconds(30);
  private static final byte[] NODES = "online:nodes".getBytes(US_ASCII);
  private static final byte[] REMOVE_IF_STILL_DEAD =
      """
      if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1])) == tonumber(ARGV[2]) then
        return redis.call('ZREM', KEYS[1], ARGV[1])
      end
      return 0
      """
          .getBytes(US_ASCII);

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final NodeId self;
  private final PresenceProperties properties;
  private final Clock clock;
  private final List<Runnable> whenForgotten = new CopyOnWriteArrayList<>();
  private final ReentrantLock beating = new ReentrantLock();
  private volatile List<UUID> others = List.of();
  private volatile List<DeadNode> dead = List.of();
  private volatile long redisAheadMillis;
  private volatile boolean stopped;

  /** When the beats that have succeeded without a break began; 0 before the first. */
  private long steadySinceNanos;

  private long lastBeatNanos;

  RedisNodes(
      RedisConnections connections, NodeId self, PresenceProperties properties, Clock clock) {
    this.redis = connections.commands();
    this.self = self;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * @param listener called when Redis does not know of this node any more: it has lost everything,
   *     or another node has taken this one for dead
   */
  public void onForgotten(Runnable listener) {
    whenForgotten.add(listener);
  }

  /** The other nodes that are not dead, as of the last beat. */
  public List<UUID> others() {
    return others;
  }

  /** The nodes whose beats have ceased, as of the last beat. */
  public List<DeadNode> dead() {
    return dead;
  }

  /** What time it is in Redis, which gives events their time. */
  public Instant now() {
    return clock.instant().plusMillis(redisAheadMillis);
  }

  @PostConstruct
  @Scheduled(fixedRateString = "${parley.presence.beat:3s}")
  void beat() {
    if (stopped || !beating.tryLock()) {
      return;
    }
    try {
      long millis = redisMillis();
      redisAheadMillis = millis - clock.millis();
      boolean forgotten = await(redis.zadd(NODES, (double) millis, bytes(self.value()))) == 1;
      see(await(redis.zrangeWithScores(NODES, 0, -1)), millis);
      boolean first = lastBeatNanos == 0;
      lastBeatNanos = System.nanoTime();
      if (forgotten && !first) {
        log.warn("Redis had forgotten this node");
        whenForgotten.forEach(Runnable::run);
      }
    } catch (Exception e) {
      steadySinceNanos = 0;
      log.debug("no beat: {}", e.toString());
    } finally {
      beating.unlock();
    }
  }

  /** TIME has seconds and microseconds. The nodes' clocks may differ; Redis has one. */
  private long redisMillis() throws Exception {
    List<byte[]> time = await(redis.time());
    return 1_000 * Long.parseLong(new String(time.get(0), US_ASCII))
        + Long.parseLong(new String(time.get(1), US_ASCII)) / 1_000;
  }

  /** While Redis was away nobody could beat: that is no sign of death. */
  private void see(List<ScoredValue<byte[]>> entries, long now) {
    long nanos = System.nanoTime();
    boolean broken = nanos - lastBeatNanos > properties.deadAfter().toNanos();
    if (steadySinceNanos == 0 || broken) {
      steadySinceNanos = nanos;
    }
    boolean steady = nanos - steadySinceNanos > properties.deadAfter().toNanos();
    List<UUID> alive = new ArrayList<>();
    List<DeadNode> gone = new ArrayList<>();
    for (ScoredValue<byte[]> entry : entries) {
      UUID node = UUID.fromString(new String(entry.getValue(), US_ASCII));
      long lastBeat = (long) entry.getScore();
      if (node.equals(self.value())) {
        continue;
      }
      if (steady && now - lastBeat > properties.deadAfter().toMillis()) {
        gone.add(new DeadNode(node, Instant.ofEpochMilli(lastBeat)));
      } else {
        alive.add(node);
      }
    }
    others = List.copyOf(alive);
    dead = List.copyOf(gone);
  }

  /**
   * @return whether it is this node that takes over; to be renewed while it does
   * @throws Exception when Redis does not answer
   */
  public boolean claim(DeadNode node) throws Exception {
    SetArgs ifFree = SetArgs.Builder.nx().px(CLAIM.toMillis());
    return await(redis.set(claimKey(node), bytes(self.value()), ifFree)) != null;
  }

  public void renewClaim(DeadNode node) throws Exception {
    await(redis.pexpire(claimKey(node), CLAIM.toMillis()));
  }

  public void endClaim(DeadNode node) {
    try {
      await(redis.del(claimKey(node)));
    } catch (Exception e) {
      log.debug("the claim expires by itself: {}", e.toString());
    }
  }

  /** Nothing of it is left; one that has come back meanwhile keeps its entry. */
  public void remove(DeadNode node) throws Exception {
    byte[][] keys = {NODES};
    byte[] score = String.valueOf(node.lastBeat().toEpochMilli()).getBytes(US_ASCII);
    await(
        redis.<Long>eval(
            REMOVE_IF_STILL_DEAD, ScriptOutputType.INTEGER, keys, bytes(node.id()), score));
  }

  /**
   * This node stops.
   *
   * @param nothingLeft else another has to take over
   */
  public void leave(boolean nothingLeft) {
    stopped = true;
    beating.lock();
    try {
      if (nothingLeft) {
        await(redis.zrem(NODES, bytes(self.value())));
      }
    } catch (Exception e) {
      log.debug("another node finds that nothing is left: {}", e.toString());
    } finally {
      beating.unlock();
    }
  }

  private static byte[] claimKey(DeadNode node) {
    return ("takeover:" + node.id()).getBytes(US_ASCII);
  }

  private static byte[] bytes(UUID node) {
    return node.toString().getBytes(US_ASCII);
  }

  private static <T> T await(CompletionStage<T> answer) throws Exception {
    try {
      return answer.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException(e);
    }
  }
}

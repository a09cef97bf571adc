package io.parley.message.availability;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.presence.PresenceProperties;
import io.parley.message.store.NodeId;
import io.parley.message.store.RedisConnections;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What users' clients say on each node, so that any node can tell how a user appears.
 *
 * <ul>
 *   <li>{@code clients:{<node id>}}: hash, user id (16 bytes) → {@code f}, {@code s} or {@code b}:
 *       a client in the foreground, only one there that is silent, or only some in the background.
 *       Written by that node only; it expires an hour after the node's last pulse
 *   <li>{@code clients:nodes}: sorted set, node id → its last pulse, ms of its own clock. A node is
 *       taken for silent by those who see no new pulse, each by its own clock. The entry of a dead
 *       node stays until another has noted when its users were last seen
 *   <li>{@code clients:heir:<node id>}: string, who does so; 30 s
 * </ul>
 */
@Component
class RedisClients {

  /** A node's last pulse, and when this node saw it. */
  private record Pulse(long millis, long nanos) {}

  /** A node that has been silent for long. */
  record DeadNode(UUID id, Instant lastPulse) {}

  /**
   * What a look at the pulses has shown.
   *
   * @param forgotten Redis did not know of this node any more
   * @param silenced a node has fallen silent since the look before
   * @param appeared a node has come, or come back
   * @param dead nodes that have been silent for so long that they do not come back
   */
  record Look(boolean forgotten, boolean silenced, boolean appeared, List<DeadNode> dead) {}

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long CLAIM_MILLIS = 30_000;
  private static final long KEPT_MILLIS = Duration.ofHours(1).toMillis();
  private static final int AT_ONCE = 500;
  private static final byte[] NODES = "clients:nodes".getBytes(US_ASCII);
  private static final byte[] FOREGROUND = {'f'};
  private static final byte[] SILENT = {'s'};
  private static final byte[] BACKGROUND = {'b'};

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final UUID self;
  private final byte[] mine;
  private final PresenceProperties properties;
  private final Clock clock;
  private final Map<UUID, Pulse> pulses = new HashMap<>();
  private volatile Set<UUID> others = Set.of();
  private long lookedNanos;
  private boolean first = true;

  RedisClients(
      RedisConnections connections, NodeId self, PresenceProperties properties, Clock clock) {
    this.redis = connections.commands();
    this.self = self.value();
    this.mine = key(self.value());
    this.properties = properties;
    this.clock = clock;
  }

  // --- of this node ----------------------------------------------------------------------------

  /**
   * @throws ProblemException 503 when some may not be written
   */
  void write(Map<UserId, ClientState> changes) {
    List<CompletionStage<?>> answers = new ArrayList<>();
    changes.forEach((user, state) -> answers.add(ask(() -> write(user, state))));
    answers.forEach(RedisClients::await);
  }

  private CompletionStage<?> write(UserId user, ClientState state) {
    return switch (state) {
      case NONE -> redis.hdel(mine, bytes(user));
      case BACKGROUND -> redis.hset(mine, bytes(user), BACKGROUND);
      case SILENT -> redis.hset(mine, bytes(user), SILENT);
      case FOREGROUND -> redis.hset(mine, bytes(user), FOREGROUND);
    };
  }

  /** What stands there of this node. */
  Map<UserId, ClientState> written() {
    return of(self);
  }

  long countWritten() {
    return await(ask(() -> redis.hlen(mine)));
  }

  private Map<UserId, ClientState> of(UUID node) {
    Map<UserId, ClientState> states = new HashMap<>();
    await(ask(() -> redis.hgetall(key(node))))
        .forEach((user, state) -> states.put(user(user), state(state)));
    return states;
  }

  /** Nobody is connected here any more, nor will be. */
  void leave() {
    await(ask(() -> redis.unlink(mine)));
    await(ask(() -> redis.zrem(NODES, bytes(self))));
  }

  // --- of all nodes ----------------------------------------------------------------------------

  /**
   * What the users' clients say on the other nodes: one request to each of them for 500 users.
   *
   * @return without those who are on none
   * @throws ProblemException 503 when Redis does not answer
   */
  Map<UserId, ClientState> elsewhere(Collection<UserId> users) {
    Map<UserId, ClientState> states = new HashMap<>();
    List<UserId> all = List.copyOf(users);
    List<CompletionStage<List<KeyValue<byte[], byte[]>>>> answers = new ArrayList<>();
    for (UUID node : others) {
      for (int i = 0; i < all.size(); i += AT_ONCE) {
        byte[][] ids =
            all.subList(i, Math.min(all.size(), i + AT_ONCE)).stream()
                .map(RedisClients::bytes)
                .toArray(byte[][]::new);
        answers.add(ask(() -> redis.hmget(key(node), ids)));
      }
    }
    for (CompletionStage<List<KeyValue<byte[], byte[]>>> answer : answers) {
      for (KeyValue<byte[], byte[]> entry : await(answer)) {
        if (entry.hasValue()) {
          states.merge(user(entry.getKey()), state(entry.getValue()), ClientState::best);
        }
      }
    }
    return states;
  }

  /**
   * Says that this node is there, and looks for the others. Called by one thread at a time.
   *
   * @throws ProblemException 503 when Redis does not answer
   */
  Look pulse() {
    byte[] id = bytes(self);
    CompletionStage<Long> added = ask(() -> redis.zadd(NODES, (double) clock.millis(), id));
    CompletionStage<Boolean> kept = ask(() -> redis.pexpire(mine, KEPT_MILLIS));
    CompletionStage<List<ScoredValue<byte[]>>> entries =
        ask(() -> redis.zrangeWithScores(NODES, 0, -1));
    boolean forgotten = await(added) == 1 && !first;
    await(kept);
    Look look = see(await(entries), forgotten);
    first = false;
    return look;
  }

  private Look see(List<ScoredValue<byte[]>> entries, boolean forgotten) {
    long nanos = System.nanoTime();
    long silence = properties.silentAfter().toNanos();
    if (nanos - lookedNanos > silence) {
      // Nobody was looked for meanwhile: that is no sign of death.
      pulses.replaceAll((node, pulse) -> new Pulse(pulse.millis(), nanos));
    }
    lookedNanos = nanos;
    Set<UUID> listed = new HashSet<>();
    for (ScoredValue<byte[]> entry : entries) {
      UUID node = UUID.fromString(new String(entry.getValue(), US_ASCII));
      long millis = (long) entry.getScore();
      if (!node.equals(self)) {
        listed.add(node);
        pulses.compute(
            node,
            (id, before) ->
                before == null || before.millis() != millis ? new Pulse(millis, nanos) : before);
      }
    }
    Set<UUID> alive = new HashSet<>();
    List<DeadNode> dead = new ArrayList<>();
    pulses.forEach(
        (node, pulse) -> {
          if (nanos - pulse.nanos() <= silence) {
            alive.add(node);
          } else if (nanos - pulse.nanos() > properties.deadAfter().toNanos()) {
            dead.add(new DeadNode(node, Instant.ofEpochMilli(pulse.millis())));
          }
        });
    // Redis may have forgotten a node that is well: it counts until it has been silent.
    pulses.keySet().removeIf(node -> !listed.contains(node) && !alive.contains(node));
    dead.removeIf(node -> !listed.contains(node.id()));
    boolean silenced = !alive.containsAll(others);
    boolean appeared = !others.containsAll(alive);
    others = Set.copyOf(alive);
    return new Look(forgotten, silenced, appeared, dead);
  }

  /**
   * @return what a dead node has left, for the one node that gets it; else null
   */
  @Nullable Map<UserId, ClientState> inherit(DeadNode node) {
    byte[] heir = ("clients:heir:" + node.id()).getBytes(US_ASCII);
    SetArgs ifFree = SetArgs.Builder.nx().px(CLAIM_MILLIS);
    String claimed = await(ask(() -> redis.set(heir, bytes(self), ifFree)));
    return claimed == null ? null : of(node.id());
  }

  void forget(DeadNode node) {
    await(ask(() -> redis.unlink(key(node.id()))));
    await(ask(() -> redis.zrem(NODES, bytes(node.id()))));
  }

  private static byte[] key(UUID node) {
    return ("clients:{" + node + "}").getBytes(US_ASCII);
  }

  private static ClientState state(byte[] value) {
    return switch (value.length == 0 ? 'b' : value[0]) {
      case 'f' -> ClientState.FOREGROUND;
      case 's' -> ClientState.SILENT;
      default -> ClientState.BACKGROUND;
    };
  }

  private static byte[] bytes(UUID node) {
    return node.toString().getBytes(US_ASCII);
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

  private static <T> CompletionStage<T> ask(Supplier<? extends CompletionStage<T>> command) {
    try {
      return command.get();
    } catch (RedisException e) {
      throw away();
    }
  }

  private static <T> T await(CompletionStage<T> answer) {
    try {
      return answer.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away();
    } catch (ExecutionException | TimeoutException e) {
      throw away();
    }
  }

  private static ProblemException away() {
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
  }
}

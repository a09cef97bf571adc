package io.parley.message.missed;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.MissedQueue;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.missed.Ledger.Range;
import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisOnlineUsers;
import io.parley.message.store.NodeId;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a dead node has left is told by another. */
class NodeTakeoverIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final RedisClient CLIENT =
      RedisClient.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));
  private static final StatefulRedisConnection<String, byte[]> CONNECTION =
      CLIENT.connect(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE));

  private final RedisCommands<String, byte[]> redis = CONNECTION.sync();
  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final MissedQueue queue = new MissedQueue(ann);

  @AfterAll
  static void close() {
    CONNECTION.close();
    CLIENT.shutdown();
  }

  private static String send(Http http, Object conversation, String id) {
    Answer answer =
        http.post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", id, "text", "text of " + id));
    if (answer.status() != 201) {
      throw new AssertionError(answer.response().body());
    }
    return answer.json().get("id").asString();
  }

  private static TcpProxy before(String variable) {
    return TcpProxy.to(URI.create(String.valueOf(Nodes.STORES.environment().get(variable))));
  }

  private static String through(TcpProxy proxy, String variable) {
    String url = String.valueOf(Nodes.STORES.environment().get(variable));
    return url.replace(
        URI.create(url).getHost() + ":" + URI.create(url).getPort(), "127.0.0.1:" + proxy.port());
  }

  /** A node is cut off from Redis and RabbitMQ while the broker takes nothing: as if killed. */
  @Test
  void everyMessageOfANodeThatDiesWhileTheBrokerIsFrozenShouldBeTold() throws Exception {
    try (TcpProxy rabbit = before("PARLEY_RABBITMQ_URL");
        TcpProxy toRedis = before("PARLEY_REDIS_URL")) {
      Node node =
          Nodes.start(
              "PARLEY_RABBITMQ_URL=" + through(rabbit, "PARLEY_RABBITMQ_URL"),
              "PARLEY_REDIS_URL=" + through(toRedis, "PARLEY_REDIS_URL"));
      try {
        UUID dying = node.get(NodeId.class).value();
        RedisOwed owed = Nodes.A.get(RedisOwed.class);
        Http onIt = new Http(node.http(), asAnn.token());
        Map<UUID, Set<UserId>> groups = new HashMap<>();
        for (int i = 0; i < 8; i++) {
          UserId absent = Nodes.FLEET.user();
          groups.put(Nodes.FLEET.quietGroup("g" + i, ann, ben, absent), Set.of(ben, absent));
        }
        Map<String, Set<UserId>> expected = new HashMap<>();
        groups.forEach((group, absent) -> expected.put(send(onIt, group, "before"), absent));
        queue.await(PATIENCE, told -> told.equals(expected));

        try (AutoCloseable frozen = rabbit.silence()) {
          for (int i = 0; i < 25; i++) {
            String id = "m" + i;
            groups.forEach((group, absent) -> expected.put(send(onIt, group, id), absent));
          }
          // Redis forgets what it knows of the node; what waits there is noted again.
          assertThat(owed.of(dying)).hasSameSizeAs(groups);
          redis.del(redis.keys("owed:*:" + dying).toArray(String[]::new));
          redis.zrem("online:nodes", dying.toString().getBytes());
          TestGroup.until(() -> owed.of(dying).size() == groups.size());
          toRedis.cut();
          rabbit.cut();
        }

        Map<String, Set<UserId>> told =
            queue.await(PATIENCE, all -> all.keySet().containsAll(expected.keySet()));
        assertThat(told).isEqualTo(expected);
        TestGroup.until(() -> redis.zscore("online:nodes", dying.toString().getBytes()) == null);
        assertThat(owed.of(dying)).isEmpty();
      } finally {
        node.context().close();
      }
    }
  }

  @Test
  void notesShouldBeClearedSoonWhereEverythingIsHandedOver() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("quiet", ann, ben);
    UUID self = Nodes.A.get(NodeId.class).value();
    RedisOwed owed = Nodes.A.get(RedisOwed.class);
    String id;
    // Nothing is cleared while another append from before it is under way.
    try (AbsentMembers.Duty slow =
        Nodes.A.get(AbsentMembers.class).duty(new ConversationId(UUID.randomUUID()))) {
      assertThat(slow).isNotNull();
      id = send(asAnn, group, "m1");
      assertThat(owed.of(self, new ConversationId(group))).isEqualTo(new Range(1, 1));
    }
    queue.await(PATIENCE, told -> told.equals(Map.of(id, Set.of(ben))));
    TestGroup.until(() -> owed.of(self, new ConversationId(group)) == null);

    // All are connected here: nobody is to be told, and the note goes all the same.
    try (StompClient client = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ben))) {
      StompClient sender = StompClient.connect(Nodes.A.http(), asAnn.token());
      send(asAnn, group, "m2");
      client.event("MESSAGE");
      TestGroup.until(() -> owed.of(self, new ConversationId(group)) == null);
      sender.close();
    }
    assertThat(queue.quietFor(Duration.ofMillis(500))).containsOnlyKeys(id);
  }

  /** The node had taken 4 and 5 and died before it wrote them; its first successor has died too. */
  @Test
  void notesBeyondTheLogShouldEndAndADeadClaimerShouldBeFollowed() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("short", ann, ben);
    List<String> ids = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      ids.add(send(asAnn, group, "m" + i));
    }
    queue.await(PATIENCE, told -> told.keySet().containsAll(ids));
    queue.forget(Duration.ofMillis(500));
    UUID dead = UUID.randomUUID();
    Nodes.A.get(RedisOwed.class).note(dead, Map.of(new ConversationId(group), new Range(2, 5)));
    redis.set("takeover:" + dead, new byte[] {'x'}, SetArgs.Builder.nx().px(2_000));
    redis.zadd("online:nodes", 1.0, dead.toString().getBytes());

    Map<String, Set<UserId>> told =
        queue.await(PATIENCE, all -> all.keySet().containsAll(ids.subList(1, 3)));
    assertThat(told).containsOnlyKeys(ids.subList(1, 3));
    assertThat(told.values()).containsOnly(Set.of(ben));
    TestGroup.until(() -> redis.zscore("online:nodes", dead.toString().getBytes()) == null);
    assertThat(Nodes.A.get(RedisOwed.class).of(dead)).isEmpty();
  }

  /** A node that dies takes nobody's pushes with it: who was connected to it is told. */
  @Test
  void usersOfADeadNodeShouldBeToldWhatCameSinceTheyWereHeard() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("left", ann, ben, cleo);
    UUID dead = UUID.randomUUID();
    redis.sadd("online:{" + dead + "}", bytes(ben), bytes(cleo));
    // It beats for as long as the test wants.
    lastBeat(dead, Duration.ofHours(1));
    try (StompClient cleos = StompClient.connect(Nodes.B.http(), Nodes.FLEET.token(cleo))) {
      RedisOnlineUsers onlineUsers = Nodes.A.get(RedisOnlineUsers.class);
      TestGroup.until(() -> onlineUsers.offline(Set.of(ben, cleo)).isEmpty());
      String id = send(asAnn, group, "m1");
      assertThat(queue.quietFor(Duration.ofMillis(500))).isEmpty();

      lastBeat(dead, Duration.ofSeconds(-10));
      assertThat(queue.await(PATIENCE, told -> !told.isEmpty())).isEqualTo(Map.of(id, Set.of(ben)));
      assertThat(cleos.isClosed()).isFalse();
    }
    TestGroup.until(() -> redis.zscore("online:nodes", dead.toString().getBytes()) == null);
    assertThat(redis.exists("online:{" + dead + "}")).isZero();
  }

  private void lastBeat(UUID node, Duration fromNow) {
    long millis = Nodes.A.get(RedisNodes.class).now().plus(fromNow).toEpochMilli();
    redis.zadd("online:nodes", (double) millis, node.toString().getBytes());
  }

  private static byte[] bytes(UserId user) {
    return ByteBuffer.allocate(16)
        .putLong(user.value().getMostSignificantBits())
        .putLong(user.value().getLeastSignificantBits())
        .array();
  }
}

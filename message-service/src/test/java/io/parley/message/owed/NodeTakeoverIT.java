package io.parley.message.owed;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesChanged.Changed;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.NodeCutOff;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.NotificationQueue;
import io.parley.message.TestGroup;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.owed.Ledger.Range;
import io.parley.message.store.NodeId;
import java.net.URI;
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
  private final NotificationQueue queue = new NotificationQueue(ann);

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

  /** Its second message is edited, its first one, which was told long ago, deleted. */
  private static void change(Http http, UUID group) {
    String messages = "/api/v1/conversations/" + group + "/messages/";
    assertThat(http.call("PATCH", messages + 2, Map.of("text", "edited")).status()).isEqualTo(200);
    assertThat(http.delete(messages + 1).status()).isBetween(200, 204);
  }

  private static List<Changed> changes(UUID group) {
    ConversationId id = new ConversationId(group);
    return List.of(
        new Changed(id, List.of(2L), Change.EDITED), new Changed(id, List.of(1L), Change.DELETED));
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
          for (UUID group : groups.keySet()) {
            change(onIt, group);
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
        for (UUID group : groups.keySet()) {
          TestGroup.until(
              () -> queue.changes(new ConversationId(group)).containsAll(changes(group)));
        }
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
    try (Duties.Duty slow = Nodes.A.get(Duties.class).duty(new ConversationId(UUID.randomUUID()))) {
      assertThat(slow).isNotNull();
      id = send(asAnn, group, "m1");
      assertThat(owed.of(self, new ConversationId(group))).isEqualTo(new Range(1, 1));
    }
    queue.await(PATIENCE, told -> told.equals(Map.of(id, Set.of(ben))));
    TestGroup.until(() -> owed.of(self, new ConversationId(group)) == null);

    // A deletion is owed as well.
    assertThat(asAnn.delete("/api/v1/conversations/" + group + "/messages/1").status())
        .isBetween(200, 204);
    TestGroup.until(() -> !queue.changes(new ConversationId(group)).isEmpty());
    TestGroup.until(() -> owed.of(self, new ConversationId(group)) == null);
    assertThat(queue.quietFor(Duration.ofMillis(500))).containsOnlyKeys(id);
  }

  /** It was killed between the log and the telling, with nothing in its way. */
  @Test
  void whatADeadNodeHasPutIntoTheLogShouldBeTold() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("killed", ann, ben);
    ConversationId id = new ConversationId(group);
    send(asAnn, group, "m1");
    queue.forget(Duration.ofMillis(500));
    try (NodeCutOff dying = new NodeCutOff()) {
      EventLog log = dying.node().get(EventLog.class);
      Duties.Duty duty = dying.node().get(Duties.class).duty(id);
      LogEvent message =
          log.append(
                  new EventLog.Draft(
                      id,
                      ann,
                      "m2",
                      LogEvent.Kind.MESSAGE,
                      "{\"clientMessageId\":\"m2\",\"text\":\"two\"}"))
              .event();
      log.append(new EventLog.Draft(id, ann, "d", LogEvent.Kind.DELETED, "{\"targets\":[1]}"));
      dying.cutOff();
      queue.await(PATIENCE, told -> told.equals(Map.of(message.id().toString(), Set.of(ben))));
      TestGroup.until(
          () -> queue.changes(id).contains(new Changed(id, List.of(1L), Change.DELETED)));
      duty.done(message);
    }
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
}

package io.parley.message.availability;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.common.access.Scope;
import io.parley.common.events.BlockChanged;
import io.parley.common.events.PresenceAudienceChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.ConcurrentTest;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.store.NodeId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What those who watch are told, across two nodes, and whatever happens to nodes and Redis. */
@ResourceLock(
    value = WatchingIT.ALL_PRESENCE,
    mode = ResourceAccessMode.READ,
    target = ResourceLockTarget.CHILDREN)
class WatchingIT {

  /** Whoever changes it for all users, or must not be slowed down by others, has it alone. */
  static final String ALL_PRESENCE = "presence of all users";

  private static final String MINE = "/api/v1/users/me/presence";
  private static final RedisClient CLIENT =
      RedisClient.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));
  private static final StatefulRedisConnection<String, String> REDIS = CLIENT.connect();

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final String benToken = Nodes.FLEET.token(ben);

  @AfterAll
  static void close() {
    REDIS.close();
    CLIENT.shutdown();
  }

  private static String watching(UserId... users) {
    return JsonMapper.shared()
        .writeValueAsString(Map.of("userIds", Stream.of(users).map(UserId::toString).toList()));
  }

  private static void send(StompClient client, String destination, String body) {
    client.send("SEND", Map.of("destination", destination, "receipt", "r"), body);
  }

  private static void watch(StompClient client, UserId... users) throws InterruptedException {
    send(client, "/app/presence/watch", watching(users));
    client.receipt("r");
  }

  /** Passes over what was told before. */
  private static JsonNode told(StompClient client, UserId user, String presence)
      throws InterruptedException {
    JsonNode event = client.event(each -> view(each, user, presence) != null);
    return Objects.requireNonNull(view(event, user, presence));
  }

  private static @Nullable JsonNode view(JsonNode event, UserId user, String presence) {
    if (event.path("type").asString().equals("PRESENCE")) {
      for (JsonNode view : event.get("users")) {
        if (view.get("userId").asString().equals(user.toString())
            && view.get("presence").asString().equals(presence)) {
          return view;
        }
      }
    }
    return null;
  }

  private StompClient anns(Node node) throws InterruptedException {
    return StompClient.connect(node.http(), asAnn.token());
  }

  private StompClient bens() throws InterruptedException {
    return StompClient.connect(Nodes.B.http(), benToken);
  }

  // --- the usual -------------------------------------------------------------------------------

  @ConcurrentTest
  void whoWatchesShouldBeToldAtOnceAndOfEveryChange() throws Exception {
    UserId unknown = new UserId(UUID.randomUUID());
    try (StompClient bens = bens()) {
      watch(bens, ann, unknown);
      // Before the receipt, all of them.
      JsonNode first = bens.event("PRESENCE");
      assertThat(first.propertyNames()).containsExactly("type", "users");
      assertThat(first.get("users")).hasSize(2);
      assertThat(first.at("/users/0").toString())
          .isEqualTo("{\"userId\":\"" + ann + "\",\"presence\":\"offline\"}");
      assertThat(first.at("/users/1/presence").asString()).isEqualTo("offline");
      try (StompClient phone = anns(Nodes.A)) {
        told(bens, ann, "online");
        send(phone, "/app/session/presence", "{\"state\":\"background\"}");
        phone.receipt("r");
        told(bens, ann, "away");
        asAnn.put(MINE, Map.of("show", "dnd", "status", Map.of("text", "busy")));
        assertThat(told(bens, ann, "dnd").at("/status/text").asString()).isEqualTo("busy");
        Map<String, Object> status = Map.of("text", "busy", "until", Instant.now().plusSeconds(4));
        assertThat(asAnn.put(MINE, Map.of("show", "dnd", "status", status)).status())
            .isEqualTo(200);
        // It ends without anybody's doing.
        bens.event(each -> view(each, ann, "dnd") != null && !each.toString().contains("busy"));
        asAnn.put(MINE, Map.of("show", "auto"));
        send(phone, "/app/session/presence", "{\"state\":\"foreground\"}");
        phone.receipt("r");
        told(bens, ann, "online");
      }
      assertThat(told(bens, ann, "offline").has("lastSeen")).isTrue();
    }
  }

  @ConcurrentTest
  void whatOneChoosesShouldReachOnesOtherDevices() throws Exception {
    try (StompClient phone = anns(Nodes.A);
        StompClient desk = anns(Nodes.B)) {
      asAnn.put(MINE, Map.of("show", "away", "status", Map.of("text", "lunch")));
      for (StompClient client : List.of(phone, desk)) {
        JsonNode event = client.event("PRESENCE_CHOSEN");
        assertThat(event.get("show").asString()).isEqualTo("away");
        assertThat(event.at("/status/text").asString()).isEqualTo("lunch");
      }
    }
  }

  @ConcurrentTest
  void whoBecomesInvisibleShouldBeToldAsOffline() throws Exception {
    try (StompClient bens = bens();
        StompClient phone = anns(Nodes.A)) {
      assertThat(phone.isClosed()).isFalse();
      watch(bens, ann);
      told(bens, ann, "online");
      asAnn.put(MINE, Map.of("show", "invisible"));
      assertThat(told(bens, ann, "offline").has("lastSeen")).isTrue();
      asAnn.put(MINE, Map.of("show", "auto"));
      told(bens, ann, "online");
    }
  }

  @ConcurrentTest
  void newListShouldTakeThePlaceOfTheOneBefore() throws Exception {
    UserId cleo = Nodes.FLEET.user();
    String cleoToken = Nodes.FLEET.token(cleo);
    try (StompClient bens = bens()) {
      watch(bens, ann);
      watch(bens, cleo);
      bens.event(each -> each.toString().contains(cleo.toString()));
      try (StompClient phone = anns(Nodes.A)) {
        TestGroup.until(
            () ->
                Nodes.B.get(LocalClients.class).states(List.of(ann)).get(ann)
                    == ClientState.FOREGROUND);
        assertThat(phone.isClosed()).isFalse();
        try (StompClient cleos = StompClient.connect(Nodes.A.http(), cleoToken)) {
          assertThat(cleos.isClosed()).isFalse();
          JsonNode event = bens.event("PRESENCE");
          assertThat(event.toString()).contains(cleo.toString(), "online");
          assertThat(event.toString()).doesNotContain(ann.toString());
          watch(bens);
        }
        watch(bens, ann);
        JsonNode event = bens.event("PRESENCE");
        assertThat(view(event, ann, "online")).as(event.toString()).isNotNull();
        assertThat(event.get("users")).hasSize(1);
      }
    }
  }

  /** Nothing is heard of those whom nobody watches. */
  @ConcurrentTest
  void nodeShouldHearOnlyOfThoseWhoAreWatched() throws Exception {
    String channel = "bus:p:" + ann;
    try (StompClient bens = bens();
        StompClient again = bens()) {
      watch(bens, ann);
      watch(again, ann);
      assertThat(REDIS.sync().pubsubShardNumsub(channel)).containsEntry(channel, 1L);
      watch(bens);
      assertThat(REDIS.sync().pubsubShardNumsub(channel)).containsEntry(channel, 1L);
    }
    TestGroup.until(() -> REDIS.sync().pubsubShardNumsub(channel).containsValue(0L));
  }

  @ConcurrentTest
  @ResourceLock(ALL_PRESENCE)
  void badListsShouldBeRefusedAndChangeNothing() throws Exception {
    try (StompClient bens = bens()) {
      watch(bens, ann);
      UserId[] most =
          Collections.nCopies(200, new UserId(UUID.randomUUID())).toArray(UserId[]::new);
      UserId[] tooMany = Stream.concat(Stream.of(most), Stream.of(ann)).toArray(UserId[]::new);
      for (String body :
          List.of(
              "{}",
              "[]",
              "",
              "{\"userIds\":null}",
              "{\"userIds\":[null]}",
              "{\"userIds\":[\"ann\"]}",
              "{\"userIds\":\"" + ann + "\"}",
              watching(tooMany))) {
        send(bens, "/app/presence/watch", body);
        assertThat(bens.refusal("r").json().get("type").asString()).endsWith("/invalid-request");
      }
      for (String body : List.of("{}", "", "{\"state\":null}", "{\"state\":\"asleep\"}")) {
        send(bens, "/app/session/presence", body);
        assertThat(bens.refusal("r").json().get("type").asString()).endsWith("/invalid-request");
      }
      Nodes.FLEET.presenceAudiencesAreAway(true);
      send(bens, "/app/presence/watch", watching(ben));
      assertThat(bens.refusal("r").json().get("type").asString()).endsWith("/store-unavailable");
      Nodes.FLEET.presenceAudiencesAreAway(false);
      try (StompClient phone = anns(Nodes.A)) {
        assertThat(phone.isClosed()).isFalse();
        told(bens, ann, "online");
      }
      watch(bens, most);
    } finally {
      Nodes.FLEET.presenceAudiencesAreAway(false);
    }
  }

  @ConcurrentTest
  void watchingShouldNeedItsScope() throws Exception {
    String token =
        Nodes.FLEET.token(
            ben, UUID.randomUUID(), Instant.now().plusSeconds(60), Scope.MESSAGES_READ.value());
    try (StompClient bens = StompClient.connect(Nodes.B.http(), token)) {
      send(bens, "/app/presence/watch", watching(ann));
      assertThat(bens.refusal("r").json().get("type").asString()).endsWith("/insufficient-scope");
      send(bens, "/app/session/presence", "{\"state\":\"background\"}");
      bens.receipt("r");
    }
  }

  @ConcurrentTest
  void watchingShouldEndWhenARenewalTakesItsScope() throws Exception {
    UUID session = UUID.randomUUID();
    Instant end = Instant.now().plusSeconds(300);
    String both = Scope.MESSAGES_READ.value() + " " + Scope.USERS_READ.value();
    String less = Nodes.FLEET.token(ben, session, end.plusSeconds(60), Scope.MESSAGES_READ.value());
    String channel = "bus:p:" + ann;
    try (StompClient bens =
        StompClient.connect(Nodes.B.http(), Nodes.FLEET.token(ben, session, end, both))) {
      watch(bens, ann);
      assertThat(REDIS.sync().pubsubShardNumsub(channel)).containsEntry(channel, 1L);
      send(bens, "/app/session/renew", "{\"accessToken\":\"" + less + "\"}");
      bens.receipt("r");
      TestGroup.until(() -> REDIS.sync().pubsubShardNumsub(channel).containsValue(0L));
      assertThat(bens.isClosed()).isFalse();
    }
  }

  // --- who may see whom ------------------------------------------------------------------------

  private static void publish(String key, Object event) {
    Nodes.A.get(RabbitTemplate.class).convertAndSend(UserEvents.EXCHANGE, key, event);
  }

  private void audienceChanged() {
    publish(PresenceAudienceChanged.ROUTING_KEY, new PresenceAudienceChanged(ann, Instant.now()));
  }

  @ConcurrentTest
  void changeOfTheAudienceShouldCountAtOnceForThoseWhoWatch() throws Exception {
    try (StompClient bens = bens();
        StompClient phone = anns(Nodes.A)) {
      assertThat(phone.isClosed()).isFalse();
      watch(bens, ann);
      told(bens, ann, "online");

      Nodes.FLEET.presenceFor(ann, "contacts", "everyone");
      audienceChanged();
      assertThat(told(bens, ann, "offline").has("lastSeen")).isFalse();
      Nodes.FLEET.contact(ann, ben, true);
      audienceChanged();
      told(bens, ann, "online");

      long version = 2_000_000 + ann.hashCode();
      BlockChanged block = new BlockChanged(ben, ann, true, version, Instant.now());
      Nodes.FLEET.blocks.put(version, block);
      try {
        publish(BlockChanged.ROUTING_KEY, block);
        told(bens, ann, "offline");
      } finally {
        Nodes.FLEET.blocks.remove(version);
      }
      publish(
          BlockChanged.ROUTING_KEY, new BlockChanged(ben, ann, false, version + 1, Instant.now()));
      told(bens, ann, "online");
    }
  }

  // --- what goes wrong -------------------------------------------------------------------------

  /** A reconnect: nobody is to see it. */
  @ConcurrentTest
  @ResourceLock(ALL_PRESENCE)
  void shortAbsenceShouldNotBeTold() throws Exception {
    try (StompClient bens = bens()) {
      watch(bens, ann);
      StompClient phone = anns(Nodes.A);
      told(bens, ann, "online");
      for (Node node : List.of(Nodes.B, Nodes.A, Nodes.A)) {
        phone.close();
        phone = anns(node);
      }
      // What comes now was not told before.
      asAnn.put(MINE, Map.of("show", "away"));
      JsonNode next = bens.event("PRESENCE");
      assertThat(view(next, ann, "away")).as(next.toString()).isNotNull();
      phone.close();
      told(bens, ann, "offline");
    }
  }

  /** A client that is cut off says nothing: its heart-beats do. */
  @ConcurrentTest
  void clientThatIsCutOffShouldBeToldAsOffline() throws Exception {
    try (TcpProxy cable = TcpProxy.to(URI.create(Nodes.A.http()));
        StompClient bens = bens()) {
      watch(bens, ann);
      StompClient phone = StompClient.open("http://127.0.0.1:" + cable.port());
      phone.send(
          "CONNECT",
          Map.of(
              "accept-version", "1.2",
              "heart-beat", "1000,0",
              "Authorization", "Bearer " + asAnn.token()),
          "");
      assertThat(phone.next().command()).isEqualTo("CONNECTED");
      told(bens, ann, "online");
      try (AutoCloseable silent = cable.silence()) {
        told(bens, ann, "offline");
      }
    }
  }

  /** It is cut off from Redis, which is all that others know it by: as if killed. */
  @ConcurrentTest
  void usersOfANodeThatDiesShouldBeToldAsOfflineAndHaveTheirLastTime() throws Exception {
    String url = String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL"));
    try (TcpProxy toRedis = TcpProxy.to(URI.create(url))) {
      Node node =
          Nodes.start(
              "PARLEY_REDIS_URL="
                  + url.replace(
                      URI.create(url).getHost() + ":" + URI.create(url).getPort(),
                      "127.0.0.1:" + toRedis.port()));
      try (StompClient bens = bens()) {
        watch(bens, ann);
        try (StompClient phone = anns(node)) {
          told(bens, ann, "online");
          try (AutoCloseable silent = toRedis.silence()) {
            told(bens, ann, "offline");
            // Another node has noted it for the one that could not.
            bens.event(each -> each.toString().contains("lastSeen"));
            assertThat(REDIS.sync().exists("clients:{" + node.get(NodeId.class).value() + "}"))
                .isZero();
          }
          // It was alive after all.
          told(bens, ann, "online");
          assertThat(phone.isClosed()).isFalse();
        }
      } finally {
        node.context().close();
      }
    }
  }

  /** Who is connected is written again, and nobody is told that somebody was away. */
  @ConcurrentTest
  @ResourceLock(ALL_PRESENCE)
  void nobodyShouldSeeThatRedisForgets() throws Exception {
    try (StompClient bens = bens();
        StompClient phone = anns(Nodes.A)) {
      assertThat(phone.isClosed()).isFalse();
      watch(bens, ann);
      told(bens, ann, "online");
      List<String> keys = REDIS.sync().keys("clients:*");
      assertThat(keys).isNotEmpty();
      REDIS.sync().del(keys.toArray(String[]::new));
      TestGroup.until(
          () ->
              Nodes.B.get(LocalClients.class).states(List.of(ann)).get(ann)
                  == ClientState.FOREGROUND);
      // What comes now was not told before.
      asAnn.put(MINE, Map.of("show", "dnd"));
      JsonNode next = bens.event("PRESENCE");
      assertThat(view(next, ann, "dnd")).as(next.toString()).isNotNull();
    }
  }

  /** One lost and one too many: the number is right, the content is not. */
  @ConcurrentTest
  void oneStateThatRedisLosesShouldBeWrittenAgain() throws Exception {
    try (StompClient bens = bens();
        StompClient phone = anns(Nodes.A)) {
      assertThat(phone.isClosed()).isFalse();
      watch(bens, ann);
      told(bens, ann, "online");
      REDIS.sync().del("clients:{" + Nodes.A.get(NodeId.class).value() + "}");
      TestGroup.until(
          () ->
              Nodes.B.get(LocalClients.class).states(List.of(ann)).get(ann)
                  == ClientState.FOREGROUND);
    }
  }

  @ConcurrentTest
  void manyChangesShouldBeToldTogether() throws Exception {
    try (StompClient bens = bens();
        StompClient phone = anns(Nodes.A)) {
      assertThat(phone.isClosed()).isFalse();
      watch(bens, ann);
      told(bens, ann, "online");
      Instant began = Instant.now();
      for (int i = 0; i < 40; i++) {
        String status = i == 39 ? "last" : "status " + i;
        asAnn.put(MINE, Map.of("show", "auto", "status", Map.of("text", status)));
      }
      int frames = 0;
      while (true) {
        JsonNode event = bens.event("PRESENCE");
        frames++;
        if (event.toString().contains("\"last\"")) {
          break;
        }
      }
      long seconds = Duration.between(began, Instant.now()).toSeconds();
      assertThat(frames).isLessThanOrEqualTo((int) seconds + 2);
    }
  }
}

package io.parley.message.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.KillArgs;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two nodes on a Redis Cluster of three masters, by configuration alone. */
class RedisClusterIT {

  /** So many that each master has some of them. */
  private static final int PAIRS = 16;

  @TempDir static Path folder;

  private static RedisMasters redis;
  private static final List<Nodes.Node> nodes = new ArrayList<>();
  private static Nodes.Node one;
  private static Nodes.Node other;

  private record Pair(UserId ann, UserId ben, String conversation) {}

  private final List<Pair> pairs =
      IntStream.range(0, PAIRS)
          .mapToObj(i -> pair(Nodes.FLEET.user(), Nodes.FLEET.user()))
          .toList();

  @BeforeAll
  static void start() throws Exception {
    redis = new RedisMasters(folder);
    one = node();
    nodes.add(one);
    other = node();
    nodes.add(other);
  }

  private static Nodes.Node node() {
    return Nodes.start(
        "spring.data.redis.cluster.nodes=" + redis.nodes(),
        "spring.data.redis.username=" + RedisMasters.USER,
        "spring.data.redis.password=" + RedisMasters.PASSWORD);
  }

  @AfterAll
  static void stop() {
    for (Nodes.Node node : nodes) {
      node.context().close();
    }
    redis.close();
  }

  private static Http http(Nodes.Node node, UserId user) {
    return new Http(node.http(), Nodes.FLEET.token(user));
  }

  private static Pair pair(UserId ann, UserId ben) {
    Http.Answer opened = http(one, ann).post("/api/v1/conversations/direct", Map.of("userId", ben));
    assertThat(opened.status()).isEqualTo(200);
    return new Pair(ann, ben, opened.json().get("id").asString());
  }

  private static void send(Pair pair, String id) {
    Http.Answer sent =
        http(one, pair.ann())
            .post(
                "/api/v1/conversations/" + pair.conversation() + "/messages",
                Map.of("clientMessageId", id, "text", id));
    assertThat(sent.status()).isEqualTo(201);
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 400 && !condition.call(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.call()).isTrue();
  }

  /** How many nodes hear of each channel. */
  private static Map<String, Long> listeners(List<String> channels) {
    Map<String, Long> listeners = new HashMap<>();
    for (int i = 0; i < redis.count(); i++) {
      Map<String, Long> here = redis.master(i).pubsubShardNumsub(channels.toArray(String[]::new));
      here.forEach((channel, count) -> listeners.merge(channel, count, Long::sum));
    }
    return listeners;
  }

  @Test
  void messagesShouldReachOtherNodesAndTheInbox() throws Exception {
    List<StompClient> bens = new ArrayList<>();
    try {
      for (Pair pair : pairs) {
        bens.add(StompClient.connect(other.http(), Nodes.FLEET.token(pair.ben())));
      }
      for (int i = 0; i < redis.count(); i++) {
        assertThat(redis.master(i).pubsubShardChannels()).isNotEmpty();
      }
      for (int i = 0; i < PAIRS; i++) {
        send(pairs.get(i), "m1");
        send(pairs.get(i), "m1");
        assertThat(bens.get(i).event("MESSAGE").get("text").asString()).isEqualTo("m1");
      }
      for (Pair pair : pairs) {
        JsonNode bens1 =
            http(other, pair.ben()).get("/api/v1/conversations").json().get("items").get(0);
        assertThat(bens1.get("unread").asLong()).isEqualTo(1);
        assertThat(bens1.get("headSeq").asLong()).isEqualTo(1);
        JsonNode anns =
            http(one, pair.ann()).get("/api/v1/conversations").json().get("items").get(0);
        assertThat(anns.get("unread").asLong()).isZero();
      }
      for (int i = 0; i < redis.count(); i++) {
        assertThat(redis.master(i).dbsize()).isPositive();
      }
    } finally {
      bens.forEach(StompClient::close);
    }
  }

  @Test
  void channelShouldBeFollowedWhenItsSlotMoves() throws Exception {
    Pair pair = pairs.get(0);
    String channel = "bus:c:" + pair.conversation();
    try (StompClient ben = StompClient.connect(other.http(), Nodes.FLEET.token(pair.ben()))) {
      int from = redis.masterOf(channel);
      int to = (from + 1) % redis.count();
      redis.move(channel, from, to);
      until(() -> redis.master(to).pubsubShardChannels().contains(channel));
      send(pair, "m1");
      assertThat(ben.event("MESSAGE").get("text").asString()).isEqualTo("m1");
    }
  }

  @Test
  void subscriptionsShouldComeBackOneByOne() throws Exception {
    List<StompClient> bens = new ArrayList<>();
    List<String> channels = new ArrayList<>();
    try {
      for (Pair pair : pairs) {
        bens.add(StompClient.connect(other.http(), Nodes.FLEET.token(pair.ben())));
        channels.add("bus:c:" + pair.conversation());
        channels.add("bus:u:" + pair.ben());
      }
      assertThat(listeners(channels).values()).allMatch(count -> count >= 1);
      for (int i = 0; i < redis.count(); i++) {
        assertThat(redis.master(i).clientKill(KillArgs.Builder.typePubsub())).isPositive();
      }
      until(() -> listeners(channels).values().stream().allMatch(count -> count >= 1));
      for (int i = 0; i < PAIRS; i++) {
        assertHears(pairs.get(i), bens.get(i));
      }
    } finally {
      bens.forEach(StompClient::close);
    }
  }

  /**
   * A message that comes just when a node looks in the log for what it has missed may be told by
   * its seq only; one that is sent after that comes as it is.
   */
  private void assertHears(Pair pair, StompClient ben) throws Exception {
    for (int i = 1; i <= 5; i++) {
      String id = "m" + i;
      send(pair, id);
      JsonNode told =
          ben.event(
              event ->
                  event.path("text").asString("").equals(id)
                      || event.path("heads").has(pair.conversation().toString()));
      if (told.get("type").asString().equals("MESSAGE")) {
        return;
      }
    }
    throw new AssertionError("nothing comes to " + pair + " but heads");
  }
}

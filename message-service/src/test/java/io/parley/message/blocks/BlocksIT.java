package io.parley.message.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.BlockChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/** Blocks between two users: events of user-service, and what they stop on both nodes. */
class BlocksIT {

  private static final AtomicLong VERSIONS = new AtomicLong(1_000);

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final String annToken = Nodes.FLEET.token(ann);
  private final String benToken = Nodes.FLEET.token(ben);
  private final AtomicLong ids = new AtomicLong();

  @AfterEach
  void forget() {
    Nodes.FLEET.blocks.clear();
  }

  private static BlockChanged block(UserId blocker, UserId blocked, boolean active) {
    return new BlockChanged(blocker, blocked, active, VERSIONS.incrementAndGet(), Instant.now());
  }

  private static void publish(BlockChanged change) {
    Nodes.A.get(RabbitTemplate.class)
        .convertAndSend(UserEvents.EXCHANGE, BlockChanged.ROUTING_KEY, change);
  }

  private Http.Answer open(String token, UserId other) {
    return new Http(Nodes.A.http(), token)
        .post("/api/v1/conversations/direct", Map.of("userId", other));
  }

  private String direct() {
    return open(annToken, ben).json().get("id").asString();
  }

  private Http.Answer send(Nodes.Node node, String token, String conversation) {
    return new Http(node.http(), token)
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", "m" + ids.incrementAndGet(), "text", "text"));
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }

  private void assertBlocked(String conversation, boolean blocked) throws Exception {
    for (Nodes.Node node : new Nodes.Node[] {Nodes.A, Nodes.B}) {
      until(() -> (send(node, annToken, conversation).status() == 403) == blocked);
      for (String token : new String[] {annToken, benToken}) {
        Http.Answer answer = send(node, token, conversation);
        assertThat(answer.status()).isEqualTo(blocked ? 403 : 201);
        if (blocked) {
          assertThat(answer.slug()).isEqualTo("blocked");
        }
      }
    }
  }

  @Test
  void blockShouldStopBothSidesOnEveryNodeUntilItIsLifted() throws Exception {
    String conversation = direct();
    Http.Answer first = send(Nodes.A, annToken, conversation);
    assertThat(first.status()).isEqualTo(201);
    assertThat(send(Nodes.B, benToken, conversation).status()).isEqualTo(201);
    publish(block(ben, ann, true));
    assertBlocked(conversation, true);
    // A repeat of what was stored before gets its answer.
    Http.Answer repeat =
        new Http(Nodes.B.http(), annToken)
            .post(
                "/api/v1/conversations/" + conversation + "/messages",
                Map.of("clientMessageId", "m1", "text", "text"));
    assertThat(repeat.json()).isEqualTo(first.json());
    // What was written stays readable.
    Http.Answer history =
        new Http(Nodes.B.http(), annToken)
            .get("/api/v1/conversations/" + conversation + "/messages");
    assertThat(history.json().get("items").size()).isGreaterThanOrEqualTo(2);
    // Each side has a block of its own.
    publish(block(ann, ben, true));
    publish(block(ben, ann, false));
    Thread.sleep(300);
    assertBlocked(conversation, true);
    publish(block(ann, ben, false));
    assertBlocked(conversation, false);
  }

  @Test
  void orderAndRepeatsOfTheEventsShouldNotMatter() throws Exception {
    String conversation = direct();
    BlockChanged first = block(ben, ann, true);
    BlockChanged second = block(ben, ann, false);
    BlockChanged third = block(ben, ann, true);
    publish(third);
    publish(second);
    publish(first);
    publish(second);
    publish(third);
    publish(second);
    assertBlocked(conversation, true);
    BlockChanged last = block(ben, ann, false);
    publish(last);
    publish(third);
    publish(last);
    assertBlocked(conversation, false);
  }

  @Test
  void blockedConversationShouldNotBeMade() throws Exception {
    Nodes.FLEET.blocks.put(1L, block(ben, ann, true));
    assertThat(open(annToken, ben).slug()).isEqualTo("blocked");
    assertThat(open(benToken, ann).slug()).isEqualTo("blocked");
    assertThat(open(annToken, ben).status()).isEqualTo(403);
    assertThat(open(annToken, Nodes.FLEET.user()).status()).isEqualTo(200);
    Nodes.FLEET.blocks.clear();
    // Blocked before there was a conversation: its first sender learns it.
    publish(block(ben, ann, true));
    String conversation = direct();
    assertBlocked(conversation, true);
  }

  @Test
  void typingAndReadMarksShouldNotPassABlock() throws Exception {
    String conversation = direct();
    String app = "/app/conversations/" + conversation;
    send(Nodes.A, annToken, conversation);
    try (StompClient anns = StompClient.connect(Nodes.A.http(), annToken);
        StompClient bens = StompClient.connect(Nodes.B.http(), benToken);
        StompClient bensOther = StompClient.connect(Nodes.A.http(), benToken)) {
      publish(block(ann, ben, true));
      assertBlocked(conversation, true);
      bens.send("SEND", Map.of("destination", app + "/typing", "receipt", "t"), "");
      bens.receipt("t");
      anns.send("SEND", Map.of("destination", app + "/typing", "receipt", "t"), "");
      anns.receipt("t");
      bens.send("SEND", Map.of("destination", app + "/read", "receipt", "r"), "{\"seq\":1}");
      bens.receipt("r");
      // The reader's own devices hear of it.
      assertThat(bensOther.event("READ").get("seq").asLong()).isEqualTo(1);
      Thread.sleep(500);
      assertThat(anns.passing()).isEmpty();
      assertThat(bens.passing()).noneMatch(e -> e.path("type").asString().equals("TYPING"));
      publish(block(ann, ben, false));
      assertBlocked(conversation, false);
      Thread.sleep(1_000);
      bens.send("SEND", Map.of("destination", app + "/typing"), "");
      assertThat(anns.event("TYPING").get("userId").asString()).isEqualTo(ben.toString());
    }
  }

  @Test
  void groupsShouldKnowNoBlocks() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("both", ann, ben);
    publish(block(ben, ann, true));
    assertBlocked(direct(), true);
    assertThat(send(Nodes.A, annToken, group.toString()).status()).isEqualTo(201);
    assertThat(send(Nodes.B, benToken, group.toString()).status()).isEqualTo(201);
  }

  @Test
  void rebuildShouldBringWhatNoEventBroughtAndLetGoOfTheRest() throws Exception {
    String conversation = direct();
    UserId cleo = Nodes.FLEET.user();
    String stale = open(annToken, cleo).json().get("id").asString();
    publish(block(cleo, ann, true));
    until(() -> send(Nodes.B, annToken, stale).status() == 403);
    for (int i = 0; i < 4; i++) {
      BlockChanged other = block(Nodes.FLEET.user(), Nodes.FLEET.user(), true);
      Nodes.FLEET.blocks.put(other.version(), other);
    }
    BlockChanged missed = block(ben, ann, true);
    Nodes.FLEET.blocks.put(missed.version(), missed);
    assertThat(Nodes.B.get(Blocks.class).rebuild()).isEqualTo(5);
    assertBlocked(conversation, true);
    until(() -> send(Nodes.B, annToken, stale).status() == 201);
    // A repeat of what was let go changes nothing; a new block does.
    publish(block(cleo, ann, true));
    until(() -> send(Nodes.B, annToken, stale).status() == 403);
  }

  @Test
  void nodesShouldReadAllBlocksOnlyIfNoneHasYetAndOneAtATime() throws Exception {
    CassandraBlockStore store = Nodes.A.get(CassandraBlockStore.class);
    // By whichever node started first.
    until(store::isRebuilt);
    String conversation = direct();
    BlockChanged missed = block(ben, ann, true);
    Nodes.FLEET.blocks.put(missed.version(), missed);
    assertThat(Nodes.B.get(BlockRebuild.class).isDone()).isTrue();
    assertThat(send(Nodes.B, annToken, conversation).status()).isEqualTo(201);
    UUID one = UUID.randomUUID();
    until(() -> store.beginRebuild(one));
    assertThat(store.beginRebuild(UUID.randomUUID())).isFalse();
    store.endRebuild(UUID.randomUUID());
    assertThat(store.beginRebuild(UUID.randomUUID())).isFalse();
    store.endRebuild(one);
    // An administrator's full reconciliation reads them all the same.
    Nodes.B.get(Blocks.class).rebuild();
    until(() -> send(Nodes.B, annToken, conversation).status() == 403);
  }

  @Test
  void nodeThatMissedTheHintShouldKnowAfterItsReconnect() throws Exception {
    String conversation = direct();
    URI redis = URI.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));
    try (TcpProxy proxy = TcpProxy.to(redis)) {
      Nodes.Node third =
          Nodes.start("PARLEY_REDIS_URL=redis://127.0.0.1:" + proxy.port() + redis.getPath());
      try {
        assertThat(send(third, annToken, conversation).status()).isEqualTo(201);
        proxy.cut();
        publish(block(ben, ann, true));
        until(() -> send(Nodes.A, annToken, conversation).status() == 403);
        Thread.sleep(500);
        proxy.restore();
        // Nothing passes before it knows.
        until(() -> send(third, annToken, conversation).status() != 503);
        assertThat(send(third, annToken, conversation).slug()).isEqualTo("blocked");
        publish(block(ben, ann, false));
        until(() -> send(third, annToken, conversation).status() == 201);
      } finally {
        third.context().close();
      }
    }
  }

  @Test
  void eventThatIsNoneShouldNotHoldUpTheOthers() throws Exception {
    String conversation = direct();
    RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);
    rabbit.convertAndSend(
        UserEvents.EXCHANGE, BlockChanged.ROUTING_KEY, Map.of("blocker", "nobody"));
    publish(block(ben, ann, true));
    assertBlocked(conversation, true);
  }
}

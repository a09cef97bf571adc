package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.bus.RedisBus;
import io.parley.message.log.FrozenWriter;
import io.parley.message.log.LogEvent;
import io.parley.message.store.RedisConnections;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What the bus loses is found in the log within seconds, without a later event or a round. One node
 * sends, another receives; each has its own way to Redis.
 */
class BusLossIT {

  private static final String NO_ROUNDS = "parley.delivery.heads-interval=1h";

  private static final URI REDIS =
      URI.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));

  private static TcpProxy senders;
  private static TcpProxy receivers;
  private static Nodes.Node sender;
  private static Nodes.Node receiver;

  private final TwoUsers users = new TwoUsers();

  @BeforeAll
  static void start() {
    senders = TcpProxy.to(REDIS);
    receivers = TcpProxy.to(REDIS);
    sender = Nodes.start(NO_ROUNDS, redis(senders));
    receiver =
        Nodes.start(
            NO_ROUNDS,
            redis(receivers),
            "parley.delivery.send-buffer=64KB",
            "parley.delivery.workers=1",
            "parley.delivery.max-backlog=5");
  }

  @AfterAll
  static void stop() throws Exception {
    sender.context().close();
    receiver.context().close();
    senders.close();
    receivers.close();
  }

  private static String redis(TcpProxy proxy) {
    return "PARLEY_REDIS_URL=redis://127.0.0.1:" + proxy.port() + REDIS.getPath();
  }

  @Test
  void publishThatRedisNeverGotShouldBeAnnouncedOnceItAnswers() throws Exception {
    ConversationId id = users.direct(sender);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      TwoUsers.send(sender, users.annToken, id, "first");
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
      FrozenWriter last = FrozenWriter.at(sender, id, users.ann, "last");
      senders.cut();
      LogEvent event;
      try {
        event = last.write();
        sender.get(RedisBus.class).publish(event);
        assertThat(bens.messages()).isEmpty();
      } finally {
        senders.restore();
      }
      assertThat(TwoUsers.upTo(2, bens, id)).containsExactly(2L);
    }
  }

  @Test
  void nodeWhoseBusWasAwayShouldFindWhatItMissed() throws Exception {
    ConversationId id = users.direct(sender);
    UserId cleo = Nodes.FLEET.user();
    String cleoToken = Nodes.FLEET.token(cleo);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      TwoUsers.send(sender, users.annToken, id, "first");
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
      ConversationId joined;
      receivers.cut();
      try {
        TwoUsers.send(sender, users.annToken, id, "second");
        TwoUsers.send(sender, users.annToken, id, "third");
        // The JOINED is lost as well.
        joined = TwoUsers.direct(sender, cleoToken, users.ben);
        TwoUsers.send(sender, cleoToken, joined, "hello");
        assertThat(bens.messages()).isEmpty();
      } finally {
        receivers.restore();
      }
      // Conversations and memberships are compared at the same time.
      List<Long> missed = new ArrayList<>();
      long head = 0;
      while (missed.size() < 2 || head == 0) {
        JsonNode event = bens.event(e -> TwoUsers.isOfLog(e, id) || TwoUsers.headIn(e, joined) > 0);
        if (TwoUsers.isOfLog(event, id)) {
          missed.add(event.get("seq").asLong());
        } else {
          head = TwoUsers.headIn(event, joined);
        }
      }
      assertThat(missed).containsExactly(2L, 3L);
      assertThat(head).isEqualTo(1);
      TwoUsers.send(sender, cleoToken, joined, "again");
      assertThat(TwoUsers.upTo(2, bens, joined)).containsExactly(2L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasMissedInASilentConversationShouldBeTold(boolean counted) throws Exception {
    ConversationId id = users.direct(sender);
    TwoUsers.send(sender, users.annToken, id, "first");
    SilentConversationsIT.silence(sender, id);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      assertThat(TwoUsers.head(bens, id)).isEqualTo(1);
      receivers.cut();
      try {
        TwoUsers.send(sender, users.annToken, id, "second");
        if (counted) {
          SilentConversationsIT.silence(sender, id);
        } else {
          SilentConversationsIT.forget(sender, id);
        }
      } finally {
        receivers.restore();
      }
      assertThat(TwoUsers.head(bens, id)).isEqualTo(2);
      TwoUsers.send(sender, users.annToken, id, "third");
      assertThat(TwoUsers.upTo(3, bens, id)).containsExactly(3L);
    }
  }

  @ParameterizedTest
  @CsvSource({"60, 1500", "300, 20"})
  void moreThanAClientShouldGetAtOnceShouldBeToldByItsHead(int missed, int chars) throws Exception {
    ConversationId id = users.direct(sender);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      TwoUsers.send(sender, users.annToken, id, "first");
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
      long last = missed + 1;
      receivers.cut();
      try {
        for (int i = 2; i <= last; i++) {
          TwoUsers.send(sender, users.annToken, id, i + "x".repeat(chars));
        }
      } finally {
        receivers.restore();
      }
      List<Long> bodies = new ArrayList<>();
      JsonNode event;
      do {
        event = bens.event(e -> TwoUsers.isOfLog(e, id) || TwoUsers.headIn(e, id) > 1);
        if (event.has("seq")) {
          bodies.add(event.get("seq").asLong());
        }
      } while (TwoUsers.headIn(event, id) < last);
      assertThat(bodies).isSorted().hasSizeLessThan(missed);
      assertThat(TwoUsers.catchUp(receiver, users.benToken, id, 1)).hasSize(missed);
      assertThat(bens.isClosed()).isFalse();
      TwoUsers.send(sender, users.annToken, id, "live");
      assertThat(TwoUsers.upTo(last + 1, bens, id)).containsExactly(last + 1);
    }
  }

  @Test
  void whatAWorkerTooFarBehindDroppedShouldBeReadFromTheLog() throws Exception {
    ConversationId id = users.direct(sender);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      TwoUsers.send(sender, users.annToken, id, "first");
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
      double droppedBefore = dropped();
      CountDownLatch stuck = new CountDownLatch(1);
      receiver
          .get(Workers.class)
          .submit(
              id,
              turn -> {
                try {
                  stuck.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      try {
        for (int i = 2; i <= 20; i++) {
          TwoUsers.send(sender, users.annToken, id, "text " + i);
        }
        TestGroup.until(() -> dropped() - droppedBefore >= 10);
      } finally {
        stuck.countDown();
      }
      List<Long> seqs = TwoUsers.upTo(20, bens, id);
      assertThat(seqs).hasSize(19).isSorted();
    }
  }

  private static double dropped() {
    return receiver.get(MeterRegistry.class).get("parley.fanout.dropped").counter().count();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eventThatNobodyAnnouncedShouldBeFoundInTheNextRound(boolean counted) throws Exception {
    ConversationId id = users.direct(sender);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      TwoUsers.send(sender, users.annToken, id, "first");
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
      FrozenWriter.at(sender, id, users.ann, "last").write();
      if (!counted) {
        sender.get(RedisConnections.class).commands().flushdb().get();
      }
      receiver.get(Heads.class).round();
      assertThat(TwoUsers.upTo(2, bens, id)).containsExactly(2L);
    }
  }

  @Test
  void roundsShouldTellTheHeadsThatHaveMoved() throws Exception {
    ConversationId id = users.direct(sender);
    try (StompClient bens = StompClient.connect(receiver.http(), users.benToken)) {
      TwoUsers.send(sender, users.annToken, id, "first");
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
      receiver.get(Heads.class).round();
      assertThat(TwoUsers.head(bens, id)).isEqualTo(1);
      receiver.get(Heads.class).round();
      TwoUsers.send(sender, users.annToken, id, "second");
      JsonNode next =
          bens.event(event -> TwoUsers.isOfLog(event, id) || TwoUsers.headIn(event, id) > 0);
      assertThat(next.path("seq").asLong()).as("not a head that was told").isEqualTo(2);
    }
  }

  @Test
  void openingThatFailsShouldBeTriedAnewByTheNextCall() throws Exception {
    ConversationId id = users.direct(sender);
    TwoUsers.send(sender, users.annToken, id, "first");
    String events = "/api/v1/conversations/" + id + "/events";
    Http bens = new Http(receiver.http(), users.benToken);
    receivers.cut();
    try {
      assertThat(bens.get(events).status()).isEqualTo(503);
    } finally {
      receivers.restore();
    }
    TestGroup.until(() -> bens.get(events).status() == 200);
  }
}

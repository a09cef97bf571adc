package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.bus.RedisBus;
import io.parley.message.log.FrozenWriter;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A conversation in which nobody writes is listened to, and opened with its first event: whoever
 * hears it can not tell the difference.
 */
class SilentConversationsIT {

  private final TwoUsers users = new TwoUsers();

  /** As if nobody had written for long. */
  static void silence(Nodes.Node node, ConversationId id) throws Exception {
    assertThat(
            node.get(RedisConnections.class)
                .commands()
                .pexpire(RedisShard.of(id).key("log", id), Duration.ofHours(1))
                .toCompletableFuture()
                .get())
        .isTrue();
  }

  /** As a Redis that was restarted. */
  static void forget(Nodes.Node node, ConversationId id) throws Exception {
    node.get(RedisConnections.class)
        .commands()
        .del(RedisShard.of(id).key("log", id))
        .toCompletableFuture()
        .get();
  }

  private static ConversationFeed feed(Nodes.Node node, ConversationId id) {
    return node.get(OpenConversations.class).all().stream()
        .filter(feed -> feed.id().equals(id))
        .findAny()
        .orElseThrow();
  }

  private ConversationId silentConversation(int messages) throws Exception {
    ConversationId id = users.direct(Nodes.A);
    for (int i = 0; i < messages; i++) {
      TwoUsers.send(Nodes.A, users.annToken, id, "before " + i);
    }
    silence(Nodes.A, id);
    return id;
  }

  @Test
  void connectingShouldOpenNothingAndTellTheHead() throws Exception {
    ConversationId id = silentConversation(3);
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      assertThat(TwoUsers.head(bens, id)).isEqualTo(3);
      assertThat(feed(Nodes.B, id).isOpen()).isFalse();
    }
  }

  @Test
  void firstEventShouldReachEverybodyOnce() throws Exception {
    ConversationId id = silentConversation(2);
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken);
        StompClient other = StompClient.connect(Nodes.B.http(), users.benToken)) {
      for (int i = 0; i < 5; i++) {
        TwoUsers.send(Nodes.A, users.annToken, id, "after " + i);
      }
      assertThat(TwoUsers.upTo(7, bens, id)).containsExactly(3L, 4L, 5L, 6L, 7L);
      assertThat(TwoUsers.upTo(7, other, id)).containsExactly(3L, 4L, 5L, 6L, 7L);
      assertThat(feed(Nodes.B, id).isOpen()).isTrue();
    }
  }

  @Test
  void eventOfAWriterThatWasSlowerThanTheJoiningShouldCome() throws Exception {
    ConversationId id = silentConversation(1);
    FrozenWriter slow = FrozenWriter.at(Nodes.A, id, users.ann, "slow");
    silence(Nodes.A, id);
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      assertThat(TwoUsers.head(bens, id)).isEqualTo(2);
      Nodes.A.get(RedisBus.class).publish(slow.write());
      assertThat(TwoUsers.upTo(2, bens, id)).containsExactly(2L);
    }
  }

  @Test
  void eventThatNobodyAnnouncedShouldBeToldInTheNextRound() throws Exception {
    ConversationId id = silentConversation(1);
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      assertThat(TwoUsers.head(bens, id)).isEqualTo(1);
      FrozenWriter.at(Nodes.A, id, users.ann, "unheard").write();
      Nodes.B.get(Heads.class).round();
      assertThat(TwoUsers.head(bens, id)).isEqualTo(2);
      TwoUsers.send(Nodes.A, users.annToken, id, "heard");
      assertThat(TwoUsers.upTo(3, bens, id)).containsExactly(3L);
    }
  }

  @Test
  void whoIsRemovedShouldHearThatAndNothingAfterIt() throws Exception {
    UserId cleo = Nodes.FLEET.user();
    TestGroup group = new TestGroup(users.ann);
    ConversationId id = new ConversationId(group.id);
    // Its creation is not published: an event that came late would open the feed.
    group.create(users.ben, cleo);
    TwoUsers.send(Nodes.A, users.annToken, id, "hello");
    silence(Nodes.A, id);
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken);
        StompClient cleos = StompClient.connect(Nodes.B.http(), Nodes.FLEET.token(cleo))) {
      assertThat(feed(Nodes.B, id).isOpen()).isFalse();
      TestGroup.publish(group.remove(users.ben));
      JsonNode removal = bens.event("MEMBERS");
      assertThat(removal.get("removed").get(0).asString()).isEqualTo(users.ben.toString());
      bens.event("LEFT");
      long last = TwoUsers.send(Nodes.A, users.annToken, id, "without ben");
      assertThat(TwoUsers.upTo(last, cleos, id)).endsWith(last);
      assertThat(bens.messages()).isEmpty();
    }
  }
}

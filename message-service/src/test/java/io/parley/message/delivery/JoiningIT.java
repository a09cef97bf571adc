package io.parley.message.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.conversation.Conversation;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A connection joins all conversations that it can, and the others later. */
class JoiningIT {

  private final TwoUsers users = new TwoUsers();
  private final CqlSession cassandra = Nodes.A.get(CqlSession.class);

  @Test
  void headsShouldBeToldOnceOfAllThatIsJoined() throws Exception {
    Map<ConversationId, Long> heads = new HashMap<>();
    for (long messages = 1; messages <= 3; messages++) {
      String token = Nodes.FLEET.token(Nodes.FLEET.user());
      ConversationId id = TwoUsers.direct(Nodes.A, token, users.ben);
      for (int i = 0; i < messages; i++) {
        TwoUsers.send(Nodes.A, token, id, "text " + i);
      }
      heads.put(id, messages);
    }
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      JsonNode told = bens.event("HEADS");
      assertThat(told.get("heads").size()).isEqualTo(3);
      heads.forEach((id, head) -> assertThat(TwoUsers.headIn(told, id)).isEqualTo(head));
    }
  }

  @Test
  void conversationThatCanNotBeOpenedShouldNotKeepOthersFromBeingJoined() throws Exception {
    ConversationId broken = users.direct(Nodes.A);
    TwoUsers.send(Nodes.A, users.annToken, broken, "first");
    String cleoToken = Nodes.FLEET.token(Nodes.FLEET.user());
    ConversationId good = TwoUsers.direct(Nodes.A, cleoToken, users.ben);
    String events = "/api/v1/conversations/" + broken + "/events";
    Http http = new Http(Nodes.B.http(), users.benToken);
    String policy =
        requireNonNull(
            requireNonNull(
                    cassandra
                        .execute(
                            "SELECT policy FROM conversations WHERE conversation_id = ?",
                            broken.value())
                        .one())
                .getString("policy"));
    setPolicy(broken, "{");
    try (StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      TwoUsers.send(Nodes.A, cleoToken, good, "hello");
      assertThat(TwoUsers.upTo(1, bens, good)).containsExactly(1L);
      // Neither does it hang whoever asks.
      assertThat(http.get(events).status()).isEqualTo(503);
      assertThat(http.get(events).status()).isEqualTo(503);

      setPolicy(broken, policy);
      assertThat(TwoUsers.head(bens, broken)).isEqualTo(1);
      assertThat(http.get(events).status()).isEqualTo(200);
      TwoUsers.send(Nodes.A, users.annToken, broken, "second");
      assertThat(TwoUsers.upTo(2, bens, broken)).containsExactly(2L);
    }
  }

  private void setPolicy(ConversationId id, String policy) {
    cassandra.execute(
        "UPDATE conversations SET policy = ? WHERE conversation_id = ?", policy, id.value());
  }

  @Test
  void directConversationWithoutItsOwnRowShouldBeMadeWhole() throws Exception {
    ConversationId id = Conversation.direct(users.ann, users.ben);
    inInbox(users.ann, id, users.ben);
    inInbox(users.ben, id, users.ann);
    for (UserId user : new UserId[] {users.ann, users.ben}) {
      cassandra.execute(
          "INSERT INTO members_by_conversation (conversation_id, user_id, role, active, overrides)"
              + " VALUES (?, ?, 'member', true, '{}') USING TIMESTAMP 1",
          id.value(),
          user.value());
    }
    try (StompClient anns = StompClient.connect(Nodes.A.http(), users.annToken);
        StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      assertThat(TwoUsers.send(Nodes.A, users.annToken, id, "hello")).isEqualTo(1);
      assertThat(TwoUsers.upTo(1, anns, id)).containsExactly(1L);
      assertThat(TwoUsers.upTo(1, bens, id)).containsExactly(1L);
    }
  }

  @Test
  void directConversationThatOnlyOneInboxHasShouldBeMadeWhole() throws Exception {
    ConversationId id = Conversation.direct(users.ann, users.ben);
    inInbox(users.ann, id, users.ben);
    try (StompClient anns = StompClient.connect(Nodes.A.http(), users.annToken);
        StompClient bens = StompClient.connect(Nodes.B.http(), users.benToken)) {
      // By the first who looks at it.
      assertThat(TwoUsers.catchUp(Nodes.A, users.annToken, id, 0)).isEmpty();
      bens.event(event -> event.path("conversationId").asString().equals(id.toString()));
      assertThat(TwoUsers.send(Nodes.B, users.benToken, id, "hello")).isEqualTo(1);
      bens.event(event -> isHeardOf(event, id));
      anns.event(event -> isHeardOf(event, id));
    }
  }

  /** By itself, or by HEADS when the joining came after it. */
  private static boolean isHeardOf(JsonNode event, ConversationId id) {
    return TwoUsers.isOfLog(event, id) || TwoUsers.headIn(event, id) == 1;
  }

  private void inInbox(UserId user, ConversationId id, UserId other) {
    cassandra.execute(
        "INSERT INTO conversations_by_member"
            + " (user_id, conversation_id, kind, other_user_id, active)"
            + " VALUES (?, ?, 'DIRECT', ?, true) USING TIMESTAMP 1",
        user.value(),
        id.value(),
        other.value());
  }
}

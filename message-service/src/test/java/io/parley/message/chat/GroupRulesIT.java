package io.parley.message.chat;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupPolicy.History;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.store.RedisConnections;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a group's rules refuse, over REST and STOMP, on two nodes. */
class GroupRulesIT {

  private final UserId owner = Nodes.FLEET.user();
  private final UserId mod = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asMod = new Http(Nodes.B.http(), Nodes.FLEET.token(mod));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asBenAtA = new Http(Nodes.A.http(), asBen.token());
  private final TestGroup group = new TestGroup(owner);
  private int sent;

  @BeforeEach
  void create() throws Exception {
    publish(group.create(mod, ben), group.role(mod, GroupRole.MODERATOR));
    until(() -> send(asBen).status() == 201);
  }

  private Answer send(Http http) {
    return send(http, "m" + ++sent);
  }

  private Answer send(Http http, String id) {
    return http.post(
        "/api/v1/conversations/" + group.id + "/messages",
        Map.of("clientMessageId", id, "text", "text of " + id));
  }

  private static GroupPolicy announcementOnly() {
    return new GroupPolicy(Map.of(GroupPermission.WRITE, GroupRole.MODERATOR), 0, 0, History.ALL);
  }

  private static GroupPolicy slow(int seconds) {
    return new GroupPolicy(Map.of(), seconds, 0, History.ALL);
  }

  @Test
  void announcementsShouldBeWrittenByThoseWhoMay() throws Exception {
    publish(group.policy(announcementOnly()));
    until(() -> send(asBen).slug().equals("forbidden"));
    until(() -> send(asBenAtA).slug().equals("forbidden"));
    Answer refused = send(asBen);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().get("permission").asString()).isEqualTo("write");
    assertThat(send(asMod).status()).isEqualTo(201);
    assertThat(send(asOwner).status()).isEqualTo(201);
    publish(group.override(ben, GroupPermission.WRITE, true));
    until(() -> send(asBen).status() == 201);
    // The usual policy again, but not for ben.
    publish(group.policy(GroupPolicy.USUAL), group.override(ben, GroupPermission.WRITE, false));
    until(() -> send(asBen).slug().equals("forbidden"));
  }

  @Test
  void mutedMemberShouldBeToldUntilWhen() throws Exception {
    Instant until = Instant.now().plusSeconds(600);
    publish(group.mute(ben, until));
    until(() -> send(asBen).status() == 403);
    until(() -> send(asBenAtA).status() == 403);
    Answer refused = send(asBen);
    assertThat(refused.slug()).isEqualTo("muted");
    assertThat(Instant.parse(refused.json().get("until").asString()))
        .isEqualTo(until.truncatedTo(ChronoUnit.MILLIS));
    assertThat(asBen.get("/api/v1/conversations/" + group.id + "/messages").status())
        .isEqualTo(200);
    publish(group.mute(ben, Instant.now().plusMillis(1500)));
    until(() -> send(asBen).status() == 201);
  }

  @Test
  void archivedGroupShouldOnlyBeRead() throws Exception {
    Answer before = send(asBen, "before");
    publish(group.archived(true));
    until(() -> send(asBen).slug().equals("conversation-archived"));
    until(() -> send(asOwner).slug().equals("conversation-archived"));
    assertThat(send(asOwner).status()).isEqualTo(409);
    // What was sent before is still that; the same name for something else is still refused.
    assertThat(send(asBenAtA, "before").json()).isEqualTo(before.json());
    assertThat(
            asBen
                .post(
                    "/api/v1/conversations/" + group.id + "/messages",
                    Map.of("clientMessageId", "before", "text", "another"))
                .slug())
        .isEqualTo("client-message-id-reused");
    publish(group.archived(false));
    until(() -> send(asBen).status() == 201);
  }

  @Test
  void slowModeShouldSpaceMessagesOfMembers() throws Exception {
    String before = "m" + sent;
    publish(group.policy(slow(600)));
    until(() -> send(asBen).status() == 429);
    Answer first = asBen.get("/api/v1/conversations/" + group.id + "/messages?limit=1");
    String last = first.json().get("items").get(0).get("clientMessageId").asString();
    Answer refused = send(asBenAtA);
    assertThat(refused.slug()).isEqualTo("rate-limited");
    assertThat(refused.json().get("limiter").asString()).isEqualTo("slow-mode");
    assertThat(refused.json().get("retryAfter").asInt()).isBetween(1, 600);
    assertThat(refused.response().headers().firstValue("Retry-After"))
        .hasValue(refused.json().get("retryAfter").asString());
    // The same message again is no other one, on any node; nor is one from before.
    assertThat(send(asBenAtA, last).json().get("seq"))
        .isEqualTo(first.json().get("items").get(0).get("seq"));
    assertThat(send(asBen, before).status()).isEqualTo(201);
    long head = head();
    send(asBen);
    assertThat(head()).isEqualTo(head);
    assertThat(send(asMod).status()).isEqualTo(201);
    assertThat(send(asMod).status()).isEqualTo(201);
    publish(group.policy(slow(1)));
    ConversationId id = new ConversationId(group.id);
    until(
        () ->
            Nodes.B.get(OpenConversations.class)
                    .access(id, ben)
                    .conversation()
                    .policy()
                    .slowModeSeconds()
                == 1);
    Nodes.A.get(RedisConnections.class)
        .commands()
        .del(("slow:{" + group.id + "}:" + ben).getBytes())
        .get();
    until(
        () -> {
          Answer again = send(asBen);
          return again.status() == 429 && again.json().get("retryAfter").asInt() == 1;
        });
    until(() -> send(asBen).status() == 201);
  }

  private long head() {
    return asBen.get("/api/v1/conversations").json().get("items").get(0).get("headSeq").asLong();
  }

  @Test
  void socketsShouldBeRefusedAlike() throws Exception {
    try (StompClient socket = StompClient.connect(Nodes.B.http(), asBen.token())) {
      Instant until = Instant.now().plusSeconds(600);
      publish(group.mute(ben, until));
      JsonNode updated =
          socket.event(
              e -> e.path("updated").path(0).path("userId").asString().equals(ben.toString()));
      assertThat(updated.get("change").asString()).isEqualTo("MEMBERS_UPDATED");
      assertThat(updated.get("updated").get(0).has("mutedUntil")).isTrue();
      until(() -> send(asBen).slug().equals("muted"));
      socket.message(group.id, "c1", "hello");
      StompClient.Frame problem = socket.refusal("r-c1");
      assertThat(problem.json().get("type").asString()).endsWith("/muted");
      assertThat(problem.json().has("until")).isTrue();
      assertThat(problem.json().get("clientMessageId").asString()).isEqualTo("c1");
      publish(group.mute(ben, null), group.policy(announcementOnly()));
      until(() -> send(asBen).slug().equals("forbidden"));
      socket.message(group.id, "c2", "hello");
      assertThat(socket.refusal("r-c2").json().get("type").asString()).endsWith("/forbidden");
      publish(group.policy(slow(600)));
      until(() -> send(asBen).slug().equals("rate-limited"));
      socket.message(group.id, "c3", "hello");
      assertThat(socket.refusal("r-c3").json().get("limiter").asString()).isEqualTo("slow-mode");
    }
  }

  @Test
  void whoIsRemovedShouldBeOutOnEveryNode() throws Exception {
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asBen.token())) {
      assertThat(send(asBen).status()).isEqualTo(201);
      assertThat(send(asBenAtA).status()).isEqualTo(201);
      String last = "m" + sent;
      socket.event(e -> e.path("clientMessageId").asString().equals(last));
      publish(group.remove(ben));
      socket.event("LEFT");
      socket.messages();
      for (Http http : List.of(asBen, asBenAtA)) {
        until(() -> send(http).slug().equals("not-a-member"));
        assertThat(http.get("/api/v1/conversations/" + group.id + "/messages").slug())
            .isEqualTo("not-a-member");
        assertThat(http.get("/api/v1/conversations/" + group.id + "/events").slug())
            .isEqualTo("not-a-member");
      }
      for (int i = 0; i < 5; i++) {
        assertThat(send(asOwner).status()).isEqualTo(201);
        assertThat(send(asMod).status()).isEqualTo(201);
      }
      Thread.sleep(500);
      assertThat(socket.messages()).isEmpty();
    }
  }

  @Test
  void directConversationShouldHaveNoRules() {
    String direct =
        asOwner
            .post("/api/v1/conversations/direct", Map.of("userId", ben))
            .json()
            .get("id")
            .asString();
    for (int i = 0; i < 3; i++) {
      assertThat(
              asBen
                  .post(
                      "/api/v1/conversations/" + direct + "/messages",
                      Map.of("clientMessageId", "d" + i, "text", "x"))
                  .status())
          .isEqualTo(201);
    }
  }
}

package io.parley.message.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.access.Scope;
import io.parley.common.events.BlockChanged;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.log.SealedTexts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How users choose to appear, and how they do to those who look, over REST. */
class PresenceIT {

  private static final String MINE = "/api/v1/users/me/presence";

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));

  private static Http.Answer look(Http viewer, UserId... users) {
    return viewer.get(
        "/api/v1/presence?userIds="
            + Stream.of(users).map(UserId::toString).collect(Collectors.joining(",")));
  }

  private static JsonNode one(Http viewer, UserId user) {
    Http.Answer answer = look(viewer, user);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.json().get("items")).hasSize(1);
    JsonNode view = answer.json().at("/items/0");
    assertThat(view.get("userId").asString()).isEqualTo(user.toString());
    return view;
  }

  private static String presence(Http viewer, UserId user) {
    return one(viewer, user).get("presence").asString();
  }

  private void choose(String show) {
    Http.Answer answer = asAnn.put(MINE, Map.of("show", show));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
  }

  private static void show(StompClient client, String state) throws InterruptedException {
    client.send(
        "SEND",
        Map.of("destination", "/app/session/presence", "receipt", "show"),
        "{\"state\":\"" + state + "\"}");
    client.receipt("show");
  }

  // --- choosing --------------------------------------------------------------------------------

  @Test
  void whatWasChosenShouldBeAnsweredByEveryNode() {
    Http onB = new Http(Nodes.B.http(), asAnn.token());
    assertThat(onB.get(MINE).json().toString()).isEqualTo("{\"show\":\"auto\"}");

    String until = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.MILLIS).toString();
    Map<String, Object> all =
        Map.of(
            "show", "dnd", "status", Map.of("text", "In a meeting", "emoji", "📅", "until", until));
    Http.Answer answer = asAnn.put(MINE, all);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(onB.get(MINE).json()).isEqualTo(answer.json());
    assertThat(answer.json().at("/status/text").asString()).isEqualTo("In a meeting");
    assertThat(answer.json().at("/status/emoji").asString()).isEqualTo("📅");
    assertThat(answer.json().at("/status/until").asString()).isEqualTo(until);

    choose("away");
    assertThat(onB.get(MINE).json().toString()).isEqualTo("{\"show\":\"away\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "",
        "{\"show\":null}",
        "{\"show\":\"AUTO\"}",
        "{\"show\":\"busy\"}",
        "{\"show\":1}",
        "{\"show\":\"auto\",\"more\":1}",
        "{\"show\":\"auto\",\"status\":\"text\"}",
        "{\"show\":\"auto\",\"status\":{}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"\"}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"  \"}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"a\\nb\"}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"ok\",\"emoji\":\"\"}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"ok\",\"emoji\":\"12345678901234567\"}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"ok\",\"until\":\"tomorrow\"}}",
        "{\"show\":\"auto\",\"status\":{\"text\":\"ok\",\"until\":\"2020-01-01T00:00:00Z\"}}",
        "{\"show\":\"auto\",\"status\":{\"emoji\":\"x\"}}",
      })
  void choosingShouldRefuse(String body) {
    Http.Answer answer = asAnn.put(MINE, body);

    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
    assertThat(asAnn.get(MINE).json().toString()).isEqualTo("{\"show\":\"auto\"}");
  }

  @Test
  void statusMayHaveAHundredCharacters() {
    for (int length : new int[] {100, 101}) {
      Map<String, Object> body =
          Map.of("show", "auto", "status", Map.of("text", "𝕏".repeat(length)));
      assertThat(asAnn.put(MINE, body).status()).isEqualTo(length == 100 ? 200 : 400);
    }
  }

  @Test
  void scopesShouldBeAskedFor() {
    String token =
        Nodes.FLEET.token(
            ann, UUID.randomUUID(), Instant.now().plusSeconds(60), Scope.MESSAGES_READ.value());
    Http limited = new Http(Nodes.A.http(), token);
    Http nobody = new Http(Nodes.A.http(), "");

    for (Http.Answer answer :
        List.of(limited.get(MINE), limited.put(MINE, Map.of("show", "dnd")), look(limited, ben))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.slug()).isEqualTo("insufficient-scope");
    }
    for (Http.Answer answer :
        List.of(nobody.get(MINE), nobody.put(MINE, Map.of("show", "dnd")), look(nobody, ben))) {
      assertThat(answer.slug()).isEqualTo("unauthenticated");
    }
  }

  @Test
  void statusShouldBeEncryptedAtRestAndBoundToItsUser() {
    String secret = "secret " + UUID.randomUUID();
    asAnn.put(MINE, Map.of("show", "auto", "status", Map.of("text", secret)));

    Row row =
        Nodes.A.get(CqlSession.class)
            .execute("SELECT * FROM presence_by_user WHERE user_id = ?", ann.value())
            .one();
    ByteBuffer sealed = Objects.requireNonNull(row).getByteBuffer("status");
    assertThat(new String(sealed.array(), StandardCharsets.ISO_8859_1)).doesNotContain("secret");
    SealedTexts texts = Nodes.A.get(SealedTexts.class);
    assertThat(texts.open(ann, "presence status", sealed)).contains(secret);
    assertThatThrownBy(() -> texts.open(ben, "presence status", sealed))
        .isInstanceOf(IllegalStateException.class);
  }

  /** A backup without its keys, say. */
  @Test
  void statusThatCanNotBeReadShouldHideNothingElse() throws Exception {
    Nodes.A.get(CqlSession.class)
        .execute(
            "INSERT INTO presence_by_user (user_id, show, status, status_until) VALUES (?, ?, ?, ?)",
            ann.value(),
            "dnd",
            ByteBuffer.wrap(new byte[] {1, 2, 3}),
            Instant.EPOCH);
    try (StompClient phone = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      assertThat(phone.isClosed()).isFalse();
      TestGroup.until(() -> presence(asBen, ann).equals("dnd"));
      assertThat(one(asBen, ann).has("status")).isFalse();
    }
  }

  // --- looking ---------------------------------------------------------------------------------

  @Test
  void clientsOfAllNodesTogetherShouldMakeThePresence() throws Exception {
    assertThat(one(asBen, ann).toString())
        .isEqualTo("{\"userId\":\"" + ann + "\",\"presence\":\"offline\"}");
    Instant began = Instant.now();
    try (StompClient phone = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      TestGroup.until(() -> presence(asBen, ann).equals("online"));
      assertThat(one(asBen, ann).has("lastSeen")).isFalse();
      try (StompClient desk = StompClient.connect(Nodes.B.http(), asAnn.token())) {
        show(phone, "background");
        show(desk, "background");
        TestGroup.until(() -> presence(asBen, ann).equals("away"));
        show(desk, "foreground");
        TestGroup.until(() -> presence(asBen, ann).equals("online"));
      }
      TestGroup.until(() -> presence(asBen, ann).equals("away"));
    }
    TestGroup.until(() -> presence(asBen, ann).equals("offline"));
    TestGroup.until(() -> one(asBen, ann).has("lastSeen"));
    Instant lastSeen = Instant.parse(one(asBen, ann).get("lastSeen").asString());
    assertThat(lastSeen).isEqualTo(lastSeen.truncatedTo(ChronoUnit.MINUTES));
    assertThat(lastSeen).isBetween(began.truncatedTo(ChronoUnit.MINUTES), Instant.now());
  }

  @Test
  void whatWasChosenShouldGoBeforeWhatClientsSay() throws Exception {
    Map<String, Object> status = Map.of("text", "On the road", "emoji", "🚋");
    asAnn.put(MINE, Map.of("show", "dnd", "status", status));
    assertThat(presence(asBen, ann)).isEqualTo("offline");
    assertThat(one(asBen, ann).at("/status/text").asString()).isEqualTo("On the road");
    try (StompClient phone = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      TestGroup.until(() -> presence(asBen, ann).equals("dnd"));
      choose("away");
      assertThat(presence(asBen, ann)).isEqualTo("away");
      assertThat(one(asBen, ann).has("status")).isFalse();
      show(phone, "background");
      choose("dnd");
      assertThat(presence(asBen, ann)).isEqualTo("dnd");
    }
  }

  /** To others it is as if the user had left, and nothing later shows that it is not so. */
  @Test
  void whoIsInvisibleShouldBeOfflineAndLeaveNoTrace() throws Exception {
    choose("invisible");
    try (StompClient phone = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      assertThat(phone.isClosed()).isFalse();
      TestGroup.until(
          () ->
              Nodes.B.get(LocalClients.class).states(List.of(ann)).get(ann)
                  == ClientState.FOREGROUND);
      assertThat(presence(asBen, ann)).isEqualTo("offline");
      choose("auto");
      assertThat(presence(asBen, ann)).isEqualTo("online");
      choose("invisible");
      JsonNode hidden = one(asBen, ann);
      assertThat(hidden.get("presence").asString()).isEqualTo("offline");
      // As of one who has left just now.
      assertThat(hidden.has("lastSeen")).isTrue();
      setLastSeen(ann, Instant.parse("2026-01-01T10:00:00Z"));
    }
    TestGroup.until(
        () -> Nodes.B.get(LocalClients.class).states(List.of(ann)).get(ann) == ClientState.NONE);
    // What is written of others who leave after her shows that her turn was before.
    UserId cleo = Nodes.FLEET.user();
    try (StompClient other = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(cleo))) {
      assertThat(other.isClosed()).isFalse();
      TestGroup.until(() -> presence(asBen, cleo).equals("online"));
    }
    TestGroup.until(() -> one(asBen, cleo).has("lastSeen"));
    assertThat(one(asBen, ann).get("lastSeen").asString()).startsWith("2026-01-01T10:00");
  }

  private static void setLastSeen(UserId user, Instant at) {
    Nodes.A.get(CqlSession.class)
        .execute(
            "INSERT INTO presence_by_user (user_id, last_seen) VALUES (?, ?)", user.value(), at);
  }

  @Test
  void statusShouldEndByItself() throws Exception {
    Instant until = Instant.now().plusSeconds(3);
    asAnn.put(MINE, Map.of("show", "auto", "status", Map.of("text", "soon over", "until", until)));
    TestGroup.until(() -> !one(asBen, ann).has("status"));
    assertThat(Instant.now()).isAfterOrEqualTo(until);
    assertThat(asAnn.get(MINE).json().has("status")).isFalse();
  }

  @Test
  void answersShouldBeInTheOrderOfTheQuestion() {
    UserId unknown = new UserId(UUID.randomUUID());
    JsonNode items = look(asBen, unknown, ben, ann, unknown).json().get("items");

    assertThat(items.valueStream().map(item -> item.get("userId").asString()))
        .containsExactly(unknown.toString(), ben.toString(), ann.toString());
    assertThat(items.get(0).propertyNames()).containsExactlyInAnyOrder("userId", "presence");
    assertThat(items.get(0).get("presence").asString()).isEqualTo("offline");
  }

  @Test
  void badQuestionsShouldBeRefused() {
    List<UserId> most = new ArrayList<>(Collections.nCopies(100, new UserId(UUID.randomUUID())));
    assertThat(look(asBen, most.toArray(UserId[]::new)).status()).isEqualTo(200);
    most.add(ann);
    for (Http.Answer answer :
        List.of(
            look(asBen, most.toArray(UserId[]::new)),
            asBen.get("/api/v1/presence"),
            asBen.get("/api/v1/presence?userIds="),
            asBen.get("/api/v1/presence?userIds=ann"),
            asBen.get("/api/v1/presence?userIds=" + ann + ",x"))) {
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
      assertThat(answer.slug()).isEqualTo("invalid-request");
    }
  }

  // --- who may see whom ------------------------------------------------------------------------

  @Test
  void onlyThoseWhomTheSettingNamesShouldSee() throws Exception {
    asAnn.put(MINE, Map.of("show", "auto", "status", Map.of("text", "for some")));
    try (StompClient phone = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      assertThat(phone.isClosed()).isFalse();
      TestGroup.until(() -> presence(asBen, ann).equals("online"));

      Nodes.FLEET.presenceFor(ann, "contacts", "everyone");
      assertThat(one(asBen, ann).propertyNames()).containsExactlyInAnyOrder("userId", "presence");
      assertThat(presence(asBen, ann)).isEqualTo("offline");
      Nodes.FLEET.contact(ann, ben, true);
      assertThat(one(asBen, ann).at("/status/text").asString()).isEqualTo("for some");
      assertThat(presence(asBen, ann)).isEqualTo("online");

      Nodes.FLEET.presenceFor(ann, "nobody", "everyone");
      assertThat(one(asBen, ann).propertyNames()).containsExactlyInAnyOrder("userId", "presence");
      assertThat(presence(asAnn, ann)).isEqualTo("online");
    }
    Nodes.FLEET.presenceFor(ann, "everyone", "everyone");
    TestGroup.until(() -> one(asBen, ann).has("lastSeen"));
    Nodes.FLEET.presenceFor(ann, "everyone", "nobody");
    assertThat(one(asBen, ann).has("lastSeen")).isFalse();
    assertThat(one(asBen, ann).has("status")).isTrue();
  }

  @Test
  void blockShouldHideEachFromTheOther() throws Exception {
    try (StompClient anns = StompClient.connect(Nodes.A.http(), asAnn.token());
        StompClient bens = StompClient.connect(Nodes.A.http(), asBen.token())) {
      assertThat(anns.isClosed() || bens.isClosed()).isFalse();
      TestGroup.until(
          () -> presence(asBen, ann).equals("online") && presence(asAnn, ben).equals("online"));
      long version = 1_000_000 + ann.hashCode();
      Nodes.FLEET.blocks.put(version, new BlockChanged(ann, ben, true, version, Instant.now()));
      try {
        assertThat(presence(asBen, ann)).isEqualTo("offline");
        assertThat(presence(asAnn, ben)).isEqualTo("offline");
      } finally {
        Nodes.FLEET.blocks.remove(version);
      }
    }
  }

  @Test
  void withoutAnAnswerNothingShouldBeShown() {
    Nodes.FLEET.presenceAudiencesAreAway(true);
    try {
      Http.Answer answer = look(asBen, ann);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.slug()).isEqualTo("store-unavailable");
    } finally {
      Nodes.FLEET.presenceAudiencesAreAway(false);
    }
    assertThat(presence(asBen, ann)).isEqualTo("offline");
  }

  @Test
  void erasureShouldBeForGood() throws Exception {
    asAnn.put(MINE, Map.of("show", "dnd", "status", Map.of("text", "here")));
    Presences presences = Nodes.A.get(Presences.class);
    assertThat(presences.held(ann).show()).isEqualTo(Show.DND);
    presences.erase(ann);
    setLastSeen(ann, Instant.now());
    assertThat(presences.held(ann)).isEqualTo(new Presences.Held(Show.AUTO, null, null));
  }
}

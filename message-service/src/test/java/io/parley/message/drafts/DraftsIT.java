package io.parley.message.drafts;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.UserId;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Drafts on two nodes. */
class DraftsIT {

  private final Duo duo = new Duo();

  private Answer put(Http http, String text, @Nullable Long replyTo) {
    Map<String, Object> command = new HashMap<>();
    command.put("text", text);
    if (replyTo != null) {
      command.put("replyTo", replyTo);
    }
    return http.put(duo.path("/draft"), command);
  }

  private JsonNode draft(Http http) {
    Answer answer = http.get(duo.path("/draft"));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  @Test
  void draftShouldBeOnAllDevicesOfItsAuthorOnly() throws Exception {
    assertThat(draft(duo.asAnn).get("text").asString()).isEmpty();
    assertThat(draft(duo.asAnn).get("at").isNull()).isTrue();
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token());
        StompClient bens = StompClient.connect(Nodes.B.http(), duo.asBen.token())) {
      Answer stored = put(duo.asAnn, "Dear B\u00e9n \uD83D\uDC69\u200D\uD83D\uDE80,\n\t", 7L);
      assertThat(stored.status()).as(stored.response().body()).isEqualTo(200);
      JsonNode told = other.event("DRAFT");
      for (String member : List.of("conversationId", "text", "replyTo", "at")) {
        assertThat(told.get(member)).isEqualTo(stored.json().get(member));
      }
      assertThat(draft(duo.asAnnAtB)).isEqualTo(stored.json());
      assertThat(draft(duo.asBen).get("text").asString()).isEmpty();

      // The later one stays; sending clears nothing.
      put(duo.asAnnAtB, "Dear Ben, how", null);
      assertThat(other.event("DRAFT").get("replyTo").isNull()).isTrue();
      duo.send(duo.asAnn, "Dear Ben, how are you?");
      assertThat(draft(duo.asAnn).get("text").asString()).isEqualTo("Dear Ben, how");
      bens.event("MESSAGE");
      assertThat(bens.passing()).noneMatch(e -> e.get("type").asString().equals("DRAFT"));
    }
  }

  @Test
  void draftShouldBeClearedByDeleteAndByEmptyText() throws Exception {
    try (StompClient other = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      for (boolean byDelete : List.of(true, false)) {
        put(duo.asAnn, "   ", 3L);
        assertThat(other.event("DRAFT").get("text").asString()).isEqualTo("   ");
        assertThat(draft(duo.asAnnAtB).get("replyTo").asLong()).isEqualTo(3);
        Answer cleared =
            byDelete ? duo.asAnnAtB.delete(duo.path("/draft")) : put(duo.asAnn, "", 3L);
        assertThat(cleared.status()).isEqualTo(byDelete ? 204 : 200);
        JsonNode told = other.event("DRAFT");
        assertThat(told.get("text").asString()).isEmpty();
        assertThat(told.get("replyTo").isNull()).isTrue();
        assertThat(draft(duo.asAnn).get("text").asString()).isEmpty();
        assertThat(draft(duo.asAnn).get("replyTo").isNull()).isTrue();
        assertThat(draft(duo.asAnn).get("at")).isEqualTo(told.get("at"));
      }
      assertThat(duo.asAnn.delete(duo.path("/draft")).status()).isEqualTo(204);
    }
  }

  @Test
  void draftShouldBeEncryptedAtRest() {
    put(duo.asAnn, "nobody reads this", null);
    Row row =
        Objects.requireNonNull(
            Nodes.A.get(CqlSession.class)
                .execute("SELECT body FROM drafts_by_member WHERE user_id = ?", duo.ann.value())
                .one());
    ByteBuffer body = Objects.requireNonNull(row.getByteBuffer("body"));
    assertThat(StandardCharsets.ISO_8859_1.decode(body).toString()).doesNotContain("nobody");
  }

  @Test
  void allDraftsShouldBeListedInPages() {
    List<String> with = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      UserId somebody = Nodes.FLEET.user();
      String id =
          duo.asAnn
              .post("/api/v1/conversations/direct", Map.of("userId", somebody))
              .json()
              .get("id")
              .asString();
      String path = "/api/v1/conversations/" + id + "/draft";
      duo.asAnn.put(path, Map.of("text", "draft " + id));
      if (i % 3 == 1) {
        duo.asAnn.delete(path);
      } else {
        with.add(id);
      }
    }
    List<String> listed = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = duo.asAnnAtB.get("/api/v1/users/me/drafts?limit=2" + next).json();
      assertThat(page.get("items").size()).isLessThanOrEqualTo(2);
      for (JsonNode draft : page.get("items")) {
        String id = draft.get("conversationId").asString();
        assertThat(draft.get("text").asString()).isEqualTo("draft " + id);
        listed.add(id);
      }
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    } while (next != null);
    assertThat(listed).containsExactlyInAnyOrderElementsOf(with);
    assertThat(duo.asBen.get("/api/v1/users/me/drafts").json().get("items")).isEmpty();
    assertThat(duo.asAnn.get("/api/v1/users/me/drafts?cursor=x").status()).isEqualTo(400);
    assertThat(duo.asAnn.get("/api/v1/users/me/drafts?limit=201").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"text\":null}",
        "{\"text\":1}",
        "{\"text\":\"a\\u0000b\"}",
        "{\"text\":\"\\ud800\"}",
        "{\"text\":\"t\",\"replyTo\":0}",
        "{\"text\":\"t\",\"replyTo\":\"1\"}",
        "{\"text\":\"t\",\"at\":1}"
      })
  void badDraftsShouldBeRefused(String json) {
    Answer answer = duo.asAnn.call("PUT", duo.path("/draft"), json);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(draft(duo.asAnn).get("text").asString()).isEmpty();
  }

  @Test
  void lengthShouldBeThatOfAMessage() {
    assertThat(put(duo.asAnn, "x".repeat(4000), null).status()).isEqualTo(200);
    assertThat(put(duo.asAnn, "x".repeat(4001), null).status()).isEqualTo(400);
    assertThat(draft(duo.asAnn).get("text").asString()).hasSize(4000);
  }

  @Test
  void onlyMembersWithTheScopeShouldHaveOne() {
    for (Answer answer :
        List.of(
            put(duo.asStranger, "t", null),
            duo.asStranger.get(duo.path("/draft")),
            duo.asStranger.delete(duo.path("/draft")),
            duo.asAnn.get("/api/v1/conversations/" + UUID.randomUUID() + "/draft"))) {
      assertThat(answer.slug()).isEqualTo("conversation-not-found");
    }
    for (Answer answer :
        List.of(
            put(duo.annWith("messages:read"), "t", null),
            duo.annWith("messages:read").delete(duo.path("/draft")),
            duo.annWith("messages:write").get(duo.path("/draft")),
            duo.annWith("messages:write").get("/api/v1/users/me/drafts"))) {
      assertThat(answer.slug()).isEqualTo("insufficient-scope");
    }
  }
}

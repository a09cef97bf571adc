package io.parley.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Ann, at either node, and Ben, new in each test, with their direct conversation; and a stranger.
 */
public final class Duo {

  public final UserId ann = Nodes.FLEET.user();
  public final UserId ben = Nodes.FLEET.user();
  public final UserId other = Nodes.FLEET.user();
  public final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  public final Http asAnnAtB = new Http(Nodes.B.http(), asAnn.token());
  public final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  public final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(other));
  public final ConversationId id;

  public Duo() {
    this.id =
        ConversationId.valueOf(
            asAnn
                .post("/api/v1/conversations/direct", Map.of("userId", ben))
                .json()
                .get("id")
                .asString());
  }

  public String path(String rest) {
    return "/api/v1/conversations/" + id + rest;
  }

  /** Ann, with a token that is good for this only. */
  public Http annWith(String scopes) {
    return new Http(
        Nodes.A.http(),
        Nodes.FLEET.token(ann, UUID.randomUUID(), Instant.now().plusSeconds(600), scopes));
  }

  /** The seq under which it was stored. */
  public long send(Http http, String text) {
    Http.Answer answer =
        http.post(path("/messages"), Map.of("clientMessageId", UUID.randomUUID(), "text", text));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  /** The conversation as this user's inbox has it. */
  public JsonNode item(Http http) {
    for (JsonNode item : http.get("/api/v1/conversations").json().get("items")) {
      if (item.get("id").asString().equals(id.toString())) {
        return item;
      }
    }
    throw new AssertionError("not in the inbox");
  }

  public List<JsonNode> events(Http http) {
    return items(http, "/events?limit=500");
  }

  public List<JsonNode> history(Http http) {
    return items(http, "/messages?limit=200");
  }

  private List<JsonNode> items(Http http, String rest) {
    Http.Answer answer = http.get(path(rest));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    List<JsonNode> items = new ArrayList<>();
    answer.json().get("items").forEach(items::add);
    return items;
  }
}

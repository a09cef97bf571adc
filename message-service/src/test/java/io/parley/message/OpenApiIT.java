package io.parley.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.openapi.OpenApiRules;
import io.swagger.v3.parser.OpenAPIV3Parser;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description of the API, as anybody may get it. */
class OpenApiIT {

  private final Http anybody = new Http(Nodes.A.http(), "");

  @Test
  void theDocumentShouldBeValidAndComplete() {
    Http.Answer answer = anybody.get("/openapi.json");

    assertThat(answer.status()).isEqualTo(200);
    String text = answer.response().body();
    assertThat(new OpenAPIV3Parser().readContents(text).getMessages()).isEmpty();
    assertThat(OpenApiRules.faults(answer.json())).isEmpty();
    assertThat(answer.json().path("paths").propertyNames())
        .containsExactlyInAnyOrder(
            "/api/v1/conversations",
            "/api/v1/conversations/direct",
            "/api/v1/conversations/{id}/messages",
            "/api/v1/conversations/{id}/messages/{seq}",
            "/api/v1/conversations/{id}/messages/{seq}/versions",
            "/api/v1/conversations/{id}/messages/{seq}/reactions",
            "/api/v1/conversations/{id}/messages/{seq}/reactions/{emoji}",
            "/api/v1/conversations/{id}/pins",
            "/api/v1/conversations/{id}/pins/{seq}",
            "/api/v1/conversations/{id}/messages/{seq}/thread",
            "/api/v1/conversations/{id}/messages/{seq}/thread/follow",
            "/api/v1/conversations/{id}/messages/{seq}/thread/read",
            "/api/v1/conversations/{id}/messages/{seq}/thread/unread",
            "/api/v1/conversations/{id}/threads",
            "/api/v1/users/me/threads",
            "/api/v1/conversations/{id}/events",
            "/api/v1/conversations/{id}/read",
            "/api/v1/conversations/{id}/delivered",
            "/api/v1/conversations/{id}/messages/{seq}/readers",
            "/api/v1/conversations/{id}/unread",
            "/api/v1/conversations/{id}/settings",
            "/api/v1/conversations/{id}/draft",
            "/api/v1/sync",
            "/api/v1/users/me/drafts",
            "/api/v1/users/me/saved",
            "/api/v1/users/me/saved/{conversationId}/{seq}",
            "/api/v1/presence",
            "/api/v1/users/me/presence",
            "/api/v1/admin/reconciliation");
  }

  @Test
  void anEventShouldBeAnObject() {
    JsonNode document = anybody.get("/openapi.json").json();
    JsonNode items =
        document.at(
            "/paths/~1api~1v1~1conversations~1{id}~1events/get/responses/200"
                + "/content/application~1json/example/items");

    assertThat(document.at("/components/schemas/Event/type").asString()).isEqualTo("object");
    assertThat(items.at("/0/type").asString()).isEqualTo("MESSAGE");
    assertThat(items.at("/0/seq").asLong()).isEqualTo(42);
    JsonNode deleted =
        document.at(
            "/paths/~1api~1v1~1conversations~1{id}~1messages~1{seq}/delete/responses/200/content");
    assertThat(deleted.toString()).contains("\"DELETED\"", "schemas/Event\"");
  }
}

package io.parley.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.openapi.OpenApiRules;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import io.swagger.v3.parser.OpenAPIV3Parser;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description of the API, as anybody may get it. */
class OpenApiIT extends GroupServiceIT {

  @Test
  void theDocumentShouldBeValidAndComplete() {
    Api.Answer answer = api().get("/openapi.json");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(new OpenAPIV3Parser().readContents(answer.text()).getMessages()).isEmpty();
    assertThat(OpenApiRules.faults(answer.json())).isEmpty();
    assertThat(answer.at("/paths/~1api~1v1~1admin~1reports/get/x-scopes/0")).isEqualTo("moderate");
  }

  @Test
  void headersThatMatterShouldBeDescribed() {
    JsonNode document = api().get("/openapi.json").json();
    JsonNode create = document.at("/paths/~1api~1v1~1groups/post");
    JsonNode edit = document.at("/paths/~1api~1v1~1groups~1{id}/patch");

    assertThat(create.at("/parameters/0/name").asString()).isEqualTo("Idempotency-Key");
    assertThat(create.at("/responses/201/headers").propertyNames())
        .containsExactlyInAnyOrder("ETag", "Location");
    assertThat(edit.at("/parameters/1/name").asString()).isEqualTo("If-Match");
    assertThat(edit.at("/responses/200/headers").propertyNames()).containsExactly("ETag");
    assertThat(edit.path("responses").propertyNames()).contains("412", "428");
  }

  @Test
  void anExampleShouldBeTakenAsARequest() {
    JsonNode document = api().get("/openapi.json").json();
    JsonNode example =
        document.at("/paths/~1api~1v1~1groups/post/requestBody/content/application~1json/example");

    Api.Answer answer = as(USERS.newUser()).post(GROUPS, example.toString());

    // Nothing is wrong with it but that its members are nobody here.
    assertThat(answer.problem()).isEqualTo("404 unknown-user");
    assertThat(example.at("/settings/permissions/pin").asString()).isEqualTo("member");
  }

  @Test
  void anImageShouldBeDescribedAsOne() {
    JsonNode avatar =
        api().get("/openapi.json").json().at("/paths/~1api~1v1~1groups~1{id}~1avatar");

    assertThat(avatar.at("/put/requestBody/content").propertyNames())
        .containsExactlyInAnyOrder("image/png", "image/jpeg", "image/gif");
    assertThat(avatar.at("/get/responses/200/content").propertyNames())
        .containsExactly("image/png");
    assertThat(avatar.at("/get/responses/304/content").isMissingNode()).isTrue();
  }
}

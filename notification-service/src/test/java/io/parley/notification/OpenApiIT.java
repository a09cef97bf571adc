package io.parley.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.openapi.OpenApiRules;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description of the API, as anybody may get it. */
class OpenApiIT extends ServiceHarness {

  @Test
  void theDocumentShouldBeValidAndComplete() {
    HttpResponse<String> response = call("GET", "/openapi.json", null, null);
    assertThat(response.statusCode()).isEqualTo(200);

    SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(response.body());
    assertThat(parsed.getMessages()).isEmpty();
    JsonNode document = JSON.readTree(response.body());
    assertThat(OpenApiRules.faults(document)).isEmpty();
    assertThat(document.path("paths").propertyNames())
        .containsExactlyInAnyOrder(
            "/api/v1/devices",
            "/api/v1/devices/{id}",
            "/api/v1/mail/bounces",
            "/api/v1/devices/web-push-key",
            "/api/v1/notifications/decisions",
            "/api/v1/notifications/unsubscribe",
            "/api/v1/notifications/settings",
            "/api/v1/notifications/settings/defaults",
            "/api/v1/notifications/settings/overrides",
            "/api/v1/notifications/settings/conversations/{conversationId}",
            "/api/v1/notifications/settings/threads/{conversationId}/{rootSeq}",
            "/api/v1/admin/dead-letters/notification-service",
            "/api/v1/admin/dead-letters/notification-service/{queue}",
            "/api/v1/admin/dead-letters/notification-service/{queue}/resend");
  }

  @Test
  void anOperationShouldSayAllThatIsPeculiarToIt() {
    JsonNode document = JSON.readTree(call("GET", "/openapi.json", null, null).body());
    JsonNode remove = document.at("/paths/~1api~1v1~1devices~1{id}/delete");

    assertThat(remove.get("operationId").asString()).isEqualTo("deviceRemove");
    assertThat(remove.at("/x-scopes/0").asString()).isEqualTo("notifications:manage");
    assertThat(remove.path("parameters")).hasSize(1);
    assertThat(remove.at("/parameters/0/schema/format").asString()).isEqualTo("uuid");
    JsonNode notFound =
        remove.at("/responses/404/content/application~1problem+json/examples/not-found/value");
    assertThat(notFound.get("type").asString()).isEqualTo("https://parley.chat/problems/not-found");
    assertThat(notFound.get("status").asInt()).isEqualTo(404);
    JsonNode register = document.at("/paths/~1api~1v1~1devices/post");
    assertThat(register.at("/requestBody/content/application~1json/example/platform").asString())
        .isEqualTo("android");
    assertThat(register.at("/responses/201/content/application~1json/example").propertyNames())
        .contains("id", "channel", "platform", "name", "locale", "sessionId", "lastPush");
    assertThat(document.at("/components/schemas/PageDeviceView/properties/next/type"))
        .hasToString("[\"string\",\"null\"]");
    JsonNode list = document.at("/paths/~1api~1v1~1devices/get/responses/200");
    assertThat(list.at("/content/application~1json/example/items/0/platform").asString())
        .isEqualTo("android");
    assertThat(list.at("/content/application~1json/example/next").isNull()).isTrue();
  }

  @Test
  void theExamplesOfSettingsShouldBeTaken() {
    JsonNode document = JSON.readTree(call("GET", "/openapi.json", null, null).body());
    String request = "/put/requestBody/content/application~1json/example";
    JsonNode everywhere = document.at("/paths/~1api~1v1~1notifications~1settings" + request);
    JsonNode override =
        document.at(
            "/paths/~1api~1v1~1notifications~1settings~1conversations~1{conversationId}" + request);

    assertThat(everywhere.at("/push/level").asString()).isEqualTo("mentions");
    assertThat(everywhere.at("/quietHours/0/from").asString()).isEqualTo("22:00");
    assertThat(everywhere.at("/keywords/0").asString()).isEqualTo("release day");
    String path = "/api/v1/notifications/settings/conversations/" + UUID.randomUUID();
    String token = TOKENS.of(user());
    HttpResponse<String> put = call("PUT", path, token, override.toString());
    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    // All is well with it but for the missing If-Match.
    assertThat(
            call("PUT", "/api/v1/notifications/settings", token, everywhere.toString())
                .statusCode())
        .isEqualTo(428);
  }
}

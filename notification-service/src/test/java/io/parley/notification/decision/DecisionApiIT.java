package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DecisionApiIT extends ServiceHarness {

  private final UserId ann = user();

  @Test
  void decisionShouldSayWhyAndWhatBecameOfItAtEachDevice() {
    String phone = register(ann, token("phone"), "android");
    String gone = register(ann, token("unregistered"), "ios");
    Stored message = message("hello", ann);
    publish(message);
    awaitDecided(ann, message, "RANG MESSAGE");

    JsonNode decision = decision(message);

    assertThat(decision.get("messageId").asString()).isEqualTo(message.messageId());
    assertThat(decision.get("state").asString()).isEqualTo("rang");
    assertThat(decision.get("decision").asString()).isEqualTo("ring");
    assertThat(decision.get("reason").asString()).isEqualTo("message");
    assertThat(decision.get("why").asString()).isNotBlank();
    assertThat(decision.get("decidedAt").asString()).endsWith("Z");
    assertThat(decision.get("withdrawn").isNull()).isTrue();
    assertThat(decision.get("devices")).hasSize(2);
    for (JsonNode device : decision.get("devices")) {
      boolean isPhone = device.get("deviceId").asString().equals(phone);
      assertThat(device.get("deviceId").asString()).isEqualTo(isPhone ? phone : gone);
      assertThat(device.get("kind").asString()).isEqualTo("ring");
      assertThat(device.get("state").asString()).isEqualTo(isPhone ? "sent" : "gone");
      assertThat(device.get("error").asString("none")).isEqualTo(isPhone ? "none" : "UNREGISTERED");
    }
  }

  @Test
  void decisionShouldSayWhyNot() {
    register(ann, token("phone"), "android");
    Stored message = message("hello", ann);
    FACTS.recipient(message, ann, "doNotDisturb", true);
    publish(message);
    awaitDecided(ann, message, "SILENT DO_NOT_DISTURB");

    JsonNode decision = decision(message);

    assertThat(decision.get("decision").asString()).isEqualTo("none");
    assertThat(decision.get("reason").asString()).isEqualTo("do-not-disturb");
    assertThat(decision.get("devices")).isEmpty();
  }

  @Test
  void decisionShouldSayThatThereIsNoDeviceUntilTheMessageIsRead() {
    Stored message = message("hello", ann);
    publish(message);
    awaitDecided(ann, message, "WAITING NO_DEVICE");

    JsonNode decision = decision(message);

    assertThat(decision.get("state").asString()).isEqualTo("silent");
    assertThat(decision.get("decision").asString()).isEqualTo("none");
    assertThat(decision.get("reason").asString()).isEqualTo("no-device");
    assertThat(decision.get("decidedAt").asString()).endsWith("Z");
    publishRead(message, ann);
    awaitDecided(ann, message, "SILENT READ");
    assertThat(decision(message).get("reason").asString()).isEqualTo("read");
  }

  @Test
  void decisionShouldSayWhyItWasTakenAway() {
    register(ann, token("phone"), "android");
    Stored message = message("hello", ann);
    publish(message);
    awaitDecided(ann, message, "RANG MESSAGE");
    FACTS.read(message, ann);
    publishRead(message, ann);
    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
    settled();

    JsonNode decision = decision(message);

    assertThat(decision.get("state").asString()).isEqualTo("withdrawn");
    assertThat(decision.get("decision").asString()).isEqualTo("ring");
    assertThat(decision.at("/withdrawn/reason").asString()).isEqualTo("read");
    assertThat(decision.at("/devices/0/kind").asString()).isEqualTo("withdraw");
  }

  @Test
  void decisionShouldSayWhatItWaitsFor() {
    register(ann, token("phone"), "android");
    Stored message = message("hello", ann);
    FACTS.recipient(message, ann, "foreground", true);
    publish(message);
    awaitDecided(ann, message, "WAITING FOREGROUND");

    JsonNode decision = decision(message);

    assertThat(decision.get("decision").asString()).isEqualTo("later");
    assertThat(decision.get("reason").asString()).isEqualTo("foreground");
    assertThat(decision.get("decidedAt").isNull()).isTrue();
  }

  @Test
  void decisionShouldAnswerNotFoundForWhatIsNotTheCallers() {
    register(ann, token("phone"), "android");
    Stored message = message("hello", ann);
    publish(message);
    awaitDecided(ann, message, "RANG MESSAGE");

    HttpResponse<String> stranger = ask(TOKENS.of(user()), path(message));
    assertThat(stranger.statusCode()).isEqualTo(404);
    assertThat(stranger.body()).contains("/not-found");
    assertThat(ask(TOKENS.of(ann), path(message).replace("seq=7", "seq=8")).statusCode())
        .isEqualTo(404);
    assertThat(
            ask(
                    TOKENS.of(ann),
                    "/api/v1/notifications/decisions?seq=7&conversationId=" + UUID.randomUUID())
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void badQuestionsShouldBeRefused() {
    String base = "/api/v1/notifications/decisions";
    for (String query :
        new String[] {
          "",
          "?seq=7",
          "?conversationId=" + UUID.randomUUID(),
          "?conversationId=x&seq=7",
          "?conversationId=" + UUID.randomUUID() + "&seq=x",
          "?conversationId=" + UUID.randomUUID() + "&seq=99999999999999999999"
        }) {
      HttpResponse<String> answer = ask(TOKENS.of(ann), base + query);
      assertThat(answer.statusCode()).as(query).isEqualTo(400);
      assertThat(answer.body()).contains("/invalid-request");
    }
    Stored message = message("hello", ann);
    assertThat(call("GET", path(message), null, null).statusCode()).isEqualTo(401);
    assertThat(ask(TOKENS.with(ann, Set.of(Scope.MESSAGES_READ)), path(message)).statusCode())
        .isEqualTo(403);
  }

  private JsonNode decision(Stored message) {
    HttpResponse<String> answer = ask(TOKENS.of(ann), path(message));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> ask(String token, String path) {
    return call("GET", path, token, null);
  }

  private static String path(Stored message) {
    return "/api/v1/notifications/decisions?conversationId="
        + message.conversationId()
        + "&seq="
        + message.seq();
  }
}

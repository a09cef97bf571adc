package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.GATEWAY;
import static io.parley.systemtests.RunningFleet.PASSWORD;
import static io.parley.systemtests.RunningFleet.direct;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Revoked means out, for pushes too: whatever is sent after a logout, the device hears nothing. */
class LoggedOutDevicesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final User ann = register("ann");
  private final User ben = register("ben");
  private final String conversation = direct(ann, ben);

  @Test
  void aDeviceShouldGetNothingAfterItsLogout() {
    Http phone = logIn();
    Http laptop = logIn();
    String phones = device(phone);
    String laptops = device(laptop);
    String before = say("before");
    awaitPush(phones, before);
    awaitPush(laptops, before);

    assertThat(phone.post("/api/v1/auth/logout", "").status()).isEqualTo(204);
    await().atMost(PATIENCE).until(() -> devices(laptop).equals(List.of(laptops)));
    String after = say("after");

    awaitPush(laptops, after);
    assertThat(new Pushes(FLEET, phones).messageIds()).containsExactly(before);
  }

  @Test
  void aBrowserShouldGetNothingAfterItsSessionIsRevoked() {
    Http browser = logIn();
    Http laptop = logIn();
    JsonNode subscription = new Http(FLEET.node("fake-fcm").url(), "").post("/web-push", "").json();
    Answer registered =
        browser.post("/api/v1/devices", Map.of("subscription", subscription, "platform", "web"));
    assertThat(registered.status()).as(registered.response().body()).isEqualTo(201);
    String laptops = device(laptop);
    String endpoint = subscription.get("endpoint").asString();
    String name = endpoint.substring(endpoint.lastIndexOf('/') + 1);
    String before = say("Hello 你好");
    await().atMost(PATIENCE).until(() -> opened(name).contains(before));

    assertThat(laptop.delete("/api/v1/users/me/sessions").status()).isEqualTo(204);
    await().atMost(PATIENCE).until(() -> devices(laptop).equals(List.of(laptops)));
    String after = say("after");

    awaitPush(laptops, after);
    assertThat(opened(name)).containsExactly(before);
  }

  /** Another login of hers. */
  private Http logIn() {
    Answer answer =
        new Http(GATEWAY, "")
            .post("/api/v1/auth/login", Map.of("login", ann.name(), "password", PASSWORD));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return new Http(GATEWAY, answer.json().get("accessToken").asString());
  }

  /** Its token, which is its name, too. */
  private static String device(Http session) {
    String token = "device-" + UUID.randomUUID();
    Answer answer =
        session.post(
            "/api/v1/devices", Map.of("token", token, "platform", "android", "name", token));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return token;
  }

  private static List<String> devices(Http session) {
    return session
        .get("/api/v1/devices")
        .json()
        .get("items")
        .valueStream()
        .map(device -> device.get("name").asString(""))
        .toList();
  }

  private String say(String text) {
    return ben.http()
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", UUID.randomUUID().toString(), "text", text))
        .json()
        .get("id")
        .asString();
  }

  private static void awaitPush(String device, String message) {
    await().atMost(PATIENCE).until(() -> new Pushes(FLEET, device).messageIds().contains(message));
  }

  /** The ids of messages that the fake push service has opened for a subscription. */
  private static List<String> opened(String name) {
    return new Http(FLEET.node("fake-fcm").url(), "")
        .get("/pushes?token=" + name)
        .json()
        .get("items")
        .valueStream()
        .map(push -> push.at("/message/messageId").asString())
        .toList();
  }
}

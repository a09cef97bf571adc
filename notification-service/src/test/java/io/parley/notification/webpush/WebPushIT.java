package io.parley.notification.webpush;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.UserId;
import io.parley.localstack.docs.Exposition;
import io.parley.notification.ServiceHarness;
import io.parley.notification.fakefcm.WebPushReceiver;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** From the key that a browser subscribes with to what it gets. */
class WebPushIT extends ServiceHarness {

  private static final String DEVICES = "/api/v1/devices";
  private static final String KEY = DEVICES + "/web-push-key";

  @Test
  void theKeyShouldBeMadeOnceAndKeptSealed() {
    String key = key(port);
    Map<String, Object> row = jdbc.sql("SELECT * FROM vapid_keys").query().singleRow();

    assertThat(Base64.getUrlDecoder().decode(key)).hasSize(65).startsWith((byte) 4);
    assertThat(row.get("public_key")).isEqualTo(key);
    assertThat(String.valueOf(row.get("sealed_private_key"))).doesNotContain("MEECAQAw");
    try (ConfigurableApplicationContext other = anotherNode(ENVIRONMENT)) {
      assertThat(key(port(other))).isEqualTo(key);
    }
    assertThat(call("GET", KEY, null, null).statusCode()).isEqualTo(401);
  }

  @Test
  void aBrowserShouldGetWhatItsUserMissed() {
    UserId ann = user();
    JsonNode subscription = subscribe();
    String device = registered(ann, subscription);
    Stored message = message("Hello 你好", ann);

    publish(message);

    await("push", () -> "SENT".equals(state(device, message)));
    JsonNode push = received(subscription).get(0);
    assertThat(push.at("/message/title").asString()).isEqualTo("Ann");
    assertThat(push.at("/message/body").asString()).isEqualTo("Hello 你好");
    assertThat(push.at("/message/messageId").asString()).isEqualTo(message.messageId());
    JsonNode listed = devices(ann).get(0);
    assertThat(listed.get("channel").asString()).isEqualTo("web-push");
    assertThat(listed.get("platform").asString()).isEqualTo("web");
    assertThat(listed.at("/lastPush/result").asString()).isEqualTo("SENT");
    assertThat(listed.toString()).doesNotContain("/web-push/");
  }

  @Test
  void oneUsersDevicesOfBothChannelsShouldBePushedToOnceEach() {
    UserId ann = user();
    String token = token("phone");
    register(ann, token, "android");
    JsonNode subscription = subscribe();
    registered(ann, subscription);
    Stored message = message("Hello", ann);
    double byFcm = sent("fcm", "android");
    double byWebPush = sent("web-push", "web");

    publish(message);
    publish(again(message, ann));
    settled();

    assertThat(pushes(token)).hasSize(1);
    assertThat(received(subscription)).hasSize(1);
    assertThat(sent("fcm", "android") - byFcm).isEqualTo(1);
    assertThat(sent("web-push", "web") - byWebPush).isEqualTo(1);
  }

  private double sent(String channel, String platform) {
    return new Exposition(call("GET", "/actuator/prometheus", null, null).body())
        .sum(
            "parley_pushes_total",
            Map.of("channel", channel, "platform", platform, "outcome", "SENT", "kind", "ring"));
  }

  @Test
  void anEndedSubscriptionShouldTakeItsDeviceAlong() {
    UserId ann = user();
    JsonNode subscription = subscribe();
    registered(ann, subscription);
    String token = token("phone");
    register(ann, token, "android");
    send(
        HttpRequest.newBuilder(URI.create(subscription.get("endpoint").asString()))
            .DELETE()
            .build());

    publish(message("Hello", ann));

    onlyPush(token);
    await("device gone", () -> devices(ann).size() == 1);
  }

  @Test
  void aServiceThatCanNotJustThenShouldBeAskedAgain() {
    UserId ann = user();
    String name = token("quota-1");
    String device = registered(ann, subscription(FCM.endpoint() + "/web-push/" + name));
    Stored message = message("Hello", ann);

    publish(message);

    await("push", () -> "SENT".equals(state(device, message)));
    assertThat(FCM.begun(name)).isEqualTo(2);
  }

  @Test
  void anotherSubscriptionOfTheSameDeviceShouldTakeItsPlace() {
    UserId ann = user();
    String device = registered(ann, subscribe());
    JsonNode fresh = subscribe();

    HttpResponse<String> answer = register(ann, fresh, Map.of("replaces", device));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(devices(ann)).hasSize(1);
    assertThat(devices(ann).get(0).get("id").asString()).isEqualTo(device);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"endpoint\":\"https://push.example.org/x\"}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":{}}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":{\"p256dh\":\"AAAA\",\"auth\":\"AAAA\"}}",
        "{\"endpoint\":\"ftp://push.example.org/x\",\"keys\":KEYS}",
        "{\"endpoint\":7,\"keys\":KEYS}",
        "{\"endpoint\":\"\",\"keys\":KEYS}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":KEYS,\"more\":1}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":\"KEYS\"}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":OFFCURVE}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":SHORTAUTH}",
        "{\"endpoint\":\"https://push.example.org/x\",\"keys\":KEYS,\"expirationTime\":\"soon\"}"
      })
  void whatIsNoSubscriptionShouldBeRefused(String subscription) {
    WebPushReceiver receiver = new WebPushReceiver();
    byte[] point = Base64.getUrlDecoder().decode(receiver.p256dh());
    point[64] ^= 1;
    String body =
        "{\"platform\":\"web\",\"subscription\":"
            + subscription
                .replace("KEYS", keys(receiver.p256dh(), receiver.auth()))
                .replace(
                    "OFFCURVE", keys(Base64.getUrlEncoder().encodeToString(point), receiver.auth()))
                .replace("SHORTAUTH", keys(receiver.p256dh(), "AAAA"))
            + "}";
    UserId ann = user();

    HttpResponse<String> refused = call("POST", DEVICES, TOKENS.of(ann), body);

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("/invalid-request");
    assertThat(devices(ann)).isEmpty();
  }

  @Test
  void aTokenAndASubscriptionShouldNotComeTogether() {
    UserId ann = user();
    Map<String, Object> more = new HashMap<>();
    more.put("token", token("x"));

    HttpResponse<String> refused = register(ann, subscribe(), more);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("a token or a subscription");
  }

  @Test
  void aNodeForTheWorldShouldTakeNoEndpointOfItsOwnNetwork() {
    Map<String, String> strict = new HashMap<>(ENVIRONMENT);
    strict.remove("PARLEY_WEB_PUSH_PRIVATE");
    try (ConfigurableApplicationContext node = anotherNode(strict)) {
      UserId ann = user();
      for (String endpoint :
          List.of(
              FCM.endpoint() + "/web-push/x",
              "https://127.0.0.1/x",
              "https://localhost/x",
              "http://push.example.org/x")) {
        HttpResponse<String> refused = at(port(node), ann, body(subscription(endpoint), Map.of()));
        assertThat(refused.statusCode()).as(endpoint).isEqualTo(400);
        assertThat(refused.body()).contains("nothing may be pushed there");
      }
      assertThat(
              at(port(node), ann, body(subscription("https://push.example.org/x"), Map.of()))
                  .statusCode())
          .isEqualTo(201);
    }
  }

  @Test
  void withoutWebPushThereShouldBeNoKeyAndPushesBeSkipped() {
    Map<String, String> off = new HashMap<>(ENVIRONMENT);
    off.put("PARLEY_WEB_PUSH", "false");
    try (ConfigurableApplicationContext node = anotherNode(off)) {
      HttpResponse<String> key = send(request(port(node), KEY, TOKENS.of(user())).GET().build());
      assertThat(JSON.readTree(key.body()).get("publicKey").isNull()).isTrue();
      JsonNode health =
          JSON.readTree(send(request(port(node), "/actuator/health", "").GET().build()).body());
      assertThat(health.at("/components/push/details/webPush").asString()).isEqualTo("off");
    }
    JsonNode health = JSON.readTree(call("GET", "/actuator/health", null, null).body());
    assertThat(health.at("/components/push/details/webPush").asString()).isEqualTo("on");
  }

  private static String key(int port) {
    HttpResponse<String> answer = send(request(port, KEY, TOKENS.of(user())).GET().build());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).get("publicKey").asString();
  }

  private static int port(ConfigurableApplicationContext node) {
    return Integer.parseInt(String.valueOf(node.getEnvironment().getProperty("local.server.port")));
  }

  private static HttpRequest.Builder request(int port, String path, String token) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + token);
  }

  private static HttpResponse<String> at(int port, UserId user, String body) {
    return send(
        request(port, DEVICES, TOKENS.of(user))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** As the fake push service makes it for a browser. */
  private static JsonNode subscribe() {
    return JSON.readTree(
        send(HttpRequest.newBuilder(URI.create(FCM.endpoint() + "/web-push"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build())
            .body());
  }

  private static JsonNode subscription(String endpoint) {
    WebPushReceiver receiver = new WebPushReceiver();
    return JSON.readTree(
        "{\"endpoint\":\""
            + endpoint
            + "\",\"expirationTime\":null,\"keys\":"
            + keys(receiver.p256dh(), receiver.auth())
            + "}");
  }

  private static String keys(String p256dh, String auth) {
    return JSON.writeValueAsString(Map.of("p256dh", p256dh, "auth", auth));
  }

  private String registered(UserId user, JsonNode subscription) {
    HttpResponse<String> answer = register(user, subscription, Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body()).get("id").asString();
  }

  private HttpResponse<String> register(
      UserId user, JsonNode subscription, Map<String, Object> more) {
    return call("POST", DEVICES, TOKENS.of(user), body(subscription, more));
  }

  private static String body(JsonNode subscription, Map<String, Object> more) {
    Map<String, Object> body = new LinkedHashMap<>(more);
    body.put("subscription", subscription);
    body.put("platform", "web");
    return JSON.writeValueAsString(body);
  }

  private JsonNode devices(UserId user) {
    return JSON.readTree(call("GET", DEVICES, TOKENS.of(user), null).body()).get("items");
  }

  private static JsonNode received(JsonNode subscription) {
    String endpoint = subscription.get("endpoint").asString();
    String name = endpoint.substring(endpoint.lastIndexOf('/') + 1);
    return JSON.readTree(
            send(HttpRequest.newBuilder(URI.create(FCM.endpoint() + "/pushes?token=" + name))
                    .build())
                .body())
        .get("items");
  }
}

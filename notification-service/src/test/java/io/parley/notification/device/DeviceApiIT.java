package io.parley.notification.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DeviceApiIT extends ServiceHarness {

  private static final String PATH = "/api/v1/devices";

  @Test
  void registerShouldAnswerCreatedAndThenTheSameDevice() {
    UserId ann = user();
    UUID session = UUID.randomUUID();
    String body = body(token("phone"), "android");

    HttpResponse<String> first = call("POST", PATH, TOKENS.of(ann, session), body);
    HttpResponse<String> second = call("POST", PATH, TOKENS.of(ann, session), body);

    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(second.statusCode()).isEqualTo(200);
    JsonNode device = JSON.readTree(first.body());
    assertThat(device.propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "channel",
            "platform",
            "name",
            "locale",
            "sessionId",
            "current",
            "createdAt",
            "seenAt",
            "lastPush");
    assertThat(device.get("channel").asString()).isEqualTo("fcm");
    assertThat(device.get("platform").asString()).isEqualTo("android");
    assertThat(device.get("name").isNull()).isTrue();
    assertThat(device.get("locale").isNull()).isTrue();
    assertThat(device.get("lastPush").isNull()).isTrue();
    assertThat(device.get("sessionId").asString()).isEqualTo(session.toString());
    assertThat(device.get("createdAt").asString()).endsWith("Z");
    JsonNode again = JSON.readTree(second.body());
    assertThat(again.get("id")).isEqualTo(device.get("id"));
    assertThat(again.get("createdAt")).isEqualTo(device.get("createdAt"));
    assertThat(ids(ann)).containsExactly(device.get("id").asString());
  }

  @Test
  void listShouldShowWhatADeviceIsCalledAndSpeaksAndWhoseSessionItIs() {
    UserId ann = user();
    UUID phone = UUID.randomUUID();
    UUID laptop = UUID.randomUUID();
    Map<String, String> first =
        Map.of(
            "token", token("phone"), "platform", "ios", "name", "هاتفي 📱", "locale", "zh-hant-tw");
    Map<String, String> second = Map.of("token", token("laptop"), "platform", "web");
    call("POST", PATH, TOKENS.of(ann, phone), JSON.writeValueAsString(first));
    call("POST", PATH, TOKENS.of(ann, laptop), JSON.writeValueAsString(second));

    JsonNode items =
        JSON.readTree(call("GET", PATH, TOKENS.of(ann, laptop), null).body()).get("items");

    assertThat(items.at("/0/name").asString()).isEqualTo("هاتفي 📱");
    assertThat(items.at("/0/locale").asString()).isEqualTo("zh-Hant-TW");
    assertThat(items.at("/0/sessionId").asString()).isEqualTo(phone.toString());
    assertThat(items.at("/0/current").asBoolean()).isFalse();
    assertThat(items.at("/1/current").asBoolean()).isTrue();
    assertThat(items.toString()).doesNotContain(String.valueOf(first.get("token")));
  }

  @Test
  void listShouldShowTheLastPushAndItsResult() {
    UserId ann = user();
    String good = register(ann, token("good"), "android");
    String refused = register(ann, token("refused"), "android");
    Stored message = message("hello", ann);
    publish(message);
    await("pushes", () -> "SENT".equals(state(good, message)));
    await("pushes", () -> "REFUSED".equals(state(refused, message)));

    JsonNode items = JSON.readTree(call("GET", PATH, TOKENS.of(ann), null).body()).get("items");

    assertThat(items.at("/0/lastPush/result").asString()).isEqualTo("SENT");
    assertThat(items.at("/0/lastPush/error").isNull()).isTrue();
    assertThat(items.at("/0/lastPush/at").asString()).endsWith("Z");
    assertThat(items.at("/1/lastPush/result").asString()).isEqualTo("REFUSED");
    assertThat(items.at("/1/lastPush/error").asString()).isEqualTo("THIRD_PARTY_AUTH_ERROR");
  }

  @Test
  void registerShouldPutANewTokenInThePlaceOfTheOldOne() {
    UserId ann = user();
    String old = token("old");
    String device = register(ann, old, "android");
    String createdAt = onlyDevice(ann).get("createdAt").asString();
    String fresh = token("fresh");
    String body = replacing(fresh, device);

    HttpResponse<String> answer = call("POST", PATH, TOKENS.of(ann), body);
    HttpResponse<String> again = call("POST", PATH, TOKENS.of(ann), body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(onlyDevice(ann).get("id").asString()).isEqualTo(device);
    assertThat(onlyDevice(ann).get("createdAt").asString()).isEqualTo(createdAt);
    publish(message("hello", ann));
    onlyPush(fresh);
    assertThat(pushes(old)).isEmpty();
  }

  @Test
  void registerShouldPushWhatTheOldTokenGotNotToTheNewOneAgain() {
    UserId ann = user();
    String device = register(ann, token("old"), "android");
    Stored message = message("hello", ann);
    publish(message);
    await("push", () -> "SENT".equals(state(device, message)));
    String fresh = token("fresh");

    call("POST", PATH, TOKENS.of(ann), replacing(fresh, device));
    publish(again(message, ann));
    settled();

    assertThat(pushes(fresh)).isEmpty();
  }

  @Test
  void registerShouldMakeOneOfTwoWhenTheNewTokenIsThereAlready() {
    UserId ann = user();
    String device = register(ann, token("old"), "android");
    String fresh = token("fresh");
    String other = register(ann, fresh, "android");

    assertThat(call("POST", PATH, TOKENS.of(ann), replacing(fresh, device)).statusCode())
        .isEqualTo(200);

    assertThat(ids(ann)).containsExactly(other);
  }

  @Test
  void registerShouldLeaveAloneWhatIsNotTheCallersToReplace() {
    UserId ann = user();
    UserId bob = user();
    String bobs = register(bob, token("bob"), "android");

    assertThat(call("POST", PATH, TOKENS.of(ann), replacing(token("ann"), bobs)).statusCode())
        .isEqualTo(201);
    assertThat(
            call(
                    "POST",
                    PATH,
                    TOKENS.of(ann),
                    replacing(token("ann2"), UUID.randomUUID().toString()))
                .statusCode())
        .isEqualTo(201);

    assertThat(ids(bob)).containsExactly(bobs);
    assertThat(ids(ann)).hasSize(2).doesNotContain(bobs);
  }

  @Test
  void registerShouldLeaveOneDeviceWhenManyReplaceItAtOnce() throws Exception {
    UserId ann = user();
    String device = register(ann, token("old"), "android");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<HttpResponse<String>>> calls =
          IntStream.range(0, 8)
              .mapToObj(i -> replacing(token("n" + i), device))
              .<Callable<HttpResponse<String>>>map(
                  body -> () -> call("POST", PATH, TOKENS.of(ann), body))
              .toList();
      for (Future<HttpResponse<String>> one : threads.invokeAll(calls)) {
        assertThat(one.get().statusCode()).isEqualTo(200);
      }
    }
    assertThat(ids(ann)).containsExactly(device);
  }

  @Test
  void registerShouldMoveTheTokenWhenAnotherUserHasIt() {
    UserId ann = user();
    UserId bob = user();
    String token = token("shared");
    String annsDevice = register(ann, token, "ios");

    String bobsDevice = register(bob, token, "ios");

    assertThat(bobsDevice).isNotEqualTo(annsDevice);
    assertThat(ids(ann)).isEmpty();
    assertThat(ids(bob)).containsExactly(bobsDevice);
    assertThat(call("DELETE", PATH + "/" + annsDevice, TOKENS.of(ann), null).statusCode())
        .isEqualTo(404);
  }

  @Test
  void registerShouldMakeOneDeviceWhenTheSameTokenComesManyTimesAtOnce() throws Exception {
    UserId ann = user();
    String body = body(token("race"), "web");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> call = () -> call("POST", PATH, TOKENS.of(ann), body);
      List<Future<HttpResponse<String>>> all =
          threads.invokeAll(IntStream.range(0, 12).mapToObj(i -> call).toList());
      long created = 0;
      for (Future<HttpResponse<String>> one : all) {
        assertThat(one.get().statusCode()).isIn(200, 201);
        created += one.get().statusCode() == 201 ? 1 : 0;
      }
      assertThat(created).isEqualTo(1);
    }
    assertThat(ids(ann)).hasSize(1);
  }

  @Test
  void registerShouldDropTheDeviceNotSeenForLongestWhenThereAreTooMany() {
    UserId ann = user();
    String first = register(ann, token("old"), "android");
    List<String> later =
        IntStream.range(0, 20).mapToObj(i -> register(ann, token("d" + i), "android")).toList();

    assertThat(ids(ann)).containsExactlyElementsOf(later).doesNotContain(first);
  }

  @Test
  void registerShouldTakeTheLongestToken() {
    UserId ann = user();

    assertThat(call("POST", PATH, TOKENS.of(ann), body("x".repeat(4096), "web")).statusCode())
        .isIn(200, 201);
    HttpResponse<String> refusal =
        call("POST", PATH, TOKENS.of(ann), body("x".repeat(4097), "web"));
    assertRefused(refusal, 400, "invalid-request");
    assertThat(refusal.body()).contains("\"field\":\"token\"");
  }

  @Test
  void removeShouldForgetTheDeviceOnce() {
    UserId ann = user();
    String device = register(ann, token("phone"), "web");

    assertThat(call("DELETE", PATH + "/" + device, TOKENS.of(ann), null).statusCode())
        .isEqualTo(204);
    assertRefused(call("DELETE", PATH + "/" + device, TOKENS.of(ann), null), 404, "not-found");
    assertThat(ids(ann)).isEmpty();
  }

  @Test
  void removeShouldAnswerNotFoundWhenTheDeviceIsForeign() {
    UserId ann = user();
    String device = register(ann, token("phone"), "android");

    assertRefused(call("DELETE", PATH + "/" + device, TOKENS.of(user()), null), 404, "not-found");
    assertRefused(
        call("DELETE", PATH + "/" + UUID.randomUUID(), TOKENS.of(ann), null), 404, "not-found");
    assertThat(ids(ann)).containsExactly(device);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "\"text\"",
        "{}",
        "{\"token\":\"t\"}",
        "{\"platform\":\"web\"}",
        "{\"token\":null,\"platform\":\"web\"}",
        "{\"token\":\"\",\"platform\":\"web\"}",
        "{\"token\":\" \",\"platform\":\"web\"}",
        "{\"token\":\"a\\u0000b\",\"platform\":\"web\"}",
        "{\"token\":\"a\\nb\",\"platform\":\"web\"}",
        "{\"token\":\"\\ud800\",\"platform\":\"web\"}",
        "{\"token\":17,\"platform\":\"web\"}",
        "{\"token\":true,\"platform\":\"web\"}",
        "{\"token\":[\"t\"],\"platform\":\"web\"}",
        "{\"token\":{\"a\":1},\"platform\":\"web\"}",
        "{\"token\":\"t\",\"platform\":\"ANDROID\"}",
        "{\"token\":\"t\",\"platform\":\"symbian\"}",
        "{\"token\":\"t\",\"platform\":0}",
        "{\"token\":\"t\",\"platform\":\"\"}",
        "{\"token\":\"t\",\"platform\":null}",
        "{\"token\":\"t\",\"platform\":\"web\",\"userId\":\"x\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"name\":\"\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"name\":\"a\\nb\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"name\":7}",
        "{\"token\":\"t\",\"platform\":\"web\",\"name\":\"\\u202eenohp\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"name\":\"\\u200b\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"locale\":\"\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"locale\":\"de_CH\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"locale\":\"und\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"locale\":\"x-private\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"replaces\":\"x\"}",
        "{\"token\":\"t\",\"platform\":\"web\",\"replaces\":1}",
        "{\"token\":\"t\",\"token\":\"u\",\"platform\":\"web\"}",
        "{\"token\":\"t\",\"platform\":\"web\"} trailing"
      })
  void registerShouldRefuseWhatIsNotADevice(String body) {
    UserId ann = user();

    assertRefused(call("POST", PATH, TOKENS.of(ann), body), 400, "invalid-request");
    assertThat(ids(ann)).isEmpty();
  }

  @Test
  void registerShouldRefuseBodiesOverTheLimit() {
    assertRefused(
        call("POST", PATH, TOKENS.of(user()), body("x".repeat(70_000), "web")),
        413,
        "body-too-large");
  }

  @Test
  void everyCallShouldNeedAGoodAccessToken() {
    UserId ann = user();
    String good = TOKENS.of(ann);
    for (String bad :
        new String[] {
          null,
          "",
          "x",
          "a.b.c",
          good.substring(0, good.length() - 4) + "AAAA",
          TOKENS.signedByAnother(ann),
          TOKENS.unsigned(ann),
          TOKENS.forAnotherAudience(ann)
        }) {
      assertRefused(call("GET", PATH, bad, null), 401, "unauthenticated");
      assertRefused(call("POST", PATH, bad, body("t", "web")), 401, "unauthenticated");
      assertRefused(
          call("DELETE", PATH + "/" + UUID.randomUUID(), bad, null), 401, "unauthenticated");
    }
    assertRefused(call("GET", PATH, TOKENS.expired(ann), null), 401, "token-expired");
  }

  @Test
  void everyCallShouldNeedItsScope() {
    UserId ann = user();
    String without = TOKENS.with(ann, EnumSet.complementOf(EnumSet.of(Scope.NOTIFICATIONS_MANAGE)));
    String device = PATH + "/" + UUID.randomUUID();

    assertRefused(call("GET", PATH, without, null), 403, "insufficient-scope");
    assertRefused(call("POST", PATH, without, body("t", "web")), 403, "insufficient-scope");
    assertRefused(call("DELETE", device, without, null), 403, "insufficient-scope");
    String only = TOKENS.with(ann, EnumSet.of(Scope.NOTIFICATIONS_MANAGE));
    assertThat(call("GET", PATH, only, null).statusCode()).isEqualTo(200);
    assertThat(call("GET", PATH, without, null).headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(header -> assertThat(header).contains("notifications:manage"));
  }

  @Test
  void wrongMethodsPathsAndIdsShouldBeProblems() {
    String token = TOKENS.of(user());

    assertRefused(call("PUT", PATH, token, "{}"), 405, "method-not-allowed");
    assertRefused(call("GET", PATH + "/nothing/here", token, null), 404, "not-found");
    assertRefused(call("DELETE", PATH + "/not-an-id", token, null), 400, "invalid-request");
  }

  @Test
  void healthShouldTellWherePushesGo() {
    JsonNode health = JSON.readTree(call("GET", "/actuator/health", null, null).body());

    assertThat(health.at("/components/push/details/push").asString()).isEqualTo("on");
    assertThat(health.at("/components/push/details/to").asString()).isEqualTo(FCM.endpoint());
    assertThat(call("GET", "/actuator/health/readiness", null, null).statusCode()).isEqualTo(200);
    assertThat(call("GET", "/actuator/health/liveness", null, null).statusCode()).isEqualTo(200);
    assertThat(call("GET", "/actuator/prometheus", null, null).body()).contains("hikaricp_");
  }

  private List<String> ids(UserId user) {
    JsonNode page = JSON.readTree(call("GET", PATH, TOKENS.of(user), null).body());
    assertThat(page.get("next").isNull()).isTrue();
    return page.get("items").valueStream().map(item -> item.get("id").asString()).toList();
  }

  private JsonNode onlyDevice(UserId user) {
    JsonNode items = JSON.readTree(call("GET", PATH, TOKENS.of(user), null).body()).get("items");
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private static String replacing(String token, String device) {
    return JSON.writeValueAsString(
        Map.of("token", token, "platform", "android", "replaces", device));
  }

  private static String body(String token, String platform) {
    return JSON.writeValueAsString(Map.of("token", token, "platform", platform));
  }

  private static void assertRefused(HttpResponse<String> response, int status, String slug) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(JSON.readTree(response.body()).get("type").asString()).endsWith("/" + slug);
  }
}

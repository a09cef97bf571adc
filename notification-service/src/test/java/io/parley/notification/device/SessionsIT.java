package io.parley.notification.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.SessionsEnded;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Devices go with the session they were registered with. */
class SessionsIT extends ServiceHarness {

  private static final String PATH = "/api/v1/devices";

  @Autowired private EndedSessionStore ended;

  @Test
  void theEndOfASessionShouldTakeItsDevicesAndNoOthers() {
    UserId ann = user();
    UUID phone = UUID.randomUUID();
    UUID laptop = UUID.randomUUID();
    String gone = token("phone");
    register(ann, phone, gone);
    register(ann, phone, token("watch"));
    String stays = token("laptop");
    register(ann, laptop, stays);

    publish(new SessionsEnded(phone, ann, Instant.EPOCH));
    await("devices gone", () -> devices(ann).size() == 1);

    assertThat(devices(ann).get(0).get("sessionId").asString()).isEqualTo(laptop.toString());
    publish(message("hello", ann));
    onlyPush(stays);
    assertThat(pushes(gone)).isEmpty();
  }

  @Test
  void anEndedSessionShouldRegisterNothingAnyMore() {
    UserId ann = user();
    UUID session = UUID.randomUUID();
    publish(new SessionsEnded(session, ann, Instant.EPOCH));
    await("end known", () -> isKnown(session));

    HttpResponse<String> refused = tryToRegister(ann, session, token("late"));

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("/unauthenticated");
    assertThat(devices(ann)).isEmpty();
    register(ann, UUID.randomUUID(), token("other"));
  }

  @Test
  void noDeviceShouldBeLeftWhenItIsRegisteredWhileItsSessionEnds() throws Exception {
    UserId ann = user();
    UUID session = UUID.randomUUID();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        if (i == 6) {
          publish(new SessionsEnded(session, ann, Instant.EPOCH));
        }
        String token = token("race");
        all.add(threads.submit(() -> tryToRegister(ann, session, token)));
      }
      for (Future<HttpResponse<String>> one : all) {
        assertThat(one.get().statusCode()).isIn(201, 401);
      }
    }
    await("end known", () -> isKnown(session));

    assertThat(devices(ann)).isEmpty();
  }

  @Test
  void aDeviceShouldGoWithTheSessionThatRegisteredItLast() {
    UserId ann = user();
    UUID before = UUID.randomUUID();
    UUID now = UUID.randomUUID();
    String token = token("phone");
    register(ann, before, token);
    assertThat(tryToRegister(ann, now, token).statusCode()).isEqualTo(200);

    publish(new SessionsEnded(before, ann, Instant.EPOCH));
    await("end known", () -> isKnown(before));
    assertThat(devices(ann)).hasSize(1);
    publish(new SessionsEnded(now, ann, Instant.EPOCH));

    await("devices gone", () -> devices(ann).isEmpty());
  }

  @Test
  void aDeviceThatAnotherUserHasNowShouldStay() {
    UserId ann = user();
    UserId bob = user();
    UUID anns = UUID.randomUUID();
    String token = token("shared");
    register(ann, anns, token);
    register(bob, UUID.randomUUID(), token);
    // As a node of an earlier release leaves it, which knows nothing of sessions.
    jdbc.sql("UPDATE devices SET session_id = ? WHERE user_id = ?")
        .params(anns, bob.value())
        .update();

    publish(new SessionsEnded(anns, ann, Instant.EPOCH));
    await("end known", () -> isKnown(anns));

    assertThat(devices(bob)).hasSize(1);
  }

  @Test
  void aDeviceFromBeforeShouldGoOnUntilItIsRegisteredAgain() {
    UserId ann = user();
    UUID session = UUID.randomUUID();
    String token = token("old");
    register(ann, session, token);
    jdbc.sql("UPDATE devices SET session_id = NULL WHERE user_id = ?").param(ann.value()).update();

    publish(new SessionsEnded(session, ann, Instant.EPOCH));
    await("end known", () -> isKnown(session));

    publish(message("hello", ann));
    onlyPush(token);
    assertThat(devices(ann).get(0).get("sessionId").isNull()).isTrue();
  }

  @Test
  void anEndShouldWaitForPostgres() throws Exception {
    UserId ann = user();
    UUID session = UUID.randomUUID();
    register(ann, session, token("phone"));

    POSTGRES.shut();
    try {
      publish(new SessionsEnded(session, ann, Instant.EPOCH));
      sleep(Duration.ofSeconds(1));
      assertThat(isKnown(session)).isFalse();
    } finally {
      POSTGRES.open();
    }

    await("devices gone", () -> devices(ann).isEmpty());
  }

  @Test
  void whatIsNoEndShouldHoldUpNobody() {
    for (String body : List.of("", "null", "[]", "{", "{}", "{\"sessionId\":\"x\"}", "\u0000")) {
      publishEnd(body.getBytes(StandardCharsets.UTF_8));
    }
    UserId ann = user();
    UUID session = UUID.randomUUID();
    register(ann, session, token("phone"));

    publish(new SessionsEnded(session, ann, Instant.EPOCH));

    await("devices gone", () -> devices(ann).isEmpty());
  }

  @Test
  void endsShouldBeForgottenWhenNoTokenCanBeGoodAnyMore() {
    UUID old = UUID.randomUUID();
    UUID young = UUID.randomUUID();
    ended.add(old);
    ended.add(young);
    jdbc.sql("UPDATE ended_sessions SET at = now() - interval '3 h' WHERE session_id = ?")
        .param(old)
        .update();

    ended.forget(Duration.ofHours(2));

    assertThat(isKnown(old)).isFalse();
    assertThat(isKnown(young)).isTrue();
  }

  private void register(UserId user, UUID session, String token) {
    HttpResponse<String> answer = tryToRegister(user, session, token);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  private HttpResponse<String> tryToRegister(UserId user, UUID session, String token) {
    return call(
        "POST",
        PATH,
        TOKENS.of(user, session),
        JSON.writeValueAsString(Map.of("token", token, "platform", "android")));
  }

  private JsonNode devices(UserId user) {
    HttpResponse<String> answer = call("GET", PATH, TOKENS.of(user), null);
    return answer.statusCode() == 200
        ? JSON.readTree(answer.body()).get("items")
        : JSON.readTree("[{}, {}, {}]");
  }

  private static boolean isKnown(UUID session) {
    return jdbc.sql("SELECT count(*) FROM ended_sessions WHERE session_id = ?")
            .param(session)
            .query(Integer.class)
            .single()
        == 1;
  }

  private void publish(SessionsEnded event) {
    publishEnd(JSON.writeValueAsBytes(event));
  }

  private void publishEnd(byte[] body) {
    rabbit.send(
        UserEvents.EXCHANGE,
        SessionsEnded.ROUTING_KEY,
        MessageBuilder.withBody(body)
            .setContentType("application/json")
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .build());
  }
}

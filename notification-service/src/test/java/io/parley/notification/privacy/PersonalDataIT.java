package io.parley.notification.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.ServiceTokens;
import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.ErasureRequested.Messages;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class PersonalDataIT extends ServiceHarness {

  /** As user-service has it. */
  private static final String ANSWERS = "parley.user-service.erasure-answers";

  private static final String OVERRIDE = "/threads/0b9f1c1e-7d3a-4f0e-9a6b-2c8d5e4f1a3b/7";

  private final String serviceToken =
      new ServiceTokens(SECRET, "user-service", Clock.systemUTC())
          .bearer("notification-service")
          .substring(7);
  private final List<ErasureAnswered> answers = new ArrayList<>();
  private final AmqpAdmin broker;

  PersonalDataIT(@Autowired AmqpAdmin broker) {
    this.broker = broker;
  }

  @BeforeEach
  void declareAnswers() {
    broker.declareQueue(QueueBuilder.durable(ANSWERS).quorum().build());
    broker.declareBinding(
        new Binding(
            ANSWERS,
            Binding.DestinationType.QUEUE,
            UserEvents.EXCHANGE,
            ErasureAnswered.ROUTING_KEY,
            null));
  }

  @Test
  void erasureShouldLeaveNothingOfTheUserAndAllOfOthers() {
    UserId ann = user();
    UserId ben = user();
    String annsToken = token("ann");
    String annsDevice = register(ann, annsToken, "android");
    register(ann, token("ann2"), "web");
    String bensDevice = register(ben, token("ben"), "ios");
    set(ann, "", "{\"keywords\":[\"secret\"]}");
    set(ann, OVERRIDE, "{\"push\":{\"level\":\"none\"}}");
    set(ben, OVERRIDE, "{\"push\":{\"level\":\"none\"}}");
    Stored message = message("hello", ann, ben);
    publish(message);
    onlyPush(annsToken);
    await("pushes", () -> "SENT".equals(state(bensDevice, message)));
    await("pushes", () -> "SENT".equals(state(annsDevice, message)));
    settled();
    ErasureRequested request = request(ann);

    publishErasure(request);

    ErasureAnswered answer = answer(request);
    assertThat(answer.service()).isEqualTo("notification-service");
    assertThat(answer.counts())
        .isEqualTo(Map.of("devices", 2L, "pushes", 2L, "notifications", 1L, "settings", 2L));
    assertThat(export(ann))
        .hasToString(
            "{\"devices\":[],\"pushes\":[],\"notifications\":[],\"notificationOverrides\":[]}");
    assertThat(export(ben).get("notificationOverrides")).hasSize(1);
    assertThat(export(ben).get("devices")).hasSize(1);
    assertThat(state(annsDevice, message)).isNull();
    assertThat(state(bensDevice, message)).isEqualTo("SENT");
    publish(message("after", ann));
    settled();
    assertThat(pushes(annsToken)).hasSize(1);
  }

  @Test
  void aRepeatedRequestShouldBeAnsweredAgainWithTheSameCounts() {
    UserId ann = user();
    register(ann, token("ann"), "android");
    ErasureRequested request = request(ann);

    publishErasure(request);
    ErasureAnswered first = answer(request);
    answers.clear();
    publishErasure(request);

    assertThat(answer(request).counts()).isEqualTo(first.counts()).containsEntry("devices", 1L);
  }

  @Test
  void aUserOfNothingShouldBeAnsweredToo() {
    ErasureRequested request = request(user());

    publishErasure(request);

    assertThat(answer(request).counts()).containsEntry("devices", 0L);
  }

  @Test
  void noDeviceShouldComeBackWithATokenFromBefore() throws Exception {
    UserId ann = user();
    String body = JSON.writeValueAsString(Map.of("token", token("late"), "platform", "web"));
    ErasureRequested request = request(ann);
    // Registrations before, while and after it is erased.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        if (i == 5) {
          publishErasure(request);
        }
        all.add(threads.submit(() -> call("POST", "/api/v1/devices", TOKENS.of(ann), body)));
      }
      for (Future<HttpResponse<String>> one : all) {
        assertThat(one.get().statusCode()).isIn(200, 201, 401);
      }
    }
    answer(request);

    HttpResponse<String> refused = call("POST", "/api/v1/devices", TOKENS.of(ann), body);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("/unauthenticated");
    assertThat(export(ann).get("devices")).isEmpty();
  }

  @Test
  void erasureShouldWaitForPostgres() throws Exception {
    UserId ann = user();
    register(ann, token("ann"), "android");
    ErasureRequested request = request(ann);

    POSTGRES.shut();
    try {
      publishErasure(request);
      sleep(Duration.ofSeconds(2));
      assertThat(received(request)).isNull();
    } finally {
      POSTGRES.open();
    }

    assertThat(answer(request).counts()).containsEntry("devices", 1L);
  }

  @Test
  void anAnswerThatNobodyTakesShouldBeGivenToTheNextRequest() {
    UserId ann = user();
    register(ann, token("ann"), "android");
    ErasureRequested request = request(ann);

    broker.deleteQueue(ANSWERS);
    publishErasure(request);
    await("erased", () -> export(ann).get("devices").isEmpty());
    sleep(Duration.ofMillis(500));
    declareAnswers();
    publishErasure(request);

    assertThat(answer(request).counts()).containsEntry("devices", 1L);
  }

  @Test
  void whatIsNoRequestShouldHoldUpNobody() {
    for (String body : List.of("", "null", "[]", "{", "{}", "{\"erasureId\":\"x\"}", "\u0000")) {
      publishErasure(body.getBytes(StandardCharsets.UTF_8));
    }
    ErasureRequested request = request(user());

    publishErasure(request);

    answer(request);
  }

  @Test
  void exportShouldHoldAllThatIsHeld() {
    UserId ann = user();
    String token = token("ann");
    String device = register(ann, token, "ios");
    Stored message = message("hello", ann);
    publish(message);
    await("push", () -> "SENT".equals(state(device, message)));

    JsonNode export = export(ann);

    JsonNode exported = export.get("devices").get(0);
    assertThat(exported.propertyNames())
        .containsExactly(
            "id",
            "channel",
            "platform",
            "token",
            "p256dh",
            "auth",
            "name",
            "locale",
            "sessionId",
            "createdAt",
            "seenAt");
    assertThat(exported.get("token").asString()).isEqualTo(token);
    JsonNode push = export.get("pushes").get(0);
    assertThat(push.get("deviceId").asString()).isEqualTo(device);
    assertThat(push.get("messageId").asString()).isEqualTo(message.messageId());
    assertThat(push.get("at").asString()).endsWith("Z");
    JsonNode notification = export.get("notifications").get(0);
    assertThat(notification.get("messageId").asString()).isEqualTo(message.messageId());
    assertThat(notification.get("conversationId").asString())
        .isEqualTo(message.conversationId().toString());
    assertThat(notification.get("reason").asString()).isEqualTo("message");
  }

  @Test
  void exportShouldHoldAllSettings() {
    UserId ann = user();
    set(ann, "", "{\"keywords\":[\"release\"],\"timeZone\":\"Asia/Tokyo\"}");
    set(ann, OVERRIDE, "{\"push\":{\"level\":\"none\"}}");

    JsonNode export = export(ann);

    assertThat(export.at("/notificationSettings/keywords/0").asString()).isEqualTo("release");
    assertThat(export.at("/notificationSettings/timeZone").asString()).isEqualTo("Asia/Tokyo");
    assertThat(export.at("/notificationOverrides/0/push/level").asString()).isEqualTo("none");
    assertThat(export.at("/notificationOverrides/0/threadSeq").asInt()).isEqualTo(7);
  }

  @Test
  void digestsShouldBeExportedAndErased() {
    UserId ann = user();
    UserId ben = user();
    for (UserId user : List.of(ann, ben)) {
      jdbc.sql(
              """
              INSERT INTO digests (user_id, since, told_through, in_a_row)
              VALUES (?, timestamptz '2026-11-28T10:00:00Z', timestamptz '2026-11-27T10:00:00Z', 2)
              """)
          .param(user.value())
          .update();
    }

    assertThat(export(ann).get("digest"))
        .hasToString(
            "{\"unreadSince\":\"2026-11-28T10:00:00Z\",\"notBefore\":null,"
                + "\"toldThrough\":\"2026-11-27T10:00:00Z\",\"inARow\":2}");
    ErasureRequested request = request(ann);
    publishErasure(request);
    answer(request);

    assertThat(export(ann).has("digest")).isFalse();
    assertThat(export(ben).has("digest")).isTrue();
  }

  @Test
  void noSettingShouldComeBackWithATokenFromBefore() {
    UserId ann = user();
    ErasureRequested request = request(ann);
    publishErasure(request);
    answer(request);

    for (String path : List.of("", OVERRIDE)) {
      HttpResponse<String> refused = put(ann, path, "{\"push\":{\"level\":\"none\"}}");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.body()).contains("/unauthenticated");
    }
    assertThat(export(ann).has("notificationSettings")).isFalse();
  }

  @Test
  void exportShouldBeForServicesOnly() {
    UserId ann = user();
    String path = "/internal/users/" + ann + "/export";

    assertThat(call("GET", path, null, null).statusCode()).isEqualTo(401);
    assertThat(call("GET", path, TOKENS.of(ann), null).statusCode()).isEqualTo(401);
    String elsewhere =
        new ServiceTokens(SECRET, "user-service", Clock.systemUTC())
            .bearer("group-service")
            .substring(7);
    assertThat(call("GET", path, elsewhere, null).statusCode()).isEqualTo(401);
    assertThat(call("GET", "/internal/users/me/export", serviceToken, null).statusCode())
        .isEqualTo(400);
  }

  private void set(UserId user, String path, String body) {
    HttpResponse<String> response = put(user, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  private HttpResponse<String> put(UserId user, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/api/v1/notifications/settings" + path))
            .header("Authorization", "Bearer " + TOKENS.of(user))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body));
    return send(path.isEmpty() ? request.header("If-Match", "*").build() : request.build());
  }

  private JsonNode export(UserId user) {
    HttpResponse<String> response =
        call("GET", "/internal/users/" + user + "/export", serviceToken, null);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static ErasureRequested request(UserId user) {
    return new ErasureRequested(UUID.randomUUID(), user, Messages.REMOVE, Instant.EPOCH);
  }

  private void publishErasure(ErasureRequested request) {
    publishErasure(JSON.writeValueAsBytes(request));
  }

  private void publishErasure(byte[] body) {
    rabbit.send(
        UserEvents.EXCHANGE,
        ErasureRequested.ROUTING_KEY,
        MessageBuilder.withBody(body).setContentType("application/json").build());
  }

  private ErasureAnswered answer(ErasureRequested request) {
    await("answer", () -> received(request) != null);
    return Objects.requireNonNull(received(request));
  }

  private @Nullable ErasureAnswered received(ErasureRequested request) {
    Message message = rabbit.receive(ANSWERS);
    if (message != null) {
      answers.add(JSON.readValue(message.getBody(), ErasureAnswered.class));
    }
    return answers.stream()
        .filter(answer -> answer.erasureId().equals(request.erasureId()))
        .findFirst()
        .orElse(null);
  }
}

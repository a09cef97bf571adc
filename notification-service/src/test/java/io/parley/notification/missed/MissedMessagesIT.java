package io.parley.notification.missed;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.deadletters.DeadLetters;
import io.parley.common.events.MessagesMissed;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** From RabbitMQ to FCM's wire: the second half of promise 4. */
class MissedMessagesIT extends ServiceHarness {

  private final List<Message> deadLetters = new ArrayList<>();

  @Test
  void eachDeviceOfEachRecipientShouldBePushedToInItsOwnForm() {
    UserId ann = user();
    UserId bob = user();
    String android = token("android");
    String ios = token("ios");
    String web = token("web");
    register(ann, android, "android");
    register(ann, ios, "ios");
    register(bob, web, "web");
    MessagesMissed missed = missed("Hello there", ann, bob);

    publish(missed);

    String conversation = missed.conversationId().toString();
    JsonNode toAndroid = onlyPush(android);
    assertThat(toAndroid.at("/notification/title").asString()).isEqualTo("Ann");
    assertThat(toAndroid.at("/notification/body").asString()).isEqualTo("Hello there");
    assertThat(toAndroid.at("/data/conversationId").asString()).isEqualTo(conversation);
    assertThat(toAndroid.at("/data/messageId").asString()).isEqualTo(missed.messageId());
    assertThat(toAndroid.at("/data/seq").asString()).isEqualTo("7");
    assertThat(toAndroid.at("/android/collapse_key").asString()).isEqualTo(conversation);
    assertThat(toAndroid.at("/android/priority").asString()).isEqualTo("high");
    assertThat(call("GET", "/actuator/prometheus", null, null).body())
        .containsPattern("parley_pushes_total\\{.*outcome=\"SENT\"");
    JsonNode toIos = onlyPush(ios);
    assertThat(toIos.at("/apns/headers/apns-collapse-id").asString()).isEqualTo(conversation);
    assertThat(toIos.at("/apns/payload/aps/thread-id").asString()).isEqualTo(conversation);
    JsonNode toWeb = onlyPush(web);
    assertThat(toWeb.at("/webpush/headers/Topic").asString()).hasSize(32);
  }

  @Test
  void naughtyTextShouldArriveByteForByte() {
    UserId ann = user();
    String token = token("naughty");
    register(ann, token, "android");
    String text =
        "\u202Eright to left\u202C \u0000\u0001\t\n\r"
            + "\u007F\u2028 \"quoted\\\" 👩‍👩‍👧 𝔘𝔫𝔦 e\u0301 مرحبا 你好 </script><b>&amp;"
            + " ${jndi:ldap://x} '; DROP TABLE devices; --";

    publish(missed(text, ann));

    assertThat(onlyPush(token).at("/notification/body").asString()).isEqualTo(text);
  }

  @Test
  void aRepeatedEventShouldPushOnce() {
    UserId ann = user();
    String token = token("once");
    register(ann, token, "android");
    MessagesMissed missed = missed("once", ann, ann);

    IntStream.range(0, 20).forEach(i -> publish(missed));
    await("push", () -> !pushes(token).isEmpty());
    drained();
    publish(missed);
    drained();

    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void whatHasDisappearedShouldNotBePushedAndWhatWillNotBeKeptForLonger() {
    UserId ann = user();
    String toAndroid = token("expiring");
    String toIos = token("expiring");
    String toWeb = token("expiring");
    register(ann, toAndroid, "android");
    register(ann, toIos, "ios");
    register(ann, toWeb, "web");
    publish(expiring(missed("gone", ann), Instant.now().minusMillis(1)));
    publish(expiring(missed("not yet", ann), Instant.now().plusSeconds(3_600)));

    JsonNode android = onlyPush(toAndroid);
    assertThat(android.at("/notification/body").asString()).isEqualTo("not yet");
    assertThat(Double.parseDouble(android.at("/android/ttl").asString().replace("s", "")))
        .isBetween(3_400.0, 3_600.0);
    JsonNode ios = onlyPush(toIos);
    assertThat(ios.at("/apns/headers/apns-expiration").asLong())
        .isBetween(Instant.now().getEpochSecond(), Instant.now().getEpochSecond() + 3_600);
    JsonNode web = onlyPush(toWeb);
    assertThat(web.at("/webpush/headers/TTL").asLong()).isBetween(3_400L, 3_600L);
    drained();
    assertThat(pushes(toAndroid)).hasSize(1);
  }

  private static MessagesMissed expiring(MessagesMissed missed, Instant expiresAt) {
    return new MessagesMissed(
        missed.conversationId(),
        missed.conversationKind(),
        missed.seq(),
        missed.messageId(),
        missed.senderId(),
        missed.sentAt(),
        missed.sealed(),
        missed.recipients(),
        expiresAt);
  }

  /** As after a takeover: the dead node had told of it already, and others are absent now. */
  @Test
  void aRepeatHoursLaterWithOtherRecipientsShouldPushOnlyToWhoWasNotTold() {
    UserId ann = user();
    UserId bob = user();
    UserId cleo = user();
    Map<UserId, String> tokens = new HashMap<>();
    Map<UserId, String> devices = new HashMap<>();
    for (UserId each : List.of(ann, bob, cleo)) {
      tokens.put(each, token("again"));
      devices.put(each, register(each, tokens.get(each), "android"));
    }
    MessagesMissed missed = missed("once each", ann, bob);
    publish(missed);
    await(
        "first pushes", () -> List.of(ann, bob).stream().allMatch(u -> isSent(devices, u, missed)));
    jdbc.sql("UPDATE push_deliveries SET at = at - interval '5 hours' WHERE message_id = ?")
        .param(missed.messageId())
        .update();

    publish(again(missed, bob, cleo));
    publish(again(missed, cleo, ann));

    await("cleo's push", () -> isSent(devices, cleo, missed));
    drained();
    tokens.values().forEach(token -> assertThat(pushes(token)).hasSize(1));
  }

  private boolean isSent(Map<UserId, String> devices, UserId user, MessagesMissed missed) {
    return "SENT".equals(state(String.valueOf(devices.get(user)), missed));
  }

  @Test
  void noQueueShouldHoldWhatSomebodyWrote() {
    UserId ann = user();
    String token = token("internal");
    register(ann, token, "android");
    MessagesMissed missed = missed("nobody may read this", ann);
    assertThat(JSON.writeValueAsString(missed)).doesNotContain("nobody may read");

    // Over every retry queue to the dead letters, all of which get copies of the same bytes.
    publish(missed);

    Message dead = deadLetter(missed.messageId());
    assertThat(new String(dead.getBody(), StandardCharsets.UTF_8))
        .isEqualTo(JSON.writeValueAsString(missed));
    assertThat(dead.getMessageProperties().getHeaders().toString())
        .doesNotContain("nobody may read", "Ann");
  }

  @Test
  void whatIsSealedForAnotherMessageShouldEndAsADeadLetter() {
    UserId ann = user();
    String token = token("swapped");
    register(ann, token, "android");
    MessagesMissed one = missed("one", ann);
    MessagesMissed other = missed("other", ann);
    MessagesMissed swapped =
        new MessagesMissed(
            one.conversationId(),
            one.conversationKind(),
            one.seq(),
            one.messageId(),
            one.senderId(),
            one.sentAt(),
            other.sealed(),
            one.recipients());

    publish(swapped);

    Message dead = deadLetter(one.messageId());
    assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.TRIES)).isEqualTo(3);
    assertThat(pushes(token)).isEmpty();
  }

  @Test
  void twoNodesShouldPushOnceBetweenThem() {
    UserId ann = user();
    List<String> tokens = IntStream.range(0, 5).mapToObj(i -> token("slow-200-n" + i)).toList();
    tokens.forEach(token -> register(ann, token, "android"));
    List<MessagesMissed> events = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      events.add(missed("from many " + i, ann));
    }

    try (ConfigurableApplicationContext second = anotherNode(ENVIRONMENT)) {
      assertThat(second.isRunning()).isTrue();
      for (MessagesMissed event : events) {
        publish(event);
        publish(event);
        publish(event);
      }
      await(
          "all pushes",
          () -> tokens.stream().allMatch(token -> pushes(token).size() >= events.size()));
      drained();
    }

    for (String token : tokens) {
      List<JsonNode> pushes = pushes(token);
      assertThat(pushes).hasSize(events.size());
      assertThat(pushes.stream().map(push -> push.at("/data/messageId").asString()).distinct())
          .hasSize(events.size());
    }
  }

  @Test
  void moreDevicesThanOneBatchShouldAllBePushedTo() {
    List<UserId> users = IntStream.range(0, 200).mapToObj(i -> user()).toList();
    for (UserId user : users) {
      jdbc.sql(
              """
              INSERT INTO devices (id, user_id, platform, token, token_hash, created_at, seen_at)
              SELECT gen_random_uuid(), ?, 'ANDROID', t, sha256(t::bytea), now(), now()
              FROM (SELECT 'many-' || gen_random_uuid() AS t FROM generate_series(1, 3)) AS tokens
              """)
          .param(user.value())
          .update();
    }
    MessagesMissed missed = missed("to many", users.toArray(UserId[]::new));

    publish(missed);

    await(
        "600 pushes",
        () ->
            jdbc.sql("SELECT count(*) FROM push_deliveries WHERE message_id = ? AND state = 'SENT'")
                    .param(missed.messageId())
                    .query(Integer.class)
                    .single()
                == 600);
  }

  @Test
  void tokensThatFcmNoLongerKnowsShouldBeRemoved() {
    UserId ann = user();
    String good = token("good");
    register(ann, good, "android");
    List<String> gone = new ArrayList<>();
    for (String kind : List.of("unregistered", "mismatch", "invalid")) {
      gone.add(register(ann, token(kind), "android"));
    }
    String refusedToken = token("refused");
    String refused = register(ann, refusedToken, "ios");
    MessagesMissed missed = missed("hello", ann);

    publish(missed);

    onlyPush(good);
    await("removal", () -> devices(ann) == 2);
    gone.forEach(device -> assertThat(state(device, missed)).isEqualTo("GONE"));
    assertThat(state(refused, missed)).isEqualTo("REFUSED");
    drained();
    // firebase-admin itself repeats a 401 four times, each with a fresh access token.
    assertThat(refusals(refusedToken)).hasSize(5);
    assertThat(pushes(good)).hasSize(1);
  }

  @Test
  void anUnavailableFcmShouldGetThePushLaterAndTheOthersOnce() {
    UserId ann = user();
    String good = token("good");
    String unavailable = token("unavailable-2");
    String internal = token("internal-2");
    String quota = token("quota-2");
    List.of(good, unavailable, internal, quota).forEach(t -> register(ann, t, "android"));

    publish(missed("later", ann));

    await(
        "all pushes",
        () ->
            List.of(good, unavailable, internal, quota).stream()
                .noneMatch(t -> pushes(t).isEmpty()));
    drained();
    assertThat(refusals(unavailable)).hasSize(2);
    assertThat(refusals(internal)).hasSize(2);
    assertThat(refusals(quota)).hasSize(2);
    for (String token : List.of(good, unavailable, internal, quota)) {
      assertThat(pushes(token)).hasSize(1);
    }
  }

  @Test
  void aMessageThatFcmNeverTakesShouldEndAsADeadLetter() {
    UserId ann = user();
    String token = token("internal");
    String device = register(ann, token, "android");
    MessagesMissed missed = missed("never", ann);

    publish(missed);

    Message dead = deadLetter(missed.messageId());
    assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.TRIES)).isEqualTo(5);
    assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.REASON))
        .isEqualTo("not pushed to 1 devices");
    assertThat(refusals(token)).hasSize(5);
    assertThat(state(device, missed)).isEqualTo("DEFERRED");
  }

  @Test
  void poisonShouldEndAsADeadLetterAndHoldUpNobody() {
    UserId ann = user();
    String token = token("after-poison");
    register(ann, token, "android");
    List<byte[]> poison = new ArrayList<>();
    MessagesMissed good = missed("fine", ann);
    for (String body :
        List.of(
            "",
            "null",
            "{",
            "[]",
            "\"x\"",
            "{}",
            "\u0000",
            JSON.writeValueAsString(good).replace("\"recipients\":[", "\"recipients\":[null,"),
            JSON.writeValueAsString(good).replace(good.messageId(), "a\\u0000b"),
            JSON.writeValueAsString(good).replace(good.conversationId().toString(), "1-1-1-1-1"))) {
      String marked = body.isEmpty() ? body : body + " ".repeat(poison.size());
      poison.add(marked.getBytes(StandardCharsets.UTF_8));
    }

    poison.forEach(this::publish);
    publish(good);

    onlyPush(token);
    for (byte[] body : poison) {
      assertThat(deadLetter(body).getMessageProperties().<Object>getHeader(DeadLetters.REASON))
          .isEqualTo("not readable");
    }
  }

  @Test
  void aMessageThatTheServiceFailsOnShouldBeTriedABoundedNumberOfTimes() {
    UserId ann = user();
    register(ann, token("x"), "android");
    MessagesMissed missed = missed("x", ann);
    jdbc.sql(
            """
            CREATE FUNCTION fail() RETURNS trigger AS
              'BEGIN IF NEW.message_id = ''%s'' THEN RAISE ''broken''; END IF; RETURN NEW; END'
            LANGUAGE plpgsql
            """
                .formatted(missed.messageId()))
        .update();
    jdbc.sql(
            """
            CREATE TRIGGER fail BEFORE INSERT ON push_deliveries FOR EACH ROW EXECUTE FUNCTION fail()
            """)
        .update();
    try {
      publish(missed);

      Message dead = deadLetter(missed.messageId());
      assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.TRIES)).isEqualTo(3);
      assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.REASON))
          .asString()
          .startsWith("failed: ");
    } finally {
      jdbc.sql("DROP TRIGGER fail ON push_deliveries").update();
      jdbc.sql("DROP FUNCTION fail").update();
    }
  }

  @Test
  void deliveriesShouldBeSkippedWhenPushIsOff() {
    Map<String, String> off = new HashMap<>(ENVIRONMENT);
    off.put("PARLEY_FCM_ENDPOINT", "");
    UserId ann = user();
    String token = token("off");
    String device = register(ann, token, "android");
    MessagesMissed missed = missed("unseen", ann);

    try (ConfigurableApplicationContext node = anotherNode(off)) {
      assertThat(node.getBean(MessageNotices.class).announce(missed).isSettled()).isTrue();
      assertThat(node.getBean("pushHealthIndicator", HealthIndicator.class).health())
          .extracting(health -> health.getDetails().get("push"))
          .isEqualTo("off");
    }

    assertThat(state(device, missed)).isEqualTo("SKIPPED");
    assertThat(pushes(token)).isEmpty();
  }

  private int devices(UserId user) {
    return jdbc.sql("SELECT count(*) FROM devices WHERE user_id = ?")
        .param(user.value())
        .query(Integer.class)
        .single();
  }

  private Message deadLetter(String messageId) {
    return deadLetter(body -> new String(body, StandardCharsets.UTF_8).contains(messageId));
  }

  private Message deadLetter(byte[] expected) {
    return deadLetter(body -> Arrays.equals(body, expected));
  }

  private Message deadLetter(Predicate<byte[]> wanted) {
    await(
        "dead letter",
        () -> {
          Message message = rabbit.receive(MessagesMissed.QUEUE + ".dead");
          if (message != null) {
            deadLetters.add(message);
          }
          return deadLetters.stream().anyMatch(dead -> wanted.test(dead.getBody()));
        });
    return deadLetters.stream().filter(dead -> wanted.test(dead.getBody())).findFirst().get();
  }
}

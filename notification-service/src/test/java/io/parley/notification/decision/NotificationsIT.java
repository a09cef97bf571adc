package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.deadletters.DeadLetters;
import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.notification.ServiceHarness;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** From RabbitMQ to FCM's wire: the second half of promise 4. */
class NotificationsIT extends ServiceHarness {

  private final List<Message> deadLetters = new ArrayList<>();

  @AfterEach
  void messageServiceIsBack() {
    FACTS.status(200);
    FACTS.delay(Duration.ZERO);
  }

  // --- ringing ----------------------------------------------------------------------------------

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
    Stored message = message("Hello there", ann, bob);

    publish(message);

    String conversation = message.conversationId().toString();
    JsonNode toAndroid = onlyPush(android);
    assertThat(toAndroid.toString()).contains("Ann", "Hello there");
    assertThat(toAndroid.at("/data/conversationId").asString()).isEqualTo(conversation);
    assertThat(toAndroid.at("/data/messageId").asString()).isEqualTo(message.messageId());
    assertThat(toAndroid.at("/data/seq").asString()).isEqualTo("7");
    assertThat(toAndroid.at("/android/collapse_key").asString()).isEqualTo(conversation);
    JsonNode toIos = onlyPush(ios);
    assertThat(toIos.at("/apns/headers/apns-collapse-id").asString()).isEqualTo(conversation);
    JsonNode toWeb = onlyPush(web);
    assertThat(toWeb.at("/webpush/headers/Topic").asString()).hasSize(32);
    awaitDecided(ann, message, "RANG MESSAGE");
    awaitDecided(bob, message, "RANG MESSAGE");
    assertThat(call("GET", "/actuator/prometheus", null, null).body())
        .containsPattern("parley_pushes_total\\{.*outcome=\"SENT\"");
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

    publish(message(text, ann));

    assertThat(onlyPush(token).toString()).contains(JSON.writeValueAsString(text));
  }

  @Test
  void aRepeatedEventShouldPushOnce() {
    UserId ann = user();
    String token = token("once");
    register(ann, token, "android");
    Stored message = message("once", ann, ann);

    IntStream.range(0, 20).forEach(i -> publish(message));
    await("push", () -> !pushes(token).isEmpty());
    settled();
    publish(message);
    settled();

    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void aMessageShouldNotRingBeforeItsHoldIsOver() {
    UserId ann = user();
    String token = token("held");
    register(ann, token, "android");
    Stored message = message("held", ann);

    publish(message);

    onlyPush(token);
    Instant pushed = Instant.now();
    assertThat(Duration.between(message.sentAt(), pushed)).isGreaterThan(Duration.ofMillis(300));
  }

  /** As after a takeover: the dead node had told of it already, and others are members now. */
  @Test
  void aRepeatHoursLaterWithOtherRecipientsShouldPushOnlyToWhoWasNotTold() {
    UserId ann = user();
    UserId bob = user();
    UserId cleo = user();
    Map<UserId, String> tokens = new HashMap<>();
    for (UserId each : List.of(ann, bob, cleo)) {
      tokens.put(each, token("again"));
      register(each, tokens.get(each), "android");
    }
    Stored message = message("once each", ann, bob);
    publish(message);
    awaitDecided(ann, message, "RANG MESSAGE");
    awaitDecided(bob, message, "RANG MESSAGE");
    jdbc.sql("UPDATE push_deliveries SET at = at - interval '5 hours' WHERE message_id = ?")
        .param(message.messageId())
        .update();

    publish(again(message, bob, cleo));
    publish(again(message, cleo, ann));

    awaitDecided(cleo, message, "RANG MESSAGE");
    settled();
    tokens.values().forEach(token -> assertThat(pushes(token)).hasSize(1));
  }

  @Test
  void onlyWhatIsPersonalShouldBeUrgent() {
    UserId ann = user();
    String token = token("urgent");
    register(ann, token, "android");
    ConversationId group = new ConversationId(UUID.randomUUID());
    Stored direct = message("direct", ann);
    Stored plain = message(group, 1, "GROUP", "plain", ann);
    Stored mention = message(group, 2, "GROUP", "mention", ann);
    FACTS.recipient(mention, ann, "mentioned", true);
    Stored thread = message(group, 3, "GROUP", "thread", ann);
    FACTS.recipient(thread, ann, "followsThread", true);

    publish(direct, plain, mention, thread);

    awaitDecided(ann, direct, "RANG MESSAGE");
    awaitDecided(ann, plain, "RANG MESSAGE");
    awaitDecided(ann, mention, "RANG MENTION");
    awaitDecided(ann, thread, "RANG THREAD");
    Map<String, String> priorities = new HashMap<>();
    for (JsonNode push : pushes(token)) {
      priorities.put(
          push.at("/data/messageId").asString(), push.at("/android/priority").asString("normal"));
    }
    assertThat(priorities)
        .containsEntry(direct.messageId(), "high")
        .containsEntry(plain.messageId(), "normal")
        .containsEntry(mention.messageId(), "high")
        .containsEntry(thread.messageId(), "high");
  }

  @Test
  void whatComesInOneConversationShouldComeInItsOrder() {
    UserId ann = user();
    String token = token("order");
    register(ann, token, "android");
    ConversationId conversation = new ConversationId(UUID.randomUUID());
    List<Stored> messages =
        IntStream.rangeClosed(1, 10)
            .mapToObj(seq -> message(conversation, seq, "GROUP", "no " + seq, ann))
            .toList();

    publish(messages.reversed().toArray(Stored[]::new));

    await("pushes", () -> pushes(token).size() == 10);
    assertThat(pushes(token).reversed().stream().map(push -> push.at("/data/seq").asString()))
        .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
  }

  @Test
  void twoNodesShouldPushOnceBetweenThem() {
    UserId ann = user();
    List<String> tokens = IntStream.range(0, 5).mapToObj(i -> token("slow-200-n" + i)).toList();
    tokens.forEach(token -> register(ann, token, "android"));
    List<Stored> messages = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      messages.add(message("from many " + i, ann));
    }

    try (ConfigurableApplicationContext second = anotherNode(ENVIRONMENT)) {
      assertThat(second.isRunning()).isTrue();
      for (Stored message : messages) {
        publish(message);
        publish(message);
        publish(message);
      }
      await(
          "all pushes",
          () -> tokens.stream().allMatch(token -> pushes(token).size() >= messages.size()));
      settled();
    }

    for (String token : tokens) {
      List<JsonNode> pushes = pushes(token);
      assertThat(pushes).hasSize(messages.size());
      assertThat(pushes.stream().map(push -> push.at("/data/messageId").asString()).distinct())
          .hasSize(messages.size());
    }
  }

  @Test
  void moreDevicesThanOneBatchShouldAllBePushedTo() {
    UserId[] users = many(200, 3);
    Stored message = message("to many", users);

    publish(message);

    await("600 pushes", () -> sent(message) == 600);
  }

  @Test
  void aLargeGroupShouldNotHoldUpOthers() {
    UserId[] crowd = many(1_000, 1);
    UserId ann = user();
    String token = token("small");
    register(ann, token, "android");
    ConversationId group = new ConversationId(UUID.randomUUID());
    // Each request of message-service takes its time.
    FACTS.delay(Duration.ofMillis(400));
    List<Stored> toAll =
        IntStream.rangeClosed(1, 9)
            .mapToObj(seq -> message(group, seq, "GROUP", "to all", crowd))
            .toList();
    toAll.forEach(this::publish);
    await("rows", () -> waiting(group) == 9_000);
    Stored message = message("to one", ann);

    publish(message);

    onlyPush(token);
    assertThat(waiting(group)).as("left of the large group").isPositive();
    FACTS.delay(Duration.ZERO);
    await("all the others", Duration.ofSeconds(120), () -> waiting(group) == 0);
  }

  private int waiting(ConversationId conversation) {
    return jdbc.sql(
            "SELECT count(*) FROM notifications WHERE conversation_id = ? AND due_at IS NOT NULL")
        .param(conversation.value())
        .query(Integer.class)
        .single();
  }

  private int sent(Stored message) {
    return jdbc.sql("SELECT count(*) FROM push_deliveries WHERE message_id = ? AND state = 'SENT'")
        .param(message.messageId())
        .query(Integer.class)
        .single();
  }

  private static UserId[] many(int count, int devices) {
    UserId[] users = IntStream.range(0, count).mapToObj(i -> user()).toArray(UserId[]::new);
    jdbc.sql(
            """
            INSERT INTO devices (id, user_id, platform, token, token_hash, created_at, seen_at)
            SELECT gen_random_uuid(), u, 'ANDROID', t, sha256(t::bytea), now(), now()
            FROM (
              SELECT u, 'many-' || gen_random_uuid() AS t
              FROM unnest(CAST(? AS uuid[])) AS u, generate_series(1, ?)) AS tokens
            """)
        .params(Arrays.stream(users).map(UserId::toString).toArray(String[]::new), devices)
        .update();
    return users;
  }

  // --- not ringing ------------------------------------------------------------------------------

  @Test
  void whatSpeaksAgainstItShouldBeKeptAsTheReason() {
    UserId ann = user();
    String token = token("silent");
    register(ann, token, "android");
    Map<Stored, String> expected = new HashMap<>();
    expected.put(with(ann, "read", true), "SILENT READ");
    expected.put(with(ann, "sees", false), "SILENT NOT_VISIBLE");
    expected.put(with(ann, "blocked", true), "SILENT BLOCKED");
    expected.put(
        with(ann, "mutedUntil", Instant.now().plusSeconds(600).toString()), "SILENT MUTED");
    expected.put(with(ann, "doNotDisturb", true), "SILENT DO_NOT_DISTURB");
    Stored gone = message("gone", ann);
    FACTS.message(gone, "gone", true);
    expected.put(gone, "SILENT DELETED");
    Stored unmuted = with(ann, "mutedUntil", Instant.now().minusSeconds(1).toString());

    publish(expected.keySet().toArray(Stored[]::new));
    publish(unmuted);

    expected.forEach((message, reason) -> awaitDecided(ann, message, reason));
    awaitDecided(ann, unmuted, "RANG MESSAGE");
    assertThat(pushes(token)).hasSize(1);
  }

  private static Stored with(UserId user, String name, Object value) {
    Stored message = message(name, user);
    FACTS.recipient(message, user, name, value);
    return message;
  }

  @Test
  void whoHasNoDeviceAndWantsNoDigestShouldCostNoRow() {
    UserId ann = user();
    jdbc.sql(
            """
            INSERT INTO notification_settings (user_id, version, always_push, digest, changed_at)
            VALUES (?, nextval('settings_versions'), false, false, now())
            """)
        .param(ann.value())
        .update();
    UserId bob = user();
    register(bob, token("bob"), "android");
    Stored message = message("hello", ann, bob);

    publish(message);

    awaitDecided(bob, message, "RANG MESSAGE");
    assertThat(decided(ann, message)).isNull();
  }

  @Test
  void aClientInTheForegroundShouldHoldItUpUntilItIsGone() {
    UserId ann = user();
    String token = token("foreground");
    register(ann, token, "android");
    Stored message = with(ann, "foreground", true);

    publish(message);
    awaitDecided(ann, message, "WAITING FOREGROUND");
    assertThat(pushes(token)).isEmpty();
    FACTS.recipient(message, ann, "foreground", false);

    awaitDecided(ann, message, "RANG MESSAGE");
    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void aClientInTheForegroundShouldNotHoldItUpForEver() {
    UserId ann = user();
    String token = token("foreground");
    register(ann, token, "android");
    Stored message = with(ann, "foreground", true);

    publish(message);

    onlyPush(token);
    assertThat(Duration.between(message.sentAt(), Instant.now()))
        .isGreaterThan(Duration.ofSeconds(4));
  }

  @Test
  void whatIsOldShouldRingNobody() {
    UserId ann = user();
    String token = token("old");
    register(ann, token, "android");
    Stored message = sentAt(message("old", ann), Instant.now().minus(Duration.ofHours(25)));

    publish(message);

    awaitDecided(ann, message, "SILENT TOO_OLD");
    assertThat(pushes(token)).isEmpty();
  }

  @Test
  void aClockThatIsAheadShouldNotHoldItUp() {
    UserId ann = user();
    String token = token("ahead");
    register(ann, token, "android");

    publish(sentAt(message("ahead", ann), Instant.now().plus(Duration.ofHours(1))));

    onlyPush(token);
  }

  private static Stored sentAt(Stored stored, Instant sentAt) {
    return new Stored(
        stored.conversationId(),
        stored.conversationKind(),
        stored.seq(),
        stored.messageId(),
        stored.senderId(),
        sentAt,
        stored.recipients(),
        stored.expiresAt());
  }

  @Test
  void whatHasDisappearedShouldNotBePushedAndWhatWillNotBeKeptForLonger() {
    UserId ann = user();
    String token = token("expiring");
    register(ann, token, "android");
    Stored gone = expiring(message("gone", ann), Instant.now().minusMillis(1));
    Stored notYet = expiring(message("not yet", ann), Instant.now().plusSeconds(3_600));

    publish(gone, notYet);

    awaitDecided(ann, gone, "SILENT EXPIRED");
    JsonNode push = onlyPush(token);
    assertThat(push.at("/data/messageId").asString()).isEqualTo(notYet.messageId());
    assertThat(Double.parseDouble(push.at("/android/ttl").asString().replace("s", "")))
        .isBetween(3_400.0, 3_600.0);
  }

  private static Stored expiring(Stored stored, Instant expiresAt) {
    return new Stored(
        stored.conversationId(),
        stored.conversationKind(),
        stored.seq(),
        stored.messageId(),
        stored.senderId(),
        stored.sentAt(),
        stored.recipients(),
        expiresAt);
  }

  // --- trouble ----------------------------------------------------------------------------------

  @Test
  void noQueueOrTableShouldHoldWhatSomebodyWrote() {
    UserId ann = user();
    register(ann, token("internal"), "android");
    Stored message = message("nobody may read this", ann);

    publish(message);

    Message dead = deadLetter(message.messageId());
    assertThat(new String(dead.getBody(), StandardCharsets.UTF_8) + dead.getMessageProperties())
        .contains(ann.toString())
        .doesNotContain("nobody may read", "Ann");
    for (String table : List.of("notifications", "push_deliveries")) {
      assertThat(
              jdbc.sql("SELECT CAST(t AS text) FROM " + table + " AS t WHERE message_id = ?")
                  .param(message.messageId())
                  .query(String.class)
                  .list())
          .isNotEmpty()
          .allSatisfy(row -> assertThat(row).doesNotContain("nobody may read", "Ann"));
    }
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
    Stored message = message("hello", ann);

    publish(message);

    onlyPush(good);
    await("removal", () -> devices(ann) == 2);
    awaitDecided(ann, message, "RANG MESSAGE");
    gone.forEach(device -> assertThat(state(device, message)).isEqualTo("GONE"));
    assertThat(state(refused, message)).isEqualTo("REFUSED");
    settled();
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
    List<String> tokens = List.of(good, unavailable, internal, quota);
    tokens.forEach(t -> register(ann, t, "android"));
    Stored message = message("later", ann);

    publish(message);

    await("all pushes", () -> tokens.stream().noneMatch(t -> pushes(t).isEmpty()));
    awaitDecided(ann, message, "RANG MESSAGE");
    assertThat(refusals(unavailable)).hasSize(2);
    assertThat(refusals(internal)).hasSize(2);
    assertThat(refusals(quota)).hasSize(2);
    tokens.forEach(token -> assertThat(pushes(token)).hasSize(1));
  }

  @Test
  void whatWasReadMeanwhileShouldNotBeTriedAgain() {
    UserId ann = user();
    String good = token("good");
    String internal = token("internal");
    register(ann, good, "android");
    String device = register(ann, internal, "android");
    Stored message = message("read on the phone", ann);
    publish(message);
    await("one try", () -> !refusals(internal).isEmpty());

    FACTS.read(message, ann);

    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
    settled();
    assertThat(refusals(internal)).hasSizeLessThan(5);
    assertThat(state(device, message)).isEqualTo("DEFERRED");
    assertThat(pushes(good)).hasSize(2);
  }

  @Test
  void aMessageThatFcmNeverTakesShouldEndAsADeadLetterThatCanBeTriedAnew() {
    UserId ann = user();
    String good = token("good");
    String token = token("internal-5");
    register(ann, good, "android");
    String device = register(ann, token, "android");
    Stored message = message("never", ann);

    publish(message);

    Message dead = deadLetter(message.messageId());
    assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.REASON))
        .isEqualTo("not pushed to all devices");
    awaitDecided(ann, message, "FAILED MESSAGE");
    assertThat(refusals(token)).hasSize(5);
    assertThat(state(device, message)).isEqualTo("DEFERRED");

    dead.getMessageProperties().setHeader(DeadLetters.RESENT, true);
    rabbit.send("", MessagesStored.QUEUE, dead);

    awaitDecided(ann, message, "RANG MESSAGE");
    assertThat(pushes(token)).hasSize(1);
    assertThat(pushes(good)).hasSize(1);
  }

  @Test
  void messageServiceAwayShouldBeWaitedFor() {
    UserId ann = user();
    String token = token("facts");
    register(ann, token, "android");
    Stored message = message("later", ann);

    FACTS.status(503);
    publish(message);
    awaitDecided(ann, message, "WAITING FACTS_AWAY");
    assertThat(pushes(token)).isEmpty();
    // As of a node of an earlier build, or one with another secret.
    FACTS.status(404);
    int asked = FACTS.asked(message);
    await("another question", () -> FACTS.asked(message) > asked);
    FACTS.status(200);

    onlyPush(token);
    awaitDecided(ann, message, "RANG MESSAGE");
  }

  @Test
  void aQuestionThatMessageServiceDoesNotAnswerShouldHoldUpNoOther() {
    UserId ann = user();
    String token = token("good");
    register(ann, token, "android");
    Stored refused = message("refused", ann);
    FACTS.refuse(refused);
    Stored leftOut = message("left out", ann);
    FACTS.leaveOut(leftOut);
    Stored good = message("fine", ann);

    publish(refused, leftOut, good);

    awaitDecided(ann, good, "RANG MESSAGE");
    for (Stored bad : List.of(refused, leftOut)) {
      Message dead = deadLetter(bad.messageId());
      assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.REASON))
          .asString()
          .startsWith("failed: ");
      awaitDecided(ann, bad, "FAILED FAILED");
    }
    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void poisonShouldEndAsADeadLetterAndHoldUpNobody() {
    UserId ann = user();
    String token = token("after-poison");
    register(ann, token, "android");
    Stored good = message("fine", ann);
    String event = JSON.writeValueAsString(new MessagesStored(List.of(good)));
    List<String> poison =
        List.of(
            "",
            "null",
            "{",
            "[]",
            "\"x\"",
            "{}",
            "\u0000",
            "{\"items\":[null]}",
            event.replace("\"recipients\":[", "\"recipients\":[null,"),
            event.replace("DIRECT", "OTHER"),
            event.replace("\"seq\":7", "\"seq\":0"),
            event.replace(good.messageId(), "a\\u0000b"),
            event.replace(good.conversationId().toString(), "1-1-1-1-1"));
    for (String routingKey :
        List.of(
            MessagesStored.ROUTING_KEY,
            MessagesChanged.ROUTING_KEY,
            ConversationsRead.ROUTING_KEY)) {
      List<byte[]> marked = new ArrayList<>();
      for (String body : poison) {
        String padded = body.isEmpty() ? body : body + " ".repeat(marked.size());
        marked.add(padded.getBytes(StandardCharsets.UTF_8));
      }
      marked.forEach(body -> publish(routingKey, body));
      if (routingKey.equals(MessagesStored.ROUTING_KEY)) {
        publish(good);
        onlyPush(token);
      }
      for (byte[] body : marked) {
        assertThat(
                deadLetter("parley.notifications." + routingKey, body)
                    .getMessageProperties()
                    .<Object>getHeader(DeadLetters.REASON))
            .as(new String(body, StandardCharsets.UTF_8))
            .isEqualTo("not readable");
      }
    }
  }

  @Test
  void anEventThatTheServiceFailsOnShouldBeTriedABoundedNumberOfTimes() {
    UserId ann = user();
    register(ann, token("x"), "android");
    Stored message = message("x", ann);
    jdbc.sql(
            """
            CREATE FUNCTION fail() RETURNS trigger AS
              'BEGIN IF NEW.message_id = ''%s'' THEN RAISE ''broken''; END IF; RETURN NEW; END'
            LANGUAGE plpgsql
            """
                .formatted(message.messageId()))
        .update();
    jdbc.sql(
            """
            CREATE TRIGGER fail BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION fail()
            """)
        .update();
    try {
      publish(message);

      Message dead = deadLetter(message.messageId());
      assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.TRIES)).isEqualTo(3);
      assertThat(dead.getMessageProperties().<Object>getHeader(DeadLetters.REASON))
          .asString()
          .startsWith("failed: ");
    } finally {
      jdbc.sql("DROP TRIGGER fail ON notifications").update();
      jdbc.sql("DROP FUNCTION fail").update();
    }
  }

  @Test
  void oneThatTheServiceFailsOnShouldBeTriedABoundedNumberOfTimesAndHoldUpNoOther() {
    UserId ann = user();
    String token = token("x");
    register(ann, token, "android");
    Stored message = message("x", ann);
    Stored good = message("good", ann);
    jdbc.sql(
            """
            CREATE FUNCTION fail() RETURNS trigger AS
              'BEGIN IF NEW.message_id = ''%s'' THEN RAISE ''broken''; END IF; RETURN NEW; END'
            LANGUAGE plpgsql
            """
                .formatted(message.messageId()))
        .update();
    jdbc.sql(
            """
            CREATE TRIGGER fail BEFORE INSERT ON push_deliveries FOR EACH ROW EXECUTE FUNCTION fail()
            """)
        .update();
    try {
      publish(message, good);

      awaitDecided(ann, good, "RANG MESSAGE");
      awaitDecided(ann, message, "FAILED FAILED");
      deadLetter(message.messageId());
      assertThat(pushes(token)).hasSize(1);
    } finally {
      jdbc.sql("DROP TRIGGER fail ON push_deliveries").update();
      jdbc.sql("DROP FUNCTION fail").update();
    }
  }

  @Test
  void deliveriesShouldBeSkippedWhenPushIsOff() {
    Map<String, String> off = new HashMap<>(ENVIRONMENT);
    off.put("PARLEY_FCM_ENDPOINT", "");
    // Stores of its own: nobody else takes from its queues.
    StoreSpace space = Stores.shared().newSpace("off");
    off.putAll(space.environment());
    UserId ann = user();
    Stored message = message("unseen", ann);

    try (ConfigurableApplicationContext node = anotherNode(off)) {
      assertThat(node.getBean("pushHealthIndicator", HealthIndicator.class).health())
          .extracting(health -> health.getDetails().get("push"))
          .isEqualTo("off");
      JdbcClient database = node.getBean(JdbcClient.class);
      database
          .sql(
              """
              INSERT INTO devices (id, user_id, platform, token, token_hash, created_at, seen_at)
              VALUES (gen_random_uuid(), ?, 'ANDROID', 'off', sha256('off'), now(), now())
              """)
          .param(ann.value())
          .update();
      node.getBean(Notifications.class).stored(new MessagesStored(List.of(message)), false);

      await(
          "a delivery that is skipped",
          () ->
              database
                  .sql("SELECT state FROM push_deliveries WHERE user_id = ?")
                  .param(ann.value())
                  .query(String.class)
                  .list()
                  .equals(List.of("SKIPPED")));
    }
  }

  private int devices(UserId user) {
    return jdbc.sql("SELECT count(*) FROM devices WHERE user_id = ?")
        .param(user.value())
        .query(Integer.class)
        .single();
  }

  private Message deadLetter(String messageId) {
    return deadLetter(
        MessagesStored.QUEUE, body -> new String(body, StandardCharsets.UTF_8).contains(messageId));
  }

  private Message deadLetter(String queue, byte[] expected) {
    return deadLetter(queue, body -> Arrays.equals(body, expected));
  }

  private Message deadLetter(String queue, Predicate<byte[]> wanted) {
    await(
        "dead letter",
        () -> {
          Message message = rabbit.receive(queue + ".dead");
          if (message != null) {
            deadLetters.add(message);
          }
          return deadLetters.stream().anyMatch(dead -> wanted.test(dead.getBody()));
        });
    return deadLetters.stream().filter(dead -> wanted.test(dead.getBody())).findFirst().get();
  }
}

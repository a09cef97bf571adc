package io.parley.notification.digest;

import static io.parley.notification.MailParts.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.AccessProperties;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import io.parley.notification.SettingsQueue;
import io.parley.notification.mail.LateMail.End;
import io.parley.notification.mail.MailContent;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** From messages that nobody reads to a mail on SMTP's wire, and back by its link. */
class DigestsIT extends ServiceHarness {

  private static final String SETTINGS = "/api/v1/notifications/settings";
  private static final String UNSUBSCRIBE = "/api/v1/notifications/unsubscribe";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");
  private static final String ON = "\"digest\":{\"on\":true,\"afterMinutes\":60}";

  private final AmqpAdmin broker;
  private final Digests digests;
  private final ConversationId hike = new ConversationId(UUID.randomUUID());
  private final UserId ann = user();
  private final String address = "ann-" + ann + "@mails.example";

  DigestsIT(@Autowired AmqpAdmin broker, @Autowired Digests digests) {
    this.broker = broker;
    this.digests = digests;
  }

  /** As message-service does it: changes of settings and mails leave through one exchange. */
  @BeforeEach
  void declareQueue() {
    SettingsQueue.declare(broker);
  }

  // --- what is in it

  @Test
  void whatIsUnreadShouldBeInOneMailByConversation() throws Exception {
    wants(ON);
    Stored first = inHike(1, "Shall we go on Sunday?");
    Stored read = inHike(2, "I have read this");
    Stored third = inHike(3, "Bring water");
    Stored deleted = inHike(4, "I was deleted");
    Stored hidden = inHike(5, "I am not to be seen");
    Stored fifth = inHike(6, "And sandwiches");
    Stored sixth = inHike(7, "At nine");
    Stored direct = message("Call me", ann);
    FACTS.message(direct, "senderName", "Cleo");
    FACTS.message(sixth, "conversationName", "Weekend hike at example.org");
    FACTS.read(read, ann);
    FACTS.message(deleted, "gone", true);
    FACTS.recipient(hidden, ann, "sees", false);
    missed(first, read, third, deleted, hidden, fifth, sixth, direct);

    look();

    MimeMessage mail = only();
    assertThat(mail.getSubject()).isEqualTo("Unread messages at Chat & Co");
    String text = text(mail, "text/plain").replace("\r\n", "\n");
    assertThat(text)
        .startsWith("Hello Ann,\n")
        .contains("Weekend hike at example. org\n  4 unread messages\n  Ben\n")
        .contains("Cleo\n  1 unread message\n\n")
        .contains("\nhttps://chat.example/\n", "\nhttps://chat.example/unsubscribe#")
        .doesNotContain("Sunday", "water", "sandwiches", "nine", "Call me");
    assertThat(text(mail, "text/html"))
        .contains("<b><bdi>Weekend hike at example. org</bdi></b>", "<bdi>4 unread messages</bdi>")
        .doesNotContain("water", "sandwiches");
    assertThat(mail.getHeader("List-Unsubscribe-Post"))
        .containsExactly("List-Unsubscribe=One-Click");
    assertThat(unsubscribeLink(mail)).startsWith("https://chat.example" + UNSUBSCRIBE);
    assertThat(mail.getHeader("List-Id")).containsExactly("<digest.chat.example>");
    assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
  }

  @Test
  void whoWroteInAGroupShouldBeNamedOnce() throws Exception {
    wants(ON);
    List<Stored> all = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      Stored one = inHike(i + 1, "Text");
      FACTS.message(one, "senderName", "Sender " + (char) ('A' + i % 7));
      all.add(one);
    }
    missed(all.toArray(Stored[]::new));

    look();

    assertThat(text(only(), "text/plain"))
        .contains("14 unread messages", "Sender G, Sender F, Sender E, Sender D, Sender C")
        .doesNotContain("Sender B");
  }

  @Test
  void withoutPreviewsItShouldSayOnlyHowMany() throws Exception {
    wants(ON + ",\"preview\":false");
    missed(inHike(1, "confidential"), inHike(2, "top secret"), message("Call me", ann));

    look();

    MimeMessage mail = only();
    assertThat(text(mail, "text/plain").replace("\r\n", "\n"))
        .contains("\n2 conversations\n  3 unread messages\n")
        .doesNotContain("confidential", "secret", "hike", "Ben");
    assertThat(text(mail, "text/html")).doesNotContain("confidential", "secret", "hike", "Ben");
  }

  @Test
  void theLanguageShouldBeTheUsers() throws Exception {
    wants(ON);
    MAILBOXES.add(ann, address, "Ann", "de-AT");
    missed(inHike(1, "Servus"));

    look();

    assertThat(only().getSubject()).isEqualTo("Ungelesene Nachrichten bei Chat & Co");
  }

  @Test
  void theLevelOfMailsShouldDecideWhatIsInIt() throws Exception {
    wants(
        ON
            + ",\"email\":{\"level\":\"mentions\"},\"push\":{\"level\":\"none\"}"
            + ",\"keywords\":[\"sandwiches\"]");
    Stored plain = inHike(1, "Nothing special");
    Stored mention = inHike(2, "You are meant");
    Stored keyword = inHike(3, "Who brings SANDWICHES?");
    Stored muted = message("Muted", ann);
    FACTS.message(muted, "senderName", "Muted");
    FACTS.recipient(mention, ann, "mentioned", true);
    FACTS.recipient(muted, ann, "mentioned", true);
    FACTS.recipient(muted, ann, "mutedUntil", "9998-01-01T00:00:00Z");
    missed(plain, mention, keyword, muted);

    look();

    assertThat(text(only(), "text/plain"))
        .contains("Weekend hike", "2 unread messages")
        .doesNotContain("Muted");
  }

  @Test
  void manyConversationsShouldBeCounted() throws Exception {
    wants(ON);
    List<Stored> all = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      Stored one = message("Text " + i, ann);
      FACTS.message(one, "senderName", "Sender " + (char) ('A' + i));
      all.add(one);
    }
    missed(all.toArray(Stored[]::new));

    look();

    String text = text(only(), "text/plain");
    assertThat(text.lines().filter(line -> line.startsWith("Sender ")).count()).isEqualTo(10);
    assertThat(text.replace("\r\n", "\n"))
        .contains("\n3 more conversations\n  3 unread messages\n");
  }

  // --- when

  @Test
  void whoHasNotWaitedLongEnoughShouldGetNothingYet() {
    wants("\"digest\":{\"on\":true,\"afterMinutes\":180}");
    missed(inHike(1, "Two hours old"));

    look();
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);

    wants(ON);
    look();

    only();
  }

  @Test
  void whoWantsNoMailsShouldGetNone() {
    UserId ben = user();
    MAILBOXES.add(ben, "ben-" + ben + "@mails.example", "Ben", "en");
    set(ben, "\"digest\":{\"on\":false}");
    register(ben, token("ben"), "android");
    Stored stored = message("Hello", ben);
    publish(stored);
    await("row", () -> decided(ben, stored) != null);
    age(ben);

    look();

    assertThat(rowOf(ben)).isNull();
    assertThat(mails("ben-" + ben + "@mails.example")).isEmpty();
    assertThat(MAILBOXES.asked(ben)).isZero();
  }

  @Test
  void whoHasSaidNothingShouldGetOneAfterALongerWhile() {
    MAILBOXES.add(ann, address, "Ann", "en");
    missed(inHike(1, "Two hours old"));

    look();
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);

    jdbc.sql("UPDATE digests SET since = now() - interval '8 hours' WHERE user_id = ?")
        .param(ann.value())
        .update();
    look();

    only();
  }

  @Test
  void whoHasNoDeviceShouldBeAskedForOnlyWhenAMailIsWritten() {
    wants(ON);
    Stored stored = inHike(1, "Hello");
    publish(stored);
    await("row", () -> decided(ann, stored) != null);
    settled();

    assertThat(decided(ann, stored)).isEqualTo("WAITING NO_DEVICE");
    assertThat(FACTS.asked(stored)).isZero();
    publishRead(stored, ann);
    await("read", () -> "SILENT READ".equals(decided(ann, stored)));
    age(ann);
    look();

    assertThat(rowOf(ann)).isNull();
    assertThat(FACTS.asked(stored)).isZero();
  }

  @Test
  void whoIsBroughtBackByNoneShouldGetNoMoreUntilReadingSomething() {
    wants(ON);
    Stored first = inHike(1, "First");
    missed(first);
    look();
    only();
    await("told", () -> Boolean.FALSE.equals(row().get("under_way")));
    jdbc.sql("UPDATE digests SET in_a_row = in_a_row + 2 WHERE user_id = ?")
        .param(ann.value())
        .update();
    missed(inHike(2, "Second"));
    unpause();
    look();
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);

    publishRead(first, ann);
    await("back", () -> inARow() == 0);
    digests.look();
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);

    jdbc.sql("UPDATE digests SET since = now() - interval '2 hours' WHERE user_id = ?")
        .param(ann.value())
        .update();
    look();
    await("second mail", () -> mails(address).size() == 2);
    await("counted", () -> inARow() == 1);
  }

  @Test
  void whatWasToldShouldNotBeToldAgainAndNewsOnlyAfterAPause() throws Exception {
    wants(ON);
    missed(inHike(1, "The first"));
    look();
    only();
    await("told", () -> Boolean.FALSE.equals(row().get("under_way")));

    look();
    missed(inHike(2, "The second"));
    look();
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);
    assertThat(mails(address)).hasSize(1);

    unpause();
    look();

    await("second mail", () -> mails(address).size() == 2);
    assertThat(text(mails(address).getLast(), "text/plain"))
        .contains("Weekend hike", "1 unread message\r\n");
  }

  @Test
  void nobodyShouldBeWokenInQuietHours() {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    wants(
        ON
            + ",\"quietHours\":[{\"days\":[\"monday\",\"tuesday\",\"wednesday\",\"thursday\","
            + "\"friday\",\"saturday\",\"sunday\"],\"from\":\""
            + TIME.format(now.minusHours(2))
            + "\",\"to\":\""
            + TIME.format(now.plusHours(2))
            + "\"}]");
    missed(inHike(1, "At night"));

    look();

    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);
    assertThat(
            jdbc.sql("SELECT not_before > now() FROM digests WHERE user_id = ?")
                .param(ann.value())
                .query(Boolean.class)
                .single())
        .isTrue();
    wants(ON);
    unpause();
    look();
    only();
  }

  @Test
  void severalNodesAtOnceShouldSendOneMail() throws Exception {
    wants(ON);
    missed(inHike(1, "Once"));
    backToTheBeginning();
    try (ConfigurableApplicationContext second = anotherNode(ENVIRONMENT);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Digests others = second.getBean(Digests.class);
      List<Callable<Boolean>> looks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Digests one = i % 2 == 0 ? digests : others;
        looks.add(
            () -> {
              one.look();
              return true;
            });
      }
      for (Future<Boolean> look : threads.invokeAll(looks)) {
        assertThat(look.get()).isTrue();
      }
      await("mail", () -> !mails(address).isEmpty());
      drained(MailRequested.QUEUE);
    }

    assertThat(mails(address)).hasSize(1);
  }

  // --- what comes between

  @Test
  void whatIsReadBeforeTheMailIsWrittenShouldMakeItNeedless() {
    wants(ON);
    Stored stored = inHike(1, "Read in time");
    missed(stored);
    FACTS.read(stored, ann);

    look();

    await("told", () -> row().get("told") != null);
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", false);
    assertThat(mails(address)).isEmpty();
    assertThat(MAILBOXES.asked(ann)).isZero();
  }

  @Test
  void whatIsReadWhileTheMailServerIsAwayShouldNotGoOut() {
    String deferring = "rcpt-450-99-" + UUID.randomUUID() + "@mails.example";
    wants(ON);
    MAILBOXES.add(ann, deferring, "Ann", "en");
    Stored stored = inHike(1, "Read in time");
    missed(stored);

    look();
    await("first try", () -> SMTP.tries(deferring) >= 1);
    FACTS.read(stored, ann);

    await("told", () -> Boolean.FALSE.equals(row().get("under_way")));
    drained(MailRequested.QUEUE);
    assertThat(mails(deferring)).isEmpty();
  }

  @Test
  void whatTheServerDefersShouldBeTriedAgain() {
    String deferring = "rcpt-450-2-" + UUID.randomUUID() + "@mails.example";
    wants(ON);
    MAILBOXES.add(ann, deferring, "Ann", "en");
    missed(inHike(1, "In the end"));

    look();

    await("mail", () -> mails(deferring).size() == 1);
    await("told", () -> Boolean.FALSE.equals(row().get("under_way")));
    assertThat(SMTP.tries(deferring)).isEqualTo(3);
  }

  @Test
  void aMailShouldWaitForTheFactsAndForTheAddress() {
    wants(ON);
    Stored stored = inHike(1, "Patience");
    missed(stored);
    int before = FACTS.asked(stored);
    FACTS.status(503);
    try {
      look();
      await("asked", () -> FACTS.asked(stored) > before);
    } finally {
      MAILBOXES.status(503);
      FACTS.status(200);
    }
    try {
      await("asked", () -> MAILBOXES.asked(ann) > 0);
    } finally {
      MAILBOXES.status(200);
    }

    only();
  }

  @Test
  void whoIsThereShouldNotGetAMail() {
    wants(ON);
    Stored stored = inHike(1, "You see me");
    missed(stored);
    FACTS.recipient(stored, ann, "foreground", true);
    int before = FACTS.asked(stored);

    look();
    await("asked again", () -> FACTS.asked(stored) >= before + 2);
    assertThat(mails(address)).isEmpty();
    FACTS.recipient(stored, ann, "foreground", false);

    only();
  }

  @Test
  void whoHasNoVerifiedAddressShouldGetNone() {
    UserId ben = user();
    set(ben, ON);
    Stored stored = message("Hello", ben);
    publish(stored);
    await("row", () -> decided(ben, stored) != null);
    age(ben);

    look();

    await("asked", () -> MAILBOXES.asked(ben) == 1);
    await("told", () -> requireNonNull(rowOf(ben)).get("told") != null);
  }

  @Test
  void aMailThatMayHaveGoneOutShouldNotGoOutAgain() {
    wants(ON);
    missed(inHike(1, "At most once"));
    UUID id = underWay();
    Map<String, String> values = Map.of("user", ann.toString());

    // A process that dies between here and the record of what became of it.
    assertThat(digests.write(id, values)).isPresent();

    assertThat(digests.write(id, values)).isEmpty();
    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", false);
    assertThat(digests.write(id, values)).isEmpty();
    look();
    assertThat(row()).containsEntry("under_way", false);
  }

  @Test
  void aMailThatWasDeferredShouldBeWrittenAnew() {
    wants(ON);
    Stored stored = inHike(1, "First words");
    missed(stored);
    UUID id = underWay();
    Map<String, String> values = Map.of("user", ann.toString());

    assertThat(digests.write(id, values)).isPresent();
    digests.ended(id, values, End.DEFERRED);
    FACTS.message(stored, "conversationName", "Another name");

    assertThat(digests.write(id, values))
        .hasValueSatisfying(
            content ->
                assertThat(content.unread().named())
                    .extracting(MailContent.Conversation::name)
                    .containsExactly("Another name"));
  }

  @Test
  void whatDidNotGoOutInTimeShouldBeToldLater() {
    wants(ON);
    missed(inHike(1, "Later"));
    UUID id = underWay();
    Map<String, String> values = Map.of("user", ann.toString());

    digests.ended(id, values, End.EXPIRED);

    assertThat(row()).containsEntry("under_way", false).containsEntry("waits", true);
    jdbc.sql("UPDATE digests SET since = now() - interval '2 hours' WHERE user_id = ?")
        .param(ann.value())
        .update();
    look();
    only();
  }

  @Test
  void aMailOfBeforeShouldBeWrittenByNobody() {
    wants(ON);
    missed(inHike(1, "Hello"));
    UUID id = underWay();

    assertThat(digests.write(UUID.randomUUID(), Map.of("user", ann.toString()))).isEmpty();
    assertThat(digests.write(id, Map.of("user", user().toString()))).isEmpty();
    assertThat(digests.write(id, Map.of("user", ann.toString()))).isPresent();
  }

  // --- no more of them

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        ""
      })
  void oneClickShouldEndThemAndNothingElse(String contentType) throws Exception {
    register(ann, token("ann"), "android");
    wants(ON + ",\"keywords\":[\"release\"]");
    missed(inHike(1, "Hello"));
    look();
    URI link = URI.create(unsubscribeLink(only()));
    String path = link.getPath() + "?" + link.getQuery();
    String body =
        contentType.startsWith("multipart")
            ? "--x\r\n"
                + "Content-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
                + "One-Click\r\n"
                + "--x--\r\n"
            : "List-Unsubscribe=One-Click";

    HttpResponse<String> answer = post(path, contentType, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    JsonNode settings = JSON.readTree(call("GET", SETTINGS, TOKENS.of(ann), null).body());
    assertThat(settings.at("/digest/on").asBoolean()).isFalse();
    assertThat(settings.at("/digest/afterMinutes").asInt()).isEqualTo(60);
    assertThat(settings.at("/keywords/0").asString()).isEqualTo("release");
    assertThat(post(path, contentType, body).statusCode()).isEqualTo(204);
    missed(inHike(2, "More"));
    look();
    assertThat(mails(address)).hasSize(1);
  }

  @Test
  void aMailThatIsUnderWayShouldNotGoOutAfterThat() {
    wants(ON);
    missed(inHike(1, "Hello"));
    UUID id = underWay();

    set(ann, "\"digest\":{\"on\":false}");

    assertThat(digests.write(id, Map.of("user", ann.toString()))).isEmpty();
  }

  @Test
  void aVisitShouldEndNothing() throws Exception {
    wants(ON);
    missed(inHike(1, "Hello"));
    look();
    URI link = URI.create(unsubscribeLink(only()));

    HttpResponse<String> visit = call("GET", link.getPath() + "?" + link.getQuery(), null, null);

    assertThat(visit.statusCode()).isEqualTo(303);
    assertThat(visit.headers().firstValue("Location"))
        .hasValue(
            "https://chat.example/unsubscribe#" + link.getQuery().substring("token=".length()));
    assertThat(visit.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(call("GET", UNSUBSCRIBE + "?token=AAAA", null, null).statusCode()).isEqualTo(404);
    JsonNode settings = JSON.readTree(call("GET", SETTINGS, TOKENS.of(ann), null).body());
    assertThat(settings.at("/digest/on").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "AAAA", "%00", "..%2F..", "not!base64"})
  void whatIsNoLinkShouldEndNothing(String token) {
    HttpResponse<String> answer = post(UNSUBSCRIBE + "?token=" + token, "text/plain", "x");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("/not-found");
  }

  @Test
  void aLinkWithoutItsTokenOrWithAnothersShouldBeRefused() {
    String good = new UnsubscribeTokens(access(SECRET)).make(ann);
    String foreign =
        new UnsubscribeTokens(access("b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlci0xMjM0")).make(ann);

    assertThat(post(UNSUBSCRIBE, "text/plain", "x").statusCode()).isEqualTo(400);
    assertThat(post(UNSUBSCRIBE + "?token=" + foreign, "text/plain", "x").statusCode())
        .isEqualTo(404);
    assertThat(
            post(UNSUBSCRIBE + "?token=" + good + "x".repeat(300), "text/plain", "x").statusCode())
        .isEqualTo(404);
    assertThat(post(UNSUBSCRIBE + "?token=" + good, "text/plain", "x".repeat(70_000)).statusCode())
        .isEqualTo(413);
    assertThat(post(UNSUBSCRIBE + "?token=" + good, "text/plain", "").statusCode()).isEqualTo(204);
  }

  // ---

  private static AccessProperties access(String secret) {
    return new AccessProperties(secret, List.of(), null, List.of());
  }

  private void wants(String members) {
    MAILBOXES.add(ann, address, "Ann", "en");
    set(ann, members);
  }

  private void set(UserId user, String members) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + SETTINGS))
                .header("Authorization", "Bearer " + TOKENS.of(user))
                .header("Content-Type", "application/json")
                .header("If-Match", "*")
                .PUT(HttpRequest.BodyPublishers.ofString("{" + members + "}"))
                .build());
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
  }

  private HttpResponse<String> post(String path, String contentType, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    return send(request.build());
  }

  private Stored inHike(long seq, String text) {
    Stored stored = message(hike, seq, "GROUP", text, ann);
    FACTS.message(stored, "conversationName", "Weekend hike");
    FACTS.message(stored, "senderName", "Ben");
    return stored;
  }

  /** They were told of, and are two hours old. */
  private void missed(Stored... all) {
    publish(all);
    for (Stored one : all) {
      await("row", () -> decided(ann, one) != null);
    }
    settled();
    age(ann);
  }

  private static void age(UserId user) {
    jdbc.sql(
            """
            UPDATE notifications SET created_at = now() - interval '11 min',
              sent_at = sent_at - interval '2 hours'
            WHERE user_id = ? AND created_at > now() - interval '10 min'
            """)
        .param(user.value())
        .update();
  }

  private int inARow() {
    return jdbc.sql("SELECT in_a_row FROM digests WHERE user_id = ?")
        .param(ann.value())
        .query(Integer.class)
        .single();
  }

  private void unpause() {
    jdbc.sql("UPDATE digests SET not_before = now() WHERE user_id = ?").param(ann.value()).update();
  }

  private void look() {
    backToTheBeginning();
    digests.look();
  }

  private static void backToTheBeginning() {
    jdbc.sql("UPDATE digest_scans SET through = now() - interval '1 hour'").update();
  }

  /** A mail that nobody was told of. */
  private UUID underWay() {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO digests (user_id, mail_id, not_before)
            VALUES (?, ?, now() + interval '1 hour')
            """)
        .params(ann.value(), id)
        .update();
    return id;
  }

  private Map<String, Object> row() {
    return requireNonNull(rowOf(ann));
  }

  private static @Nullable Map<String, Object> rowOf(UserId user) {
    return jdbc
        .sql(
            """
            SELECT mail_id IS NOT NULL AS under_way, since IS NOT NULL AS waits,
              told_through AS told
            FROM digests WHERE user_id = ?
            """)
        .param(user.value())
        .query()
        .listOfRows()
        .stream()
        .findFirst()
        .orElse(null);
  }

  private MimeMessage only() {
    await("mail to " + address, () -> !mails(address).isEmpty());
    assertThat(mails(address)).hasSize(1);
    return mails(address).getFirst();
  }

  private static List<MimeMessage> mails(String to) {
    return Arrays.stream(MAILS.getReceivedMessages()).filter(mail -> isTo(mail, to)).toList();
  }

  private static boolean isTo(MimeMessage mail, String to) {
    try {
      return mail.getRecipients(RecipientType.TO)[0].toString().equals(to);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unsubscribeLink(MimeMessage mail) throws Exception {
    String header = mail.getHeader("List-Unsubscribe")[0].replaceAll("\\s", "");
    assertThat(header).startsWith("<").endsWith(">");
    return header.substring(1, header.length() - 1);
  }
}

package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.localstack.fleet.MailCatcher;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.systemtests.RunningFleet.User;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Somebody is away while two people write, sleeps, wakes up and reads one conversation on one of
 * three devices: what each device was told, from the gateway to the push services, and what a mail
 * tells her in the end.
 */
class NotificationStoryIT {

  private static final int UNREAD = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final User ann = register("ann");
  private final User ben = register("ben");
  private final User cleo = register("cleo");
  private final String address = ann.name() + "@example.org";

  @Test
  void whatIsMissedShouldRingOnceOnEachDeviceAndGoWhenItIsRead() throws Exception {
    Http anns = ann.http();
    set(anns, digest());
    String phone = "android-" + ann.id();
    String tablet = "ios-" + ann.id();
    String browser = subscribe();
    device(Map.of("token", phone, "platform", "android", "locale", "de"));
    device(Map.of("token", tablet, "platform", "ios"));
    List<String> devices = List.of(phone, tablet, browser);
    String withBen = RunningFleet.direct(ben, ann);
    String withCleo = RunningFleet.direct(cleo, ann);

    // She is away.
    Set<String> fromBen = new HashSet<>();
    Set<String> fromCleo = new HashSet<>();
    for (int i = 0; i < UNREAD; i++) {
      fromBen.add(send(ben, withBen, "b" + i));
      fromCleo.add(send(cleo, withCleo, "c" + i));
    }
    Set<String> missed = new HashSet<>(fromBen);
    missed.addAll(fromCleo);
    for (String device : devices) {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(rung(device)).hasSize(missed.size()));
      assertThat(rung(device)).containsExactlyInAnyOrderElementsOf(missed);
    }

    // She sleeps.
    setQuietHours(anns);
    String late = send(ben, withBen, "late");
    long lateSeq = seq(ben, withBen, late);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode decision = decision(anns, withBen, lateSeq);
              assertThat(decision.get("decision").asString()).isEqualToIgnoringCase("none");
              assertThat(decision.get("reason").asString()).isEqualTo("quiet-hours");
              assertThat(decision.get("why").asString()).contains("quiet hours");
            });

    // She reads what Ben wrote, on one device.
    Answer read =
        anns.call("PUT", "/api/v1/conversations/" + withBen + "/read", Map.of("seq", lateSeq));
    assertThat(read.status()).as(read.response().body()).isLessThan(300);
    for (String device : devices) {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(withdrawn(device, withBen)).isTrue());
      assertThat(last(device, withBen).at("/badge").asString()).isEqualTo(Integer.toString(UNREAD));
      assertThat(withdrawn(device, withCleo)).isFalse();
    }
    assertThat(unread(anns, withCleo)).isEqualTo(UNREAD);

    // Hours later a mail is due, and waits for the end of the night.
    hoursPass();
    await().atMost(PATIENCE).until(this::isDigestPutOff);
    set(anns, digest());
    hoursPass();
    String link = FLEET.mailCatcher().awaitLink(address, "/unsubscribe#");
    List<MailCatcher.Mail> digests =
        FLEET.mailCatcher().to(address).stream()
            .filter(mail -> mail.link("/unsubscribe#").isPresent())
            .toList();
    assertThat(digests).hasSize(1);
    assertThat(digests.getFirst().subject()).isEqualTo("Unread messages at Parley");
    assertThat(digests.getFirst().text())
        .contains(cleo.name(), UNREAD + " unread messages")
        .doesNotContain(ben.name(), "text of");

    // She wants no more of them.
    Answer end =
        new Http(ann.gateway(), "")
            .post(
                "/api/v1/notifications/unsubscribe?token=" + link.substring(link.indexOf('#') + 1),
                "");
    assertThat(end.status()).as(end.response().body()).isEqualTo(204);
    assertThat(anns.get("/api/v1/notifications/settings").json().at("/digest/on").asBoolean(true))
        .isFalse();

    // Nothing was told twice, and nothing in the night.
    for (String device : devices) {
      assertThat(rung(device)).containsExactlyInAnyOrderElementsOf(missed).doesNotContain(late);
    }
  }

  private void device(Map<String, Object> device) {
    Answer answer = ann.http().post("/api/v1/devices", device);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
  }

  /**
   * A browser's subscription at the push service of the fleet.
   *
   * @return how its pushes are found
   */
  private String subscribe() {
    JsonNode subscription = new Http(FLEET.node("fake-fcm").url(), "").post("/web-push", "").json();
    device(Map.of("subscription", subscription, "platform", "web", "locale", "ar"));
    String endpoint = subscription.get("endpoint").asString();
    return endpoint.substring(endpoint.lastIndexOf('/') + 1);
  }

  private static String send(User sender, String conversation, String id) {
    Answer answer =
        sender
            .http()
            .post(
                "/api/v1/conversations/" + conversation + "/messages",
                Map.of("clientMessageId", id, "text", "text of " + id));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("id").asString();
  }

  private static long seq(User user, String conversation, String id) {
    for (JsonNode message :
        user.http()
            .get("/api/v1/conversations/" + conversation + "/messages")
            .json()
            .get("items")) {
      if (message.get("id").asString().equals(id)) {
        return message.get("seq").asLong();
      }
    }
    throw new AssertionError("no message " + id);
  }

  /** All days but one that is neither today nor near it: a whole week is refused. */
  private static void setQuietHours(Http http) {
    DayOfWeek awake = LocalDate.now(ZoneOffset.UTC).getDayOfWeek().plus(3);
    List<String> days =
        Stream.of(DayOfWeek.values())
            .filter(day -> day != awake)
            .map(day -> day.name().toLowerCase(Locale.ROOT))
            .toList();
    Map<String, Object> settings = digest();
    settings.put("timeZone", "Etc/UTC");
    settings.put("quietHours", List.of(Map.of("days", days, "from", "00:00", "to", "00:00")));
    set(http, settings);
  }

  private static Map<String, Object> digest() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("digest", Map.of("on", true, "afterMinutes", 120));
    return settings;
  }

  private static void set(Http http, Map<String, Object> settings) {
    Answer answer =
        http.call("PUT", "/api/v1/notifications/settings", settings, Map.of("If-Match", "*"));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
  }

  /** For her digest. */
  private void hoursPass() throws SQLException {
    try (Connection database = RunningFleet.notificationDatabase();
        PreparedStatement update =
            database.prepareStatement(
                """
                UPDATE digests SET since = since - interval '3 hours',
                  not_before = not_before - interval '10 days'
                WHERE user_id = CAST(? AS uuid)
                """)) {
      update.setString(1, ann.id());
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  private boolean isDigestPutOff() throws SQLException {
    try (Connection database = RunningFleet.notificationDatabase();
        PreparedStatement query =
            database.prepareStatement(
                """
                SELECT FROM digests
                WHERE user_id = CAST(? AS uuid) AND mail_id IS NULL AND not_before > now()
                """)) {
      query.setString(1, ann.id());
      return query.executeQuery().next();
    }
  }

  private static JsonNode decision(Http http, String conversation, long seq) {
    Answer answer =
        http.get("/api/v1/notifications/decisions?conversationId=" + conversation + "&seq=" + seq);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json();
  }

  private static long unread(Http http, String conversation) {
    for (JsonNode item : http.get("/api/v1/conversations").json().get("items")) {
      if (item.get("id").asString().equals(conversation)) {
        return item.get("unread").asLong();
      }
    }
    throw new AssertionError("no conversation " + conversation);
  }

  // --- what a push service got, the newest first

  private static List<String> rung(String device) {
    return pushes(device).stream()
        .filter(data -> data.get("kind").asString().equals("RING"))
        .map(data -> data.get("messageId").asString())
        .toList();
  }

  private static JsonNode last(String device, String conversation) {
    return pushes(device).stream()
        .filter(data -> data.get("conversationId").asString().equals(conversation))
        .findFirst()
        .orElseThrow();
  }

  private static boolean withdrawn(String device, String conversation) {
    return last(device, conversation).get("kind").asString().equals("WITHDRAW");
  }

  private static List<JsonNode> pushes(String device) {
    String token = URLEncoder.encode(device, StandardCharsets.UTF_8);
    List<JsonNode> data = new ArrayList<>();
    for (JsonNode push :
        new Http(FLEET.node("fake-fcm").url(), "")
            .get("/pushes?token=" + token)
            .json()
            .get("items")) {
      JsonNode message = push.get("message");
      data.add(message.has("data") ? message.get("data") : message);
    }
    return data;
  }
}

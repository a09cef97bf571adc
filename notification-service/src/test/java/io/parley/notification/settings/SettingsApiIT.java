package io.parley.notification.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.events.NotificationSettingsChanged;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import io.parley.notification.SettingsQueue;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Message;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class SettingsApiIT extends ServiceHarness {

  private static final String PATH = "/api/v1/notifications/settings";
  private static final String ALL_SET =
      """
      {
        "push": {"level": "mentions", "temporary": {"level": "none", "until": "9998-01-01T00:00:00Z"}},
        "email": {"level": "none", "temporary": null},
        "keywords": ["Release", "東京", "c++", "two words"],
        "preview": false,
        "timeZone": "Asia/Kathmandu",
        "quietHours": [
          {"days": ["monday", "friday"], "from": "22:00", "to": "06:30"},
          {"days": ["sunday"], "from": "00:00", "to": "00:00"}
        ],
        "alwaysPush": true,
        "maxGroupSize": 30,
        "digest": {"on": true, "afterMinutes": 120}
      }
      """;

  private final AmqpAdmin broker;
  private final Settings settings;
  private final List<NotificationSettingsChanged> told = new ArrayList<>();

  private final UserId ann = user();
  private final String token = TOKENS.of(ann);
  private final String team = UUID.randomUUID().toString();

  SettingsApiIT(@Autowired AmqpAdmin broker, @Autowired Settings settings) {
    this.broker = broker;
    this.settings = settings;
  }

  /** As message-service does it. */
  @BeforeEach
  void declareQueue() {
    SettingsQueue.declare(broker);
  }

  // --- everywhere

  @Test
  void getShouldShowThatNothingIsSet() {
    HttpResponse<String> response = get(PATH);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(etag(response)).isEqualTo("\"0\"");
    assertThat(JSON.readTree(response.body()))
        .isEqualTo(
            JSON.readTree(
                """
                {
                  "push": {"level": null, "temporary": null},
                  "email": {"level": null, "temporary": null},
                  "keywords": [],
                  "preview": null,
                  "timeZone": null,
                  "quietHours": [],
                  "alwaysPush": false,
                  "maxGroupSize": null,
                  "digest": {"on": null, "afterMinutes": null}
                }
                """));
  }

  @Test
  void putShouldKeepAllAndTellTheOtherDevices() {
    HttpResponse<String> put = put(PATH, ALL_SET, "\"0\"");

    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    assertThat(JSON.readTree(put.body())).isEqualTo(JSON.readTree(ALL_SET));
    HttpResponse<String> got = get(PATH);
    assertThat(got.body()).isEqualTo(put.body());
    assertThat(etag(got)).isEqualTo(etag(put)).isNotEqualTo("\"0\"");
    assertThat(told(ann)).isEqualTo(new NotificationSettingsChanged(ann, "global", null, null));
    UserSettings read = Objects.requireNonNull(settings.of(List.of(ann)).get(ann));
    assertThat(read.level(conversation(team), null, Channel.PUSH, Instant.EPOCH))
        .isEqualTo(Level.NONE);
    assertThat(read.keywords().matches("a new RELEASE")).isTrue();
    assertThat(read.digestAfter()).isEqualTo(Duration.ofMinutes(120));
  }

  @Test
  void whatWasReadShouldBePutAgain() {
    String first = put(PATH, ALL_SET, "\"0\"").body();

    HttpResponse<String> again = put(PATH, first, etag(get(PATH)));

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.body()).isEqualTo(first);
  }

  @Test
  void whatIsLeftOutShouldBeAsTheInstallationHasIt() {
    put(PATH, ALL_SET, "\"0\"");
    String tag = etag(get(PATH));

    HttpResponse<String> put = put(PATH, "{}", tag);

    assertThat(put.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(put.body()).get("keywords")).isEmpty();
    assertThat(JSON.readTree(put.body()).get("timeZone").isNull()).isTrue();
    UserSettings read = Objects.requireNonNull(settings.of(List.of(ann)).get(ann));
    assertThat(read.level(conversation(team), null, Channel.PUSH, Instant.EPOCH))
        .isEqualTo(Level.ALL);
    assertThat(read.keywords().isEmpty()).isTrue();
  }

  @Test
  void theSecondOfTwoDevicesThatReadTheSameShouldReadAgain() {
    String read = etag(get(PATH));

    assertThat(put(PATH, "{\"alwaysPush\":true}", read).statusCode()).isEqualTo(200);
    assertRefused(put(PATH, "{\"preview\":false}", read), 412, "precondition-failed");

    assertThat(JSON.readTree(get(PATH).body()).get("alwaysPush").asBoolean()).isTrue();
    assertThat(put(PATH, "{\"preview\":false}", etag(get(PATH))).statusCode()).isEqualTo(200);
  }

  @Test
  void onlyOneOfManyDevicesAtOnceShouldWin() throws Exception {
    String read = etag(get(PATH));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String body = "{\"maxGroupSize\":" + (10 + i) + "}";
        calls.add(() -> put(PATH, body, read).statusCode());
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> one : threads.invokeAll(calls)) {
        statuses.add(one.get());
      }
      assertThat(statuses).containsOnly(200, 412).containsOnlyOnce(200);
    }
  }

  @Test
  void ifMatchShouldBeReadAsHttpHasIt() {
    assertRefused(put(PATH, "{}", null), 428, "if-match-required");
    assertRefused(put(PATH, "{}", "\"7\""), 412, "precondition-failed");
    assertRefused(put(PATH, "{}", "W/\"0\""), 412, "precondition-failed");
    assertRefused(put(PATH, "{}", "0"), 412, "precondition-failed");
    assertRefused(put(PATH, "{}", "nonsense"), 412, "precondition-failed");
    assertThat(put(PATH, "{}", "\"7\", \"0\"").statusCode()).isEqualTo(200);
    assertThat(put(PATH, "{}", "*").statusCode()).isEqualTo(200);
  }

  @Test
  void aReadWithTheTagShouldBeNotModified() {
    HttpResponse<String> response =
        send(request("GET", PATH, null).header("If-None-Match", "\"0\"").build());

    assertThat(response.statusCode()).isEqualTo(304);
  }

  @Test
  void aLevelWhoseTimeIsOverShouldBeLeftOut() {
    String body =
        "{\"push\":{\"level\":\"all\",\"temporary\":{\"level\":\"none\",\"until\":\"%s\"}}}";

    HttpResponse<String> past = put(PATH, body.formatted("2026-01-01T00:00:00Z"), "*");
    assertThat(JSON.readTree(past.body()).at("/push/temporary").isNull()).isTrue();
    HttpResponse<String> now = put(PATH, body.formatted("9998-01-01T00:00:00Z"), "*");
    assertThat(JSON.readTree(now.body()).at("/push/temporary/level").asString()).isEqualTo("none");
    jdbc.sql("UPDATE notification_settings SET push_temporary_until = now() WHERE user_id = ?")
        .param(ann.value())
        .update();

    JsonNode later = JSON.readTree(get(PATH).body());
    assertThat(later.at("/push/temporary").isNull()).isTrue();
    assertThat(later.at("/push/level").asString()).isEqualTo("all");
  }

  @Test
  void keywordsShouldNotLieAboutInPlainText() {
    put(PATH, "{\"keywords\":[\"confidential\"]}", "*");

    String row =
        jdbc.sql("SELECT CAST(s AS text) FROM notification_settings s WHERE user_id = ?")
            .param(ann.value())
            .query(String.class)
            .single();

    // A bytea is shown in hex.
    assertThat(row).doesNotContain("confidential").doesNotContain("636f6e666964656e7469616c");
  }

  @Test
  void theLargestSettingsShouldBeTaken() {
    List<String> keywords =
        IntStream.range(0, 50).mapToObj(i -> "字".repeat(57) + (100 + i)).toList();
    List<Map<String, Object>> windows =
        IntStream.range(0, 28)
            .mapToObj(
                i ->
                    Map.<String, Object>of(
                        "days",
                        List.of("monday", "tuesday", "wednesday", "thursday", "friday"),
                        "from",
                        "%02d:%02d".formatted(i % 24, i),
                        "to",
                        "%02d:%02d".formatted(i % 24, i + 1)))
            .toList();

    HttpResponse<String> put =
        put(
            PATH,
            JSON.writeValueAsString(
                Map.of("keywords", keywords, "quietHours", windows, "maxGroupSize", 100_000)),
            "*");

    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    UserSettings read = Objects.requireNonNull(settings.of(List.of(ann)).get(ann));
    assertThat(read.keywords().matches("x " + keywords.get(49) + " y")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "\"text\"",
        "{} trailing",
        "{\"unknown\":1}",
        "{\"preview\":true,\"preview\":true}",
        "{\"preview\":\"true\"}",
        "{\"preview\":1}",
        "{\"alwaysPush\":\"yes\"}",
        "{\"push\":\"all\"}",
        "{\"push\":[]}",
        "{\"push\":{\"level\":\"ALL\"}}",
        "{\"push\":{\"level\":\"loud\"}}",
        "{\"push\":{\"level\":0}}",
        "{\"push\":{\"level\":\"\"}}",
        "{\"push\":{\"level\":\"all\",\"until\":\"9998-01-01T00:00:00Z\"}}",
        "{\"push\":{\"temporary\":{\"level\":\"none\"}}}",
        "{\"push\":{\"temporary\":{\"until\":\"9998-01-01T00:00:00Z\"}}}",
        "{\"push\":{\"temporary\":{\"level\":\"none\",\"until\":\"tomorrow\"}}}",
        "{\"push\":{\"temporary\":{\"level\":\"none\",\"until\":\"+12026-01-01T00:00:00Z\"}}}",
        "{\"email\":{\"temporary\":{\"level\":null,\"until\":\"9998-01-01T00:00:00Z\"}}}",
        "{\"keywords\":\"release\"}",
        "{\"keywords\":[1]}",
        "{\"keywords\":[null]}",
        "{\"keywords\":[\"\"]}",
        "{\"keywords\":[\" \"]}",
        "{\"keywords\":[\"\\u200b\"]}",
        "{\"keywords\":[\"a\\u0000b\"]}",
        "{\"keywords\":[\"\\ud800\"]}",
        "{\"keywords\":[\"0123456789012345678901234567890123456789012345678901234567890\"]}",
        "{\"keywords\":[\"Release\",\"RELEASE\"]}",
        "{\"keywords\":[\"a b\",\"Ａ  Ｂ\"]}",
        "{\"timeZone\":\"\"}",
        "{\"timeZone\":\"Mars/Olympus\"}",
        "{\"timeZone\":\"europe/berlin\"}",
        "{\"timeZone\":\"+02:00\"}",
        "{\"timeZone\":\"UTC+2\"}",
        "{\"timeZone\":1}",
        "{\"quietHours\":{}}",
        "{\"quietHours\":[null]}",
        "{\"quietHours\":[{}]}",
        "{\"quietHours\":[{\"days\":[],\"from\":\"22:00\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"mon\"],\"from\":\"22:00\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[0],\"from\":\"22:00\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[null],\"from\":\"22:00\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\"],\"from\":\"24:00\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\"],\"from\":\"9:00\",\"to\":\"10:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\"],\"from\":\"22:60\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\"],\"from\":\"22:00:00\",\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\"],\"from\":2200,\"to\":\"06:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\"],\"from\":\"22:00\"}]}",
        "{\"quietHours\":[{\"days\":[\"monday\",\"tuesday\",\"wednesday\",\"thursday\",\"friday\","
            + "\"saturday\",\"sunday\"],\"from\":\"08:00\",\"to\":\"08:00\"}]}",
        "{\"maxGroupSize\":1}",
        "{\"maxGroupSize\":100001}",
        "{\"maxGroupSize\":2.5}",
        "{\"maxGroupSize\":\"50\"}",
        "{\"digest\":true}",
        "{\"digest\":{\"on\":\"yes\"}}",
        "{\"digest\":{\"afterMinutes\":9}}",
        "{\"digest\":{\"afterMinutes\":4321}}",
        "{\"digest\":{\"every\":1}}"
      })
  void putShouldRefuseWhatAreNoSettings(String body) {
    assertRefused(put(PATH, body, "*"), 400, "invalid-request");
    assertThat(etag(get(PATH))).isEqualTo("\"0\"");
  }

  @Test
  void putShouldRefuseTooMany() {
    List<String> keywords = IntStream.range(0, 51).mapToObj(i -> "word" + i).toList();
    List<Map<String, Object>> windows =
        IntStream.range(0, 29)
            .mapToObj(
                i ->
                    Map.<String, Object>of(
                        "days", List.of("monday"), "from", "10:00", "to", "11:00"))
            .toList();

    HttpResponse<String> refusal =
        put(PATH, JSON.writeValueAsString(Map.of("keywords", keywords)), "*");
    assertRefused(refusal, 400, "invalid-request");
    assertThat(refusal.body()).contains("\"field\":\"keywords\"");
    assertRefused(
        put(PATH, JSON.writeValueAsString(Map.of("quietHours", windows)), "*"),
        400,
        "invalid-request");
    assertRefused(
        put(PATH, JSON.writeValueAsString(Map.of("timeZone", "x".repeat(70_000))), "*"),
        413,
        "body-too-large");
  }

  @Test
  void defaultsShouldBeTheInstallations() {
    assertThat(JSON.readTree(get(PATH + "/defaults").body()))
        .isEqualTo(
            JSON.readTree(
                """
                {"level": "all", "previews": true, "timeZone": "UTC",
                 "digest": {"on": true, "afterMinutes": 480}}
                """));
  }

  // --- conversations and threads

  @ParameterizedTest
  @CsvSource({"conversations/%s, conversation, ", "threads/%s/17, thread, 17"})
  void anOverrideShouldBeSetReadAndTakenAway(String form, String scope, @Nullable Long threadSeq) {
    String path = PATH + "/" + form.formatted(team);
    String body =
        "{\"push\":{\"level\":\"none\",\"temporary\":null},"
            + "\"email\":{\"level\":null,\"temporary\":"
            + "{\"level\":\"mentions\",\"until\":\"9998-01-01T00:00:00Z\"}}}";
    assertRefused(get(path), 404, "not-found");
    assertRefused(delete(path, null), 404, "not-found");

    HttpResponse<String> put = put(path, body, null);

    assertThat(put.statusCode()).as(put.body()).isEqualTo(200);
    JsonNode view = JSON.readTree(put.body());
    assertThat(view.propertyNames())
        .containsExactly("conversationId", "threadSeq", "push", "email");
    assertThat(view.get("conversationId").asString()).isEqualTo(team);
    assertThat(view.get("push")).isEqualTo(JSON.readTree(body).get("push"));
    assertThat(view.get("email")).isEqualTo(JSON.readTree(body).get("email"));
    HttpResponse<String> got = get(path);
    assertThat(got.body()).isEqualTo(put.body());
    assertThat(etag(got)).isEqualTo(etag(put));
    NotificationSettingsChanged expected =
        new NotificationSettingsChanged(ann, scope, conversation(team), threadSeq);
    assertThat(told(ann)).isEqualTo(expected);
    UserSettings read = Objects.requireNonNull(settings.of(List.of(ann)).get(ann));
    assertThat(read.level(conversation(team), 17L, Channel.PUSH, Instant.EPOCH))
        .isEqualTo(Level.NONE);
    assertThat(read.level(conversation(team), null, Channel.PUSH, Instant.EPOCH))
        .isEqualTo(threadSeq == null ? Level.NONE : Level.ALL);

    assertThat(delete(path, null).statusCode()).isEqualTo(204);
    assertRefused(get(path), 404, "not-found");
    assertThat(told(ann)).isEqualTo(expected);
  }

  @Test
  void anOverrideShouldBeGuardedByIfMatchWhereItIsGiven() {
    String path = PATH + "/conversations/" + team;
    String none = "{\"push\":{\"level\":\"none\"}}";
    String all = "{\"push\":{\"level\":\"all\"}}";

    assertRefused(put(path, none, "*"), 412, "precondition-failed");
    String first = etag(put(path, none, null));
    assertRefused(put(path, all, "\"0\""), 412, "precondition-failed");
    assertRefused(delete(path, "\"0\""), 412, "precondition-failed");
    String second = etag(put(path, all, first));
    assertRefused(put(path, none, first), 412, "precondition-failed");
    assertThat(delete(path, second).statusCode()).isEqualTo(204);
    // What was set anew is not what was read, though it says the same.
    String third = etag(put(path, none, null));
    assertThat(third).isNotIn(first, second);
    assertRefused(put(path, all, first), 412, "precondition-failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"push\":null,\"email\":null}",
        "{\"push\":{}}",
        "{\"push\":{\"temporary\":{\"level\":\"none\",\"until\":\"2026-01-01T00:00:00Z\"}}}",
        "{\"push\":{\"level\":\"some\"}}",
        "{\"level\":\"none\"}",
        "{\"push\":{\"level\":\"none\"},\"keywords\":[]}",
        "{\"push\":{\"level\":\"none\"},\"push\":{\"level\":\"all\"}}"
      })
  void putShouldRefuseWhatIsNoOverride(String body) {
    assertRefused(put(PATH + "/conversations/" + team, body, null), 400, "invalid-request");
    assertRefused(put(PATH + "/threads/" + team + "/1", body, null), 400, "invalid-request");
    assertThat(items(PATH + "/overrides")).isEmpty();
  }

  @Test
  void anOversizedOverrideShouldBeRefused() {
    String body = "{\"push\":{\"level\":\"" + "x".repeat(70_000) + "\"}}";

    assertRefused(put(PATH + "/conversations/" + team, body, null), 413, "body-too-large");
  }

  @Test
  void whatIsNoIdShouldBeRefused() {
    String body = "{\"push\":{\"level\":\"none\"}}";
    for (String bad :
        List.of(
            "/conversations/not-an-id",
            "/conversations/" + "X" + team.substring(1),
            "/conversations/1-1-1-1-1",
            "/threads/" + team + "/0",
            "/threads/" + team + "/-1",
            "/threads/" + team + "/seven",
            "/threads/" + team + "/99999999999999999999",
            "/threads/not-an-id/1")) {
      assertRefused(put(PATH + bad, body, null), 400, "invalid-request");
      assertRefused(get(PATH + bad), 400, "invalid-request");
      assertRefused(delete(PATH + bad, null), 400, "invalid-request");
    }
    assertRefused(get(PATH + "/threads/" + team), 404, "not-found");
    assertRefused(get(PATH + "/conversations"), 404, "not-found");
  }

  @Test
  void othersSettingsShouldNotBeSeen() {
    String path = PATH + "/conversations/" + team;
    put(path, "{\"push\":{\"level\":\"none\"}}", null);
    put(PATH, "{\"keywords\":[\"mine\"]}", "*");
    String ben = TOKENS.of(user());

    assertRefused(call("GET", path, ben, null), 404, "not-found");
    assertRefused(call("DELETE", path, ben, null), 404, "not-found");
    assertThat(call("GET", PATH, ben, null).body()).doesNotContain("mine");
    assertThat(JSON.readTree(call("GET", PATH + "/overrides", ben, null).body()).get("items"))
        .isEmpty();
    assertThat(get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void overridesShouldBePaged() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      String conversation = "00000000-0000-4000-8000-00000000000" + i;
      put(PATH + "/conversations/" + conversation, "{\"push\":{\"level\":\"none\"}}", null);
      put(PATH + "/threads/" + conversation + "/5", "{\"email\":{\"level\":\"all\"}}", null);
      expected.add(conversation + " null");
      expected.add(conversation + " 5");
    }
    // What says nothing any more is not listed.
    jdbc.sql(
            """
            UPDATE notification_overrides SET push_level = NULL, push_temporary_level = 'NONE',
              push_temporary_until = now() - interval '1 second'
            WHERE user_id = ? AND conversation_id = '00000000-0000-4000-8000-000000000003'
              AND thread_seq = 0
            """)
        .param(ann.value())
        .update();
    expected.remove("00000000-0000-4000-8000-000000000003 null");

    List<String> found = new ArrayList<>();
    String next = "";
    int pages = 0;
    while (next != null) {
      JsonNode page = JSON.readTree(get(PATH + "/overrides?limit=5" + next).body());
      page.get("items")
          .forEach(
              item ->
                  found.add(
                      item.get("conversationId").asString()
                          + " "
                          + item.get("threadSeq").asString("null")));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
      pages++;
    }

    assertThat(found).containsExactlyElementsOf(expected);
    assertThat(pages).isEqualTo(3);
    for (String bad : List.of("limit=0", "limit=201", "limit=x", "cursor=x", "cursor=~1")) {
      assertRefused(get(PATH + "/overrides?" + bad), 400, "invalid-request");
    }
  }

  @Test
  void tooManyOverridesShouldBeRefusedUntilOneIsTakenAway() {
    jdbc.sql(
            """
            INSERT INTO notification_overrides (
              user_id, conversation_id, thread_seq, version, push_level, changed_at)
            SELECT ?, gen_random_uuid(), 0, 1, 'NONE', now() FROM generate_series(1, 1999)
            """)
        .param(ann.value())
        .update();
    String path = PATH + "/conversations/" + team;
    assertThat(put(path, "{\"push\":{\"level\":\"none\"}}", null).statusCode()).isEqualTo(200);

    HttpResponse<String> refusal =
        put(PATH + "/threads/" + team + "/3", "{\"push\":{\"level\":\"none\"}}", null);

    assertRefused(refusal, 409, "too-many-overrides");
    assertThat(JSON.readTree(refusal.body()).get("maxOverrides").asInt()).isEqualTo(2000);
    assertThat(put(path, "{\"push\":{\"level\":\"all\"}}", null).statusCode()).isEqualTo(200);
    delete(path, null);
    assertThat(
            put(PATH + "/threads/" + team + "/3", "{\"push\":{\"level\":\"none\"}}", null)
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aChangeShouldBeToldOnceTheBrokerIsBack() throws Exception {
    RABBITMQ.shut();
    try {
      assertThat(put(PATH, "{\"alwaysPush\":true}", "*").statusCode()).isEqualTo(200);
    } finally {
      RABBITMQ.open();
    }

    assertThat(told(ann)).isEqualTo(new NotificationSettingsChanged(ann, "global", null, null));
  }

  @Test
  void aStoreThatIsAwayShouldBeAProblem() throws Exception {
    POSTGRES.shut();
    try {
      assertRefused(get(PATH), 503, "store-unavailable");
      assertRefused(put(PATH, "{}", "*"), 503, "store-unavailable");
    } finally {
      POSTGRES.open();
    }
    await("PostgreSQL", () -> get(PATH).statusCode() == 200);
  }

  // --- who

  @Test
  void everyCallShouldNeedAGoodAccessTokenAndItsScope() {
    String without = TOKENS.with(ann, EnumSet.complementOf(EnumSet.of(Scope.NOTIFICATIONS_MANAGE)));
    String only = TOKENS.with(ann, EnumSet.of(Scope.NOTIFICATIONS_MANAGE));
    String body = "{\"push\":{\"level\":\"none\"}}";
    for (String path :
        List.of(
            "", "/defaults", "/overrides", "/conversations/" + team, "/threads/" + team + "/1")) {
      for (String method : List.of("GET", "PUT", "DELETE")) {
        String sent = method.equals("PUT") ? body : null;
        assertRefused(call(method, PATH + path, null, sent), 401, "unauthenticated");
        assertRefused(
            call(method, PATH + path, TOKENS.signedByAnother(ann), sent), 401, "unauthenticated");
        assertRefused(call(method, PATH + path, TOKENS.expired(ann), sent), 401, "token-expired");
      }
      assertRefused(call("GET", PATH + path, without, null), 403, "insufficient-scope");
    }
    assertRefused(
        call("PUT", PATH + "/conversations/" + team, without, body), 403, "insufficient-scope");
    assertThat(call("GET", PATH, only, null).statusCode()).isEqualTo(200);
    assertRefused(call("POST", PATH, only, "{}"), 405, "method-not-allowed");
    assertRefused(call("DELETE", PATH, only, null), 405, "method-not-allowed");
  }

  // ---

  private HttpResponse<String> get(String path) {
    return call("GET", path, token, null);
  }

  private HttpResponse<String> put(String path, String body, @Nullable String ifMatch) {
    return guarded(request("PUT", path, body), ifMatch);
  }

  private HttpResponse<String> delete(String path, @Nullable String ifMatch) {
    return guarded(request("DELETE", path, null), ifMatch);
  }

  private static HttpResponse<String> guarded(
      HttpRequest.Builder request, @Nullable String ifMatch) {
    return send(ifMatch == null ? request.build() : request.header("If-Match", ifMatch).build());
  }

  private HttpRequest.Builder request(String method, String path, @Nullable String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body));
  }

  private static String etag(HttpResponse<String> response) {
    return response.headers().firstValue("ETag").orElseThrow(() -> new AssertionError("no ETag"));
  }

  private List<JsonNode> items(String path) {
    return JSON.readTree(get(path).body()).get("items").valueStream().toList();
  }

  /** The next event about the user. */
  private NotificationSettingsChanged told(UserId user) {
    await(
        "event",
        () -> {
          Message message = receive();
          if (message != null) {
            told.add(JSON.readValue(message.getBody(), NotificationSettingsChanged.class));
          }
          return told.stream().anyMatch(event -> event.userId().equals(user));
        });
    NotificationSettingsChanged first =
        told.stream().filter(event -> event.userId().equals(user)).findFirst().orElseThrow();
    told.remove(first);
    return first;
  }

  private @Nullable Message receive() {
    try {
      return rabbit.receive(NotificationSettingsChanged.QUEUE);
    } catch (AmqpException e) {
      // The broker is only just back.
      return null;
    }
  }

  private static ConversationId conversation(String id) {
    return ConversationId.valueOf(id);
  }

  private static void assertRefused(HttpResponse<String> response, int status, String slug) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(JSON.readTree(response.body()).get("type").asString()).endsWith("/" + slug);
  }
}

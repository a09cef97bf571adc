package io.parley.message.scheduled;

import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.ConcurrentTest;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.NodeCutOff;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.log.AppendWindow;
import io.parley.message.log.Counters;
import io.parley.message.log.EventId;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.scheduled.ScheduledMessage.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Messages that are sent later, on two nodes, with nodes that stop between any two steps. */
class SchedulingIT {

  private static final String ALL = "/api/v1/users/me/scheduled";
  private static final Duration FAR = Duration.ofHours(1);

  private final Duo duo = new Duo();

  private static Map<String, Object> message(String name, String text, Duration in) {
    Map<String, Object> message = new HashMap<>();
    message.put("clientMessageId", name);
    message.put("text", text);
    message.put("at", Instant.now().plus(in).truncatedTo(ChronoUnit.MILLIS).toString());
    return message;
  }

  private static String path(Object conversation) {
    return "/api/v1/conversations/" + conversation + "/scheduled";
  }

  private String path() {
    return path(duo.id);
  }

  private static JsonNode created(Answer answer) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json();
  }

  private JsonNode schedule(String text, Duration in) {
    return created(duo.asAnn.post(path(), message(UUID.randomUUID().toString(), text, in)));
  }

  private String scheduleId(String text, Duration in) {
    return schedule(text, in).get("id").asString();
  }

  private static List<JsonNode> items(Http http, String path) {
    Answer answer = http.get(path);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    List<JsonNode> items = new ArrayList<>();
    answer.json().get("items").forEach(items::add);
    return items;
  }

  /** Texts, the oldest first. */
  private List<String> history() {
    return duo.history(duo.asBen).reversed().stream()
        .map(event -> event.path("text").asString(""))
        .toList();
  }

  private long times(String text) {
    return history().stream().filter(text::equals).count();
  }

  private @Nullable ScheduledMessage row(String id) {
    return Nodes.A.get(CassandraScheduledStore.class).find(duo.ann, UUID.fromString(id));
  }

  private State state(String id) {
    return Objects.requireNonNull(row(id)).state();
  }

  private void untilSent(String id) throws Exception {
    until(() -> state(id) == State.SENT);
  }

  /** What is due is looked for again by all nodes. */
  private static void settle() throws InterruptedException {
    Thread.sleep(1_000);
  }

  /**
   * Has its time come, as its author could not ask for: no slow machine comes too late for that.
   * Nobody looks for it then.
   */
  private Due become(String id, Instant due) {
    ScheduledMessage waiting = Objects.requireNonNull(row(id));
    ScheduledMessage changed =
        waiting.edited(waiting.content().text(), due.truncatedTo(ChronoUnit.MILLIS), Instant.now());
    assertThat(Nodes.A.get(CassandraScheduledStore.class).replace(waiting, changed)).isTrue();
    return Due.of(changed);
  }

  /** The same, and all nodes look for it. */
  private void bringForward(String id, Instant due) {
    Nodes.A.get(CassandraDueStore.class).put(become(id, due));
  }

  private static void putBack(FrozenSender frozen) {
    ScheduledMessage row = frozen.row();
    Nodes.A.get(CassandraDueStore.class).put(Due.of(row, Instant.now()));
  }

  @ConcurrentTest
  void messageShouldBeSentAtItsTimeAndLeaveTheList() throws Exception {
    try (StompClient own = StompClient.connect(Nodes.B.http(), duo.asAnn.token());
        StompClient other = StompClient.connect(Nodes.A.http(), duo.asBen.token())) {
      JsonNode scheduled = schedule("later", FAR);
      assertThat(scheduled.get("state").asString()).isEqualTo("waiting");
      JsonNode told = own.event("SCHEDULED");
      assertThat(told.get("state").asString()).isEqualTo("waiting");
      assertThat(told.get("text").asString()).isEqualTo("later");
      assertThat(items(duo.asAnnAtB, path())).hasSize(1);
      assertThat(items(duo.asAnnAtB, ALL)).containsExactly(scheduled);
      assertThat(duo.history(duo.asBen)).isEmpty();

      String at = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.MILLIS).toString();
      Answer changed =
          duo.asAnn.call("PATCH", path() + "/" + scheduled.get("id").asString(), Map.of("at", at));
      assertThat(changed.status()).as(changed.response().body()).isEqualTo(200);
      JsonNode heard = other.event("MESSAGE");
      assertThat(heard.get("text").asString()).isEqualTo("later");
      assertThat(heard.get("id")).isEqualTo(scheduled.get("id"));
      assertThat(heard.get("clientMessageId")).isEqualTo(scheduled.get("clientMessageId"));
      assertThat(heard.get("authorId").asString()).isEqualTo(duo.ann.toString());
      assertThat(Instant.parse(heard.get("at").asString())).isAfterOrEqualTo(Instant.parse(at));
      JsonNode sent = own.event(event -> event.path("state").asString("").equals("sent"));
      assertThat(sent.get("seq")).isEqualTo(heard.get("seq"));
      assertThat(sent.has("text")).isFalse();
      assertThat(items(duo.asAnn, path())).isEmpty();
      assertThat(items(duo.asAnn, ALL)).isEmpty();
      // Nothing was read by that.
      assertThat(duo.item(duo.asAnn).get("readSeq").asLong()).isZero();
      assertThat(duo.item(duo.asBen).get("unread").asLong()).isEqualTo(1);
    }
  }

  @Test
  void repeatShouldGetTheOriginalResult() throws Exception {
    Map<String, Object> message = message("s1", "text", FAR);
    JsonNode first = created(duo.asAnn.post(path(), message));
    for (Http http : List.of(duo.asAnn, duo.asAnnAtB)) {
      assertThat(created(http.post(path(), message))).isEqualTo(first);
    }
    for (String member : List.of("text", "at")) {
      Map<String, Object> other = new HashMap<>(message);
      other.put(member, member.equals("at") ? "2026-12-01T00:00:00Z" : "other");
      Answer answer = duo.asAnn.post(path(), other);
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.slug()).isEqualTo("client-message-id-reused");
    }
    bringForward(first.get("id").asString(), Instant.now());
    untilSent(first.get("id").asString());
    JsonNode again = created(duo.asAnnAtB.post(path(), message));
    assertThat(again.get("state").asString()).isEqualTo("sent");
    assertThat(again.get("seq").asLong()).isEqualTo(1);
    // A send of the same name is the same message.
    assertThat(
            duo.asAnn
                .post(duo.path("/messages"), Map.of("clientMessageId", "s1", "text", "text"))
                .json()
                .get("seq")
                .asLong())
        .isEqualTo(1);
    assertThat(times("text")).isEqualTo(1);
  }

  @Test
  void twoNodesShouldStoreOneMessageOnce() {
    for (int i = 0; i < 5; i++) {
      Map<String, Object> message = message("both" + i, "text", FAR);
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (Http http : List.of(duo.asAnn, duo.asAnnAtB, duo.asAnn, duo.asAnnAtB)) {
        answers.add(CompletableFuture.supplyAsync(() -> http.post(path(), message)));
      }
      assertThat(answers.stream().map(each -> created(each.join()).get("id")).distinct())
          .hasSize(1);
    }
    assertThat(items(duo.asAnn, path())).hasSize(5);
  }

  @ConcurrentTest
  void changeShouldCountAndCancelledShouldNeverBeSent() throws Exception {
    try (StompClient own = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      String id = scheduleId("first", FAR);
      String gone = scheduleId("gone", FAR);
      String sooner = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.MILLIS).toString();
      Answer changed =
          duo.asAnnAtB.call("PATCH", path() + "/" + id, Map.of("text", "second", "at", sooner));
      assertThat(changed.status()).as(changed.response().body()).isEqualTo(200);
      assertThat(changed.json().get("text").asString()).isEqualTo("second");
      assertThat(changed.json().get("at").asString()).isEqualTo(sooner);
      own.event(event -> event.path("version").asInt() == 2);
      for (int time = 0; time < 2; time++) {
        assertThat(duo.asAnn.delete(path() + "/" + gone).status()).isEqualTo(204);
      }
      JsonNode cancelled = own.event(event -> event.path("state").asString("").equals("cancelled"));
      assertThat(cancelled.get("id").asString()).isEqualTo(gone);
      untilSent(id);
      assertThat(history()).containsExactly("second");
      Answer late = duo.asAnn.call("PATCH", path() + "/" + id, Map.of("text", "third"));
      assertThat(late.status()).isEqualTo(409);
      assertThat(late.slug()).isEqualTo("scheduled-message-sent");
      assertThat(duo.asAnn.delete(path() + "/" + id).slug()).isEqualTo("scheduled-message-sent");
      assertThat(duo.asAnn.call("PATCH", path() + "/" + gone, Map.of("text", "x")).slug())
          .isEqualTo("scheduled-message-not-found");
      Nodes.A.get(CassandraDueStore.class)
          .put(Due.of(Objects.requireNonNull(row(gone)), Instant.now()));
      settle();
      assertThat(state(gone)).isEqualTo(State.CANCELLED);
      assertThat(history()).containsExactly("second");
      assertThat(Objects.requireNonNull(row(gone)).content().text()).isEmpty();
    }
  }

  @ConcurrentTest
  void messageThatIsPutOffShouldWait() throws Exception {
    String id = scheduleId("text", FAR);
    Due before = Due.of(Objects.requireNonNull(row(id)), Instant.now());
    String later =
        Instant.now().plus(FAR.multipliedBy(2)).truncatedTo(ChronoUnit.MILLIS).toString();
    duo.asAnn.call("PATCH", path() + "/" + id, Map.of("at", later));
    Nodes.A.get(CassandraDueStore.class).put(before);
    settle();
    assertThat(state(id)).isEqualTo(State.WAITING);
    assertThat(items(duo.asAnn, path()).get(0).get("at").asString()).isEqualTo(later);
    assertThat(history()).isEmpty();
  }

  @ConcurrentTest
  void sendNowShouldSendOnce() throws Exception {
    String id = scheduleId("now", FAR);
    Answer sent = duo.asAnn.post(path() + "/" + id + "/send", "");
    assertThat(sent.status()).as(sent.response().body()).isEqualTo(200);
    assertThat(sent.json().get("state").asString()).isEqualTo("sent");
    assertThat(sent.json().get("seq").asLong()).isEqualTo(1);
    assertThat(duo.asAnnAtB.post(path() + "/" + id + "/send", "").json()).isEqualTo(sent.json());
    settle();
    assertThat(history()).containsExactly("now");
    assertThat(items(duo.asAnn, ALL)).isEmpty();
  }

  @Test
  void socketShouldDoWhatRestDoes() throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), duo.asAnn.token())) {
      String app = "/app/conversations/" + duo.id + "/scheduled";
      Map<String, String> headers = Map.of("destination", app, "receipt", "r");
      String at = Instant.now().plus(FAR).toString();
      client.send(
          "SEND", headers, "{\"clientMessageId\":\"s\",\"text\":\"first\",\"at\":\"" + at + "\"}");
      client.receipt("r");
      String id = client.event("SCHEDULED").get("id").asString();
      client.send(
          "SEND",
          Map.of("destination", app + "/change", "receipt", "r"),
          "{\"id\":\"" + id + "\",\"text\":\"second\"}");
      client.receipt("r");
      assertThat(client.event("SCHEDULED").get("text").asString()).isEqualTo("second");
      client.send(
          "SEND", Map.of("destination", app + "/send", "receipt", "r"), "{\"id\":\"" + id + "\"}");
      client.receipt("r");
      client.event(event -> event.path("state").asString("").equals("sent"));
      assertThat(history()).containsExactly("second");
      client.send(
          "SEND",
          Map.of("destination", app + "/cancel", "receipt", "r"),
          "{\"id\":\"" + id + "\"}");
      assertThat(client.refusal("r").body()).contains("scheduled-message-sent");
      client.send("SEND", headers, "{\"clientMessageId\":\"t\",\"text\":\"x\",\"at\":\"no\"}");
      assertThat(client.refusal("r").body()).contains("invalid-request");
      client.send("SEND", Map.of("destination", app + "/cancel", "receipt", "r"), "{}");
      assertThat(client.refusal("r").body()).contains("invalid-request");
    }
  }

  @Test
  void othersShouldNotKnowOfIt() {
    String id = scheduleId("secret", FAR);
    for (Http http : List.of(duo.asBen, duo.asStranger)) {
      for (Answer answer :
          List.of(
              http.delete(path() + "/" + id),
              http.call("PATCH", path() + "/" + id, Map.of("text", "x")),
              http.post(path() + "/" + id + "/send", ""))) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.slug()).isEqualTo("scheduled-message-not-found");
      }
      assertThat(items(http, ALL)).isEmpty();
    }
    assertThat(items(duo.asBen, path())).isEmpty();
    assertThat(duo.asStranger.get(path()).status()).isIn(403, 404);
    assertThat(duo.asStranger.post(path(), message("m", "x", FAR)).status()).isIn(403, 404);
    // Nor is it found beside its conversation.
    assertThat(duo.asAnn.delete(path(UUID.randomUUID()) + "/" + id).status()).isEqualTo(404);
    assertThat(duo.asAnn.delete(path() + "/" + UUID.randomUUID()).status()).isEqualTo(404);
    assertThat(duo.asAnn.delete(path() + "/x").status()).isEqualTo(400);
    assertThat(state(id)).isEqualTo(State.WAITING);
    assertThat(duo.annWith("messages:read").post(path(), message("m", "x", FAR)).slug())
        .isEqualTo("insufficient-scope");
    assertThat(duo.annWith("messages:read").delete(path() + "/" + id).slug())
        .isEqualTo("insufficient-scope");
    assertThat(duo.annWith("messages:write").get(ALL).slug()).isEqualTo("insufficient-scope");
    assertThat(new Http(Nodes.A.http(), "").get(ALL).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"clientMessageId\":\"m\",\"text\":\"x\"}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":null}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":\"tomorrow\"}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":{}}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":\"2020-01-01T00:00:00Z\"}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":\"2999-01-01T00:00:00Z\"}",
        "{\"clientMessageId\":\"m\",\"text\":\" \",\"at\":\"AT\"}",
        "{\"clientMessageId\":\"m\",\"at\":\"AT\"}",
        "{\"clientMessageId\":\"m\",\"text\":\"LONG\",\"at\":\"AT\"}",
        "{\"text\":\"x\",\"at\":\"AT\"}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":\"AT\",\"replyTo\":7}",
        "{\"clientMessageId\":\"m\",\"text\":\"x\",\"at\":\"AT\",\"more\":7}"
      })
  void whatCanNotBeScheduledShouldBeRefused(String body) {
    Answer answer =
        duo.asAnn.post(
            path(),
            body.replace("AT", Instant.now().plus(FAR).toString())
                .replace("LONG", "x".repeat(4_001)));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
    assertThat(items(duo.asAnn, ALL)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"text\":\"\"}",
        "{\"at\":\"2020-01-01T00:00:00Z\"}",
        "{\"at\":\"2999-01-01T00:00:00Z\"}",
        "{\"text\":7,\"at\":7}"
      })
  void wrongChangeShouldBeRefused(String body) {
    String id = scheduleId("text", FAR);
    assertThat(duo.asAnn.call("PATCH", path() + "/" + id, body).slug()).isIn("invalid-request");
    assertThat(Objects.requireNonNull(row(id)).version()).isEqualTo(1);
  }

  @Test
  void listsShouldBePagedByTime() {
    for (int i : new int[] {3, 1, 2, 0}) {
      schedule("text " + i, FAR.plusMinutes(i));
    }
    List<String> texts = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = duo.asAnnAtB.get(ALL + "?limit=3" + next).json();
      page.get("items").forEach(item -> texts.add(item.get("text").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    } while (next != null);
    assertThat(texts).containsExactly("text 0", "text 1", "text 2", "text 3");
    assertThat(duo.asAnn.get(ALL + "?cursor=x").status()).isEqualTo(400);
    assertThat(duo.asAnn.get(ALL + "?limit=0").status()).isEqualTo(400);
  }

  @Test
  void numberShouldBeBounded() {
    Nodes.Node few = Nodes.start("parley.scheduled.max=2");
    try {
      Http http = new Http(few.http(), duo.asAnn.token());
      String first = created(http.post(path(), message("m1", "1", FAR))).get("id").asString();
      created(http.post(path(), message("m2", "2", FAR)));
      Answer third = http.post(path(), message("m3", "3", FAR));
      assertThat(third.status()).isEqualTo(409);
      assertThat(third.slug()).isEqualTo("too-many-scheduled");
      assertThat(http.delete(path() + "/" + first).status()).isEqualTo(204);
      created(http.post(path(), message("m3", "3", FAR)));
    } finally {
      few.context().close();
    }
  }

  @Test
  void textShouldBeEncryptedAtRest() {
    String id = scheduleId("a secret text", FAR);
    Row row =
        Objects.requireNonNull(
            Nodes.A.get(CqlSession.class)
                .execute(
                    "SELECT * FROM scheduled_messages_by_user WHERE user_id = ?", duo.ann.value())
                .one());
    assertThat(row.getUuid("scheduled_id")).isEqualTo(UUID.fromString(id));
    assertThat(StandardCharsets.ISO_8859_1.decode(row.getByteBuffer("body")).toString())
        .doesNotContain("secret");
    assertThat(row.getFormattedContents()).doesNotContain("secret");
  }

  @ConcurrentTest
  void refusalShouldBeToldAndKept() throws Exception {
    TestGroup group = new TestGroup(duo.ben);
    TestGroup.publish(group.create(duo.ann));
    String conversation = "/api/v1/conversations/" + group.id;
    until(() -> duo.asAnn.get(conversation + "/events").status() == 200);
    TestGroup.publish(group.mute(duo.ann, Instant.now().plus(FAR)));
    for (Http http : List.of(duo.asAnn, duo.asAnnAtB)) {
      until(
          () ->
              http.post(
                      conversation + "/messages",
                      Map.of("clientMessageId", UUID.randomUUID(), "text", "probe"))
                  .slug()
                  .equals("muted"));
    }
    int before = items(duo.asBen, conversation + "/messages").size();
    try (StompClient own = StompClient.connect(Nodes.B.http(), duo.asAnn.token())) {
      String id =
          created(duo.asAnn.post(path(group.id), message("m", "text", FAR))).get("id").asString();
      bringForward(id, Instant.now());
      JsonNode failed = own.event(event -> event.path("state").asString("").equals("failed"));
      assertThat(failed.get("problem").asString()).isEqualTo("muted");
      assertThat(failed.get("id").asString()).isEqualTo(id);
      assertThat(failed.get("text").asString()).isEqualTo("text");
      assertThat(items(duo.asAnn, path(group.id))).hasSize(1);
      String path = path(group.id) + "/" + id;
      assertThat(duo.asAnn.post(path + "/send", "").slug()).isEqualTo("muted");
      assertThat(items(duo.asAnn, ALL).get(0).get("state").asString()).isEqualTo("failed");

      TestGroup.publish(group.mute(duo.ann, null));
      until(() -> duo.asAnn.post(path + "/send", "").status() == 200);
      assertThat(items(duo.asAnn, ALL)).isEmpty();

      String left =
          created(duo.asAnn.post(path(group.id), message("l", "left", FAR))).get("id").asString();
      TestGroup.publish(group.remove(duo.ann));
      for (Http http : List.of(duo.asAnn, duo.asAnnAtB)) {
        until(() -> http.get(conversation + "/events").status() == 403);
      }
      // It can be changed, and taken off the list, by who is no member any more.
      Answer soon =
          duo.asAnn.call(
              "PATCH",
              path(group.id) + "/" + left,
              Map.of("at", Instant.now().plus(FAR.multipliedBy(2)).toString()));
      assertThat(soon.status()).isEqualTo(200);
      bringForward(left, Instant.now());
      assertThat(
              own.event(
                      event ->
                          event.path("id").asString("").equals(left)
                              && event.path("state").asString("").equals("failed"))
                  .get("problem")
                  .asString())
          .isEqualTo("not-a-member");
      assertThat(items(duo.asAnn, ALL)).hasSize(1);
      assertThat(duo.asAnn.delete(path(group.id) + "/" + left).status()).isEqualTo(204);
      assertThat(items(duo.asAnn, ALL)).isEmpty();
    }
    assertThat(items(duo.asBen, conversation + "/messages")).hasSize(before + 1);
  }

  @ConcurrentTest
  void slowModeShouldSpaceWhatIsDueTogether() throws Exception {
    TestGroup group =
        new TestGroup(duo.ben).with(new GroupPolicy(Map.of(), 3, 60, GroupPolicy.History.ALL));
    TestGroup.publish(group.create(duo.ann));
    until(() -> duo.asAnn.get("/api/v1/conversations/" + group.id + "/events").status() == 200);
    Instant due = Instant.now();
    for (String text : List.of("1", "2")) {
      String id =
          created(duo.asAnn.post(path(group.id), message("m" + text, text, FAR)))
              .get("id")
              .asString();
      bringForward(id, due.plusMillis(text.equals("1") ? 0 : 100));
    }
    until(() -> items(duo.asBen, "/api/v1/conversations/" + group.id + "/messages").size() == 2);
    assertThat(items(duo.asAnn, ALL)).isEmpty();
  }

  @Test
  void messageOfLockedAccountShouldNotBeSent() throws Exception {
    Nodes.FLEET.lock(duo.ann, true);
    String id = scheduleId("text", FAR);
    bringForward(id, Instant.now());
    until(() -> state(id) == State.FAILED);
    assertThat(items(duo.asAnn, path()).get(0).get("problem").asString())
        .isEqualTo("account-locked");
    assertThat(history()).isEmpty();
    Nodes.FLEET.lock(duo.ann, false);
    assertThat(duo.asAnn.post(path() + "/" + id + "/send", "").status()).isEqualTo(200);
    assertThat(history()).containsExactly("text");
  }

  @ConcurrentTest
  void dueMessagesShouldBeSentInTheirOrder() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ids.add(scheduleId("text " + i, FAR));
    }
    // All of them at one look, or the first of them.
    Instant due = Instant.now().plusSeconds(1);
    for (int i = 0; i < 8; i++) {
      bringForward(ids.get(i), due.plusMillis(5 * i));
    }
    for (String id : ids) {
      untilSent(id);
    }
    assertThat(history())
        .containsExactly(
            "text 0", "text 1", "text 2", "text 3", "text 4", "text 5", "text 6", "text 7");
  }

  @ConcurrentTest
  void whatWasDueWhileNobodyLookedShouldBeSentInItsOrder() throws Exception {
    ScheduledMessage model = Objects.requireNonNull(row(scheduleId("model", FAR)));
    CassandraScheduledStore store = Nodes.A.get(CassandraScheduledStore.class);
    Instant past = Instant.now().truncatedTo(ChronoUnit.MILLIS).minus(Duration.ofMinutes(4));
    List<ScheduledMessage> missed = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      missed.add(copy(model, "missed" + i, State.WAITING, past.plusSeconds(10 * i), "missed " + i));
    }
    // Behind what nodes have read.
    for (ScheduledMessage each : missed.reversed()) {
      assertThat(store.create(each)).isTrue();
    }
    missed.forEach(each -> Nodes.A.get(CassandraDueStore.class).put(Due.of(each)));
    for (ScheduledMessage each : missed) {
      untilWithin(() -> state(each.id().toString()) == State.SENT, 90);
    }
    assertThat(history()).containsExactly("missed 0", "missed 1", "missed 2");
  }

  private ScheduledMessage copy(
      ScheduledMessage model, String name, State state, Instant at, String text) {
    return new ScheduledMessage(
        model.author(),
        EventId.of(model.conversationId(), model.author(), name).value(),
        model.conversationId(),
        1,
        state,
        at,
        at,
        new ScheduledMessage.Content(name, "f", text, null, null),
        null,
        null,
        0);
  }

  @Test
  void twoNodesAtOnceShouldSendOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      String id = scheduleId("text " + i, FAR);
      Due due = become(id, Instant.now());
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (Nodes.Node node : List.of(Nodes.A, Nodes.B, Nodes.A, Nodes.B)) {
        all.add(CompletableFuture.runAsync(() -> node.get(ScheduledSends.class).deliver(due)));
      }
      all.forEach(CompletableFuture::join);
      untilSent(id);
      assertThat(times("text " + i)).isEqualTo(1);
    }
  }

  @Test
  void cancelThatMeetsTheSendingShouldEitherStopItOrBeRefused() throws Exception {
    for (int i = 0; i < 9; i++) {
      String text = "text " + i;
      String id = scheduleId(text, FAR);
      Due due = become(id, Instant.now());
      boolean edit = i % 3 == 2;
      CompletableFuture<Answer> answer =
          CompletableFuture.supplyAsync(
              () ->
                  edit
                      ? duo.asAnnAtB.call(
                          "PATCH",
                          path() + "/" + id,
                          Map.of("at", Instant.now().plus(FAR).toString()))
                      : duo.asAnnAtB.delete(path() + "/" + id));
      Nodes.A.get(ScheduledSends.class).deliver(due);
      int status = answer.join().status();
      assertThat(status).isIn(200, 204, 409);
      if (status == 409) {
        untilSent(id);
        assertThat(times(text)).isEqualTo(1);
      } else {
        assertThat(state(id)).isEqualTo(edit ? State.WAITING : State.CANCELLED);
        Nodes.B.get(ScheduledSends.class).deliver(due);
        assertThat(times(text)).isZero();
      }
    }
  }

  @ConcurrentTest
  void timeThatWasNotedWithoutMessageShouldNotDoHarm() throws Exception {
    ScheduledMessage model = Objects.requireNonNull(row(scheduleId("model", FAR)));
    ScheduledMessage late =
        copy(model, "late", State.WAITING, Instant.now().truncatedTo(ChronoUnit.MILLIS), "late");
    Nodes.A.get(CassandraDueStore.class).put(Due.of(late));
    settle();
    // Whoever stopped in between goes on.
    assertThat(Nodes.B.get(CassandraScheduledStore.class).create(late)).isTrue();
    untilWithin(() -> Objects.requireNonNull(row(late.id().toString())).state() == State.SENT, 90);
    assertThat(times("late")).isEqualTo(1);
  }

  private static void untilWithin(Callable<Boolean> condition, int seconds) throws Exception {
    for (int i = 0; i < seconds * 10; i++) {
      if (condition.call()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("it did not come to be so");
  }

  @Test
  void nodeThatStoppedBeforeClaimingShouldComeTooLate() throws Exception {
    String id = scheduleId("text", FAR);
    FrozenSender frozen = FrozenSender.beforeClaiming(Nodes.A, duo.ann, UUID.fromString(id));
    bringForward(id, Instant.now());
    untilSent(id);
    assertThat(frozen.claim(Duration.ZERO)).isFalse();
    assertThat(times("text")).isEqualTo(1);
  }

  @ConcurrentTest
  void nodeThatDiedBeforeAppendingShouldBeFollowed() throws Exception {
    String id = scheduleId("text", FAR);
    FrozenSender frozen =
        FrozenSender.claimed(Nodes.A, duo.ann, UUID.fromString(id), Duration.ZERO);
    putBack(frozen);
    // While it is being sent it can not be taken back.
    assertThat(duo.asAnn.delete(path() + "/" + id).slug()).isEqualTo("scheduled-message-sent");
    untilSent(id);
    long seq = Objects.requireNonNull(row(id)).seq();
    assertThat(times("text")).isEqualTo(1);
    // It was not dead: it gets the place that it has.
    assertThat(frozen.append().seq()).isEqualTo(seq);
    assertThat(times("text")).isEqualTo(1);
  }

  @ConcurrentTest
  void nodeThatDiedAfterAppendingShouldBeFollowed() throws Exception {
    String id = scheduleId("text", FAR);
    FrozenSender frozen =
        FrozenSender.claimed(Nodes.A, duo.ann, UUID.fromString(id), Duration.ZERO);
    LogEvent event = frozen.append();
    putBack(frozen);
    untilSent(id);
    assertThat(Objects.requireNonNull(row(id)).seq()).isEqualTo(event.seq());
    assertThat(times("text")).isEqualTo(1);
  }

  private void othersWrite(int messages) {
    EventLog log = Nodes.B.get(EventLog.class);
    for (int i = 0; i < messages; i++) {
      log.append(
          new EventLog.Draft(
              duo.id,
              duo.ben,
              UUID.randomUUID().toString(),
              LogEvent.Kind.MESSAGE,
              "{\"clientMessageId\":\"x\",\"text\":\"filler\"}"));
    }
  }

  /** How often it is in the log, of which a client would skip most. */
  private long inLog(String id) {
    long found = 0;
    long from = 1;
    while (true) {
      List<LogEvent> page = Nodes.B.get(LogReader.class).read(duo.id, from, 500);
      found += page.stream().filter(event -> event.id().toString().equals(id)).count();
      if (page.size() < 500) {
        return found;
      }
      from = page.getLast().seq() + 1;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thousandsOfMessagesLaterItShouldStillBeSentOnce(boolean appended) throws Exception {
    String id = scheduleId("text", FAR);
    FrozenSender frozen =
        FrozenSender.claimed(Nodes.A, duo.ann, UUID.fromString(id), Duration.ofMinutes(10));
    long seq = appended ? frozen.append().seq() : 0;
    othersWrite(1_100);
    frozen.releaseTo(Duration.ofSeconds(-10));
    putBack(frozen);
    untilSent(id);
    assertThat(inLog(id)).isEqualTo(1);
    if (appended) {
      assertThat(Objects.requireNonNull(row(id)).seq()).isEqualTo(seq);
    } else {
      // What it never appended it does not append now.
      frozenAppend(frozen);
      assertThat(inLog(id)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lostCounterShouldNotDoubleIt(boolean appended) throws Exception {
    duo.send(duo.asBen, "before");
    String id = scheduleId("text", FAR);
    FrozenSender frozen =
        FrozenSender.claimed(Nodes.A, duo.ann, UUID.fromString(id), Duration.ofMinutes(10));
    if (appended) {
      frozen.append();
    }
    Counters.forget(Nodes.A, duo.id);
    frozen.releaseTo(Duration.ofSeconds(-10));
    putBack(frozen);
    untilSent(id);
    if (!appended) {
      frozenAppend(frozen);
    }
    assertThat(inLog(id)).isEqualTo(1);
  }

  /** It may find what there is, or that it comes too late. */
  private static void frozenAppend(FrozenSender frozen) {
    try {
      frozen.append();
    } catch (AppendWindow.Passed e) {
      assertThat(e).hasMessageContaining("window");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoWasRemovedMeanwhileShouldHaveSentItOrNever(boolean appended) throws Exception {
    TestGroup group = new TestGroup(duo.ben);
    TestGroup.publish(group.create(duo.ann));
    String events = "/api/v1/conversations/" + group.id + "/events";
    until(() -> duo.asAnn.get(events).status() == 200);
    String id =
        created(duo.asAnn.post(path(group.id), message("m", "text", FAR))).get("id").asString();
    FrozenSender frozen =
        FrozenSender.claimed(Nodes.A, duo.ann, UUID.fromString(id), Duration.ofMinutes(10));
    if (appended) {
      frozen.append();
    }
    TestGroup.publish(group.remove(duo.ann));
    until(() -> duo.asAnn.get(events).status() == 403 && duo.asAnnAtB.get(events).status() == 403);
    frozen.releaseTo(Duration.ofSeconds(-10));
    putBack(frozen);
    until(() -> state(id) == (appended ? State.SENT : State.FAILED));
    // Thawed, it finds that its time is over.
    if (!appended) {
      assertThatExceptionOfType(AppendWindow.Passed.class).isThrownBy(frozen::append);
    }
    long found =
        items(duo.asBen, "/api/v1/conversations/" + group.id + "/messages").stream()
            .filter(event -> event.get("id").asString().equals(id))
            .count();
    assertThat(found).isEqualTo(appended ? 1 : 0);
    int status = duo.asAnn.delete(path(group.id) + "/" + id).status();
    assertThat(status).isEqualTo(appended ? 409 : 204);
  }

  @Test
  void deadNodesShareShouldBeSentByTheOthers() throws Exception {
    List<String> ids = new ArrayList<>();
    List<ConversationId> conversations = new ArrayList<>();
    try (NodeCutOff third = new NodeCutOff()) {
      for (int i = 0; i < 9; i++) {
        UserId friend = Nodes.FLEET.user();
        String conversation =
            duo.asAnn
                .post("/api/v1/conversations/direct", Map.of("userId", friend))
                .json()
                .get("id")
                .asString();
        conversations.add(ConversationId.valueOf(conversation));
        ids.add(
            created(
                    new Http(third.node().http(), duo.asAnn.token())
                        .post(path(conversation), message("m", "text", FAR)))
                .get("id")
                .asString());
      }
      third.cutOff();
      ids.forEach(id -> bringForward(id, Instant.now()));
      for (String id : ids) {
        untilSent(id);
      }
    }
    for (ConversationId conversation : conversations) {
      assertThat(items(duo.asAnn, "/api/v1/conversations/" + conversation + "/messages"))
          .hasSize(1);
    }
  }
}

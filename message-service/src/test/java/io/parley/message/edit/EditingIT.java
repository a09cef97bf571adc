package io.parley.message.edit;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.NodeCutOff;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.deletion.Deletions;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.mention.Mentioned;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.store.RedisConnections;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Editing messages: who may, what everybody sees, and what a crash in between leaves. */
class EditingIT {

  private final UserId owner = Nodes.FLEET.user();
  private final UserId mod = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId late = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asMod = new Http(Nodes.B.http(), Nodes.FLEET.token(mod));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asBenAtA = new Http(Nodes.A.http(), asBen.token());
  private final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(Nodes.FLEET.user()));
  private final TestGroup group = new TestGroup(owner);
  private final ConversationId id = new ConversationId(group.id);
  private final LogReader reader = Nodes.A.get(LogReader.class);
  private int tries;

  @BeforeEach
  void create() throws Exception {
    publish(group.create(mod, ben), group.role(mod, GroupRole.MODERATOR));
    until(() -> get(asMod, "/events").status() == 200);
    until(
        () -> {
          LogHead head = reader.head(id);
          return head != null && head.seq() == 2;
        });
  }

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private Answer get(Http http, String rest) {
    return http.get(path(rest));
  }

  private long send(Http http, String text) {
    Answer answer =
        http.post(
            path("/messages"),
            Map.of("clientMessageId", "id-" + text.replace(' ', '-'), "text", text));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private Answer edit(Http http, Object seq, Object body, Map<String, String> headers) {
    return http.call("PATCH", path("/messages/" + seq), body, headers);
  }

  private Answer edit(Http http, Object seq, String text) {
    return edit(http, seq, Map.of("text", text), Map.of());
  }

  private JsonNode message(Http http, long seq) {
    return get(http, "/messages/" + seq).json();
  }

  private JsonNode event(Http http, long seq) {
    return get(http, "/events?limit=1&after=" + (seq - 1)).json().get("items").get(0);
  }

  private static String tag(Answer answer) {
    return answer.response().headers().firstValue("ETag").orElseThrow();
  }

  @Test
  void everybodyShouldSeeWhatAMessageSaysNow() throws Exception {
    long seq = send(asBen, "first");
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asOwner.token())) {
      Answer edited = edit(asBen, seq, "second");
      assertThat(edited.status()).as(edited.response().body()).isEqualTo(200);
      assertThat(edited.json().get("text").asString()).isEqualTo("second");
      assertThat(tag(edited)).isEqualTo("\"" + (seq + 1) + "\"");

      JsonNode told = socket.event("EDITED");
      assertThat(told.get("seq").asLong()).isEqualTo(seq + 1);
      assertThat(told.get("target").asLong()).isEqualTo(seq);
      assertThat(told.get("text").asString()).isEqualTo("second");
      assertThat(told.get("authorId").asString()).isEqualTo(ben.toString());
      assertThat(event(asMod, seq + 1)).isEqualTo(told);
    }
    for (Http http : List.of(asOwner, asMod)) {
      JsonNode now = message(http, seq);
      assertThat(now.get("text").asString()).isEqualTo("second");
      assertThat(now.get("clientMessageId").asString()).isEqualTo("id-first");
      assertThat(now.get("editedSeq").asLong()).isEqualTo(seq + 1);
      assertThat(Instant.parse(now.get("editedAt").asString()))
          .isAfterOrEqualTo(Instant.parse(now.get("at").asString()));
      assertThat(get(http, "/messages?limit=1").json().get("items").get(0)).isEqualTo(now);
      assertThat(event(http, seq)).isEqualTo(now);
      JsonNode inbox = http.get("/api/v1/conversations").json().get("items").get(0);
      assertThat(inbox.get("lastMessage").get("text").asString()).isEqualTo("second");
      // An edit is no message.
      assertThat(inbox.get("unread").asLong()).isEqualTo(1);
    }
  }

  @Test
  void earlierVersionsShouldBeForTheAuthorAndModerators() {
    long seq = send(asBen, "first");
    assertThat(edit(asBen, seq, "second").status()).isEqualTo(200);
    assertThat(edit(asBenAtA, seq, "third").status()).isEqualTo(200);
    // Said again it changes nothing.
    assertThat(edit(asBen, seq, "third").json().get("editedSeq").asLong()).isEqualTo(seq + 2);
    assertThat(requireNonNull(reader.head(id)).seq()).isEqualTo(seq + 2);

    for (Http http : List.of(asBen, asMod, asOwner)) {
      JsonNode versions = get(http, "/messages/" + seq + "/versions").json().get("items");
      assertThat(versions.valueStream().map(version -> version.get("text").asString()))
          .containsExactly("first", "second", "third");
      assertThat(versions.valueStream().map(version -> version.get("seq").asLong()))
          .containsExactly(seq, seq + 1, seq + 2);
    }
    long owners = send(asOwner, "of the owner");
    assertThat(get(asBen, "/messages/" + owners + "/versions").slug()).isEqualTo("forbidden");
    assertThat(get(asStranger, "/messages/" + seq + "/versions").slug()).isEqualTo("not-a-member");
    assertThat(get(asBen, "/messages/999/versions").slug()).isEqualTo("message-not-found");
  }

  @Test
  void socketsShouldEditLikeRequests() throws Exception {
    long seq = send(asBen, "first");
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asBen.token())) {
      String destination = "/app/conversations/" + group.id + "/messages/" + seq + "/edit";
      socket.send(
          "SEND", Map.of("destination", destination, "receipt", "1"), "{\"text\":\"second\"}");
      socket.receipt("1");
      assertThat(socket.event("EDITED").get("text").asString()).isEqualTo("second");
      socket.send("SEND", Map.of("destination", destination, "receipt", "2"), "{\"text\":\" \"}");
      assertThat(socket.refusal("2").json().get("type").asString()).endsWith("/invalid-request");
      socket.send("SEND", Map.of("destination", destination, "receipt", "3"), "");
      assertThat(socket.refusal("3").json().get("type").asString()).endsWith("/invalid-request");
      socket.send(
          "SEND",
          Map.of("destination", destination.replace("/" + seq + "/", "/2/"), "receipt", "4"),
          "{\"text\":\"second\"}");
      assertThat(socket.refusal("4").json().get("type").asString()).endsWith("/message-not-found");
    }
    assertThat(message(asOwner, seq).get("text").asString()).isEqualTo("second");
  }

  @Test
  void onlyOneOfTwoDevicesShouldEditWhatBothHaveRead() {
    long seq = send(asBen, "first");
    for (int round = 0; round < 5; round++) {
      String read = tag(get(asBen, "/messages/" + seq));
      String text = "round " + round + " on device ";
      List<CompletableFuture<Answer>> both =
          List.of(asBen, asBenAtA).stream()
              .map(
                  http ->
                      CompletableFuture.supplyAsync(
                          () ->
                              edit(
                                  http,
                                  seq,
                                  Map.of("text", text + http.base()),
                                  Map.of("If-Match", read))))
              .toList();
      List<Answer> answers = both.stream().map(CompletableFuture::join).toList();
      assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 412);
      for (Answer answer : answers) {
        if (answer.status() == 412) {
          assertThat(answer.slug()).isEqualTo("edited-meanwhile");
        } else {
          assertThat(message(asOwner, seq)).isEqualTo(answer.json());
          // The answer may have got lost: asked again, there is nothing to be changed.
          Map<String, Object> again = Map.of("text", answer.json().get("text").asString());
          assertThat(edit(asBen, seq, again, Map.of("If-Match", read)).json())
              .isEqualTo(answer.json());
        }
      }
    }
    for (String form : List.of("*", "%s", "W/%s", "\"1\", %s")) {
      Map<String, String> read =
          Map.of("If-Match", form.formatted(tag(get(asBen, "/messages/" + seq))));
      assertThat(edit(asBen, seq, Map.of("text", form), read).status()).as(form).isEqualTo(200);
      assertThat(edit(asBen, seq, Map.of("text", "more"), read).status())
          .as(form)
          .isEqualTo(form.equals("*") ? 200 : 412);
    }
  }

  @Test
  void theLastOfManyEditsAtOnceShouldStay() {
    long seq = send(asBen, "first");
    List<CompletableFuture<Answer>> edits =
        IntStream.range(0, 6)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> edit(i % 2 == 0 ? asBen : asBenAtA, seq, "edit " + i)))
            .toList();
    for (CompletableFuture<Answer> edit : edits) {
      // Who is overtaken for seconds gives up, and has changed nothing.
      assertThat(edit.join().status()).isIn(200, 503);
    }
    List<LogEvent> edited = new ArrayList<>();
    for (LogEvent event : reader.read(id, seq + 1, 100)) {
      assertThat(event.kind()).isEqualTo(LogEvent.Kind.EDITED);
      edited.add(event);
    }
    assertThat(edited).isNotEmpty();
    JsonNode last = event(asOwner, edited.getLast().seq());
    JsonNode now = message(asOwner, seq);
    assertThat(now.get("text")).isEqualTo(last.get("text"));
    assertThat(now.get("editedSeq")).isEqualTo(last.get("seq"));
    assertThat(get(asBen, "/messages/" + seq + "/versions").json().get("items"))
        .hasSize(1 + edited.size());
  }

  @Test
  void othersMessagesAndBadTextsShouldBeRefused() throws Exception {
    long seq = send(asBen, "first");
    assertThat(edit(asMod, seq, "by a moderator").slug()).isEqualTo("forbidden");
    assertThat(edit(asStranger, seq, "x").slug()).isEqualTo("not-a-member");
    assertThat(edit(asBen, 999, "x").slug()).isEqualTo("message-not-found");
    assertThat(edit(asBen, 1, "x").slug()).isEqualTo("message-not-found");
    assertThat(edit(asBen, "x", "x").slug()).isEqualTo("invalid-request");
    assertThat(edit(asBen, seq, Map.of(), Map.of()).slug()).isEqualTo("invalid-request");
    assertThat(edit(asBen, seq, Map.of("text", 1), Map.of()).slug()).isEqualTo("invalid-request");
    assertThat(edit(asBen, seq, " \n").slug()).isEqualTo("invalid-request");
    assertThat(edit(asBen, seq, "x".repeat(4_001)).slug()).isEqualTo("invalid-request");
    Http reads =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(
                ben, java.util.UUID.randomUUID(), Instant.now().plusSeconds(600), "messages:read"));
    assertThat(edit(reads, seq, "x").slug()).isEqualTo("insufficient-scope");
    publish(group.mute(ben, Instant.now().plusSeconds(600)));
    until(() -> edit(asBen, seq, "x" + tries++).slug().equals("muted"));
    publish(group.mute(ben, null));
    until(() -> edit(asBen, seq, "after all").status() == 200);
    assertThat(asBen.delete(path("/messages/" + seq)).status()).isEqualTo(200);
    assertThat(edit(asBen, seq, "x").slug()).isEqualTo("message-not-found");
    assertThat(message(asOwner, seq).has("text")).isFalse();
  }

  @Test
  void groupsShouldSayHowLongMessagesCanBeEdited() throws Exception {
    long seq = send(asBen, "first");
    publish(group.policy(new GroupPolicy(Map.of(), 0, 0, GroupPolicy.History.ALL)));
    until(() -> edit(asBen, seq, "x" + tries++).slug().equals("edit-too-late"));
    publish(group.policy(new GroupPolicy(Map.of(), 0, 600, GroupPolicy.History.ALL)));
    until(() -> edit(asBen, seq, "third").status() == 200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRepeatShouldStillBeTheMessage(boolean forgotten) throws Exception {
    long seq = send(asBen, "first");
    assertThat(edit(asBen, seq, "second").status()).isEqualTo(200);
    if (forgotten) {
      Nodes.A.get(RedisConnections.class).commands().flushdb().get();
    }
    assertThat(send(asBenAtA, "first")).isEqualTo(seq);
    assertThat(
            asBen
                .post(path("/messages"), Map.of("clientMessageId", "id-first", "text", "second"))
                .slug())
        .isEqualTo("client-message-id-reused");
    assertThat(message(asOwner, seq).get("text").asString()).isEqualTo("second");
  }

  @Test
  void whatWasEditedShouldGoWithItsMessage() {
    long seq = send(asBen, "first");
    edit(asBen, seq, "second");
    edit(asBen, seq, "third");
    assertThat(asMod.delete(path("/messages/" + seq)).status()).isEqualTo(200);

    assertThat(message(asBen, seq).has("text")).isFalse();
    for (long edited = seq + 1; edited <= seq + 2; edited++) {
      JsonNode left = event(asOwner, edited);
      assertThat(left.get("target").asLong()).isEqualTo(seq);
      assertThat(left.get("deleted").asBoolean()).isTrue();
      assertThat(left.has("text")).isFalse();
    }
    assertThat(get(asBen, "/messages/" + seq + "/versions").slug()).isEqualTo("message-not-found");
  }

  @Test
  void anEditThatMeetsADeletionShouldLeaveNoText() {
    for (int round = 0; round < 10; round++) {
      long seq = send(asBen, "round " + round);
      CompletableFuture<Answer> edited =
          CompletableFuture.supplyAsync(() -> edit(asBenAtA, seq, "edited"));
      CompletableFuture<Answer> deleted =
          CompletableFuture.supplyAsync(() -> asBen.delete(path("/messages/" + seq)));
      assertThat(edited.join().status()).isIn(200, 404);
      assertThat(deleted.join().status()).isEqualTo(200);
      for (LogEvent event : reader.read(id, seq, 100)) {
        assertThat(event.toJson()).doesNotContain("\"text\"");
      }
    }
  }

  @Test
  void aWholeAuthorsEditsShouldGoAsWell() {
    long one = send(asBen, "one");
    long two = send(asBen, "two");
    edit(asBen, one, "one edited");
    edit(asBen, two, "two edited");
    assertThat(Nodes.A.get(Deletions.class).deleteAllBy(ben, id, count -> {})).isEqualTo(2);
    for (LogEvent event : reader.read(id, one, 100)) {
      assertThat(event.toJson()).doesNotContain("\"text\"");
    }
  }

  @Test
  void whoJoinedLaterShouldNotReadOlderMessagesFromTheirEdits() throws Exception {
    long before = send(asBen, "before");
    publish(group.with(TestGroup.fromJoining()).add(late));
    Http asLate = new Http(Nodes.A.http(), Nodes.FLEET.token(late));
    until(() -> get(asLate, "/events").json().path("items").size() == 1);
    long after = send(asBen, "after");
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asLate.token())) {
      long hidden = edit(asBen, before, "before, edited").json().get("editedSeq").asLong();
      long shown = edit(asBen, after, "after, edited").json().get("editedSeq").asLong();
      for (JsonNode event : List.of(socket.event("EDITED"), event(asLate, hidden))) {
        assertThat(event.get("seq").asLong()).isEqualTo(hidden);
        assertThat(event.get("target").asLong()).isEqualTo(before);
        assertThat(event.get("hidden").asBoolean()).isTrue();
        assertThat(event.has("text")).isFalse();
      }
      JsonNode told = socket.event("EDITED");
      assertThat(told.get("seq").asLong()).isEqualTo(shown);
      assertThat(told.get("text").asString()).isEqualTo("after, edited");
    }
    assertThat(get(asLate, "/messages/" + before).slug()).isEqualTo("message-not-found");
  }

  /** A node is cut off when the event is in the log and nothing follows from it yet. */
  @Test
  void anEditShouldBeAppliedWhoeverDies() throws Exception {
    long seq = send(asBen, "first");
    try (NodeCutOff dying = new NodeCutOff()) {
      Node node = dying.node();
      NotificationEvents.Duty duty = node.get(NotificationEvents.class).duty(id);
      LogEvent event =
          node.get(EventLog.class)
              .append(
                  new EventLog.Draft(
                      id,
                      ben,
                      "edit " + seq + " " + seq,
                      LogEvent.Kind.EDITED,
                      node.get(Edits.class).payload(read(seq), "second", Mentioned.NOBODY)))
              .event();
      assertThat(message(asOwner, seq).get("text").asString()).isEqualTo("first");
      dying.cutOff();
      until(() -> message(asOwner, seq).get("text").asString().equals("second"));
      assertThat(message(asOwner, seq).get("editedSeq").asLong()).isEqualTo(event.seq());
      duty.done(event);
    }
  }

  private LogEvent read(long seq) {
    return requireNonNull(Nodes.A.get(LogReader.class).at(id, seq));
  }

  /** The author's device asks again, with the same or another text, before anybody else does. */
  @ParameterizedTest
  @ValueSource(strings = {"second", "third"})
  void aRepeatShouldApplyWhatADeadNodeLeft(String text) {
    long seq = send(asBen, "first");
    Nodes.A.get(EventLog.class)
        .append(
            new EventLog.Draft(
                id,
                ben,
                "edit " + seq + " " + seq,
                LogEvent.Kind.EDITED,
                Nodes.A.get(Edits.class).payload(read(seq), "second", Mentioned.NOBODY)));
    assertThat(message(asOwner, seq).get("text").asString()).isEqualTo("first");
    Answer edited = edit(asBen, seq, text);
    assertThat(edited.status()).as(edited.response().body()).isEqualTo(200);
    assertThat(edited.json().get("text").asString()).isEqualTo(text);
    List<LogEvent> events = reader.read(id, seq + 1, 100);
    assertThat(events).hasSize(text.equals("second") ? 1 : 2);
    assertThat(message(asOwner, seq).get("editedSeq").asLong()).isEqualTo(events.getLast().seq());
  }
}

package io.parley.message.mention;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.store.RedisConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Whom messages mention, and how many unread ones mention one. */
class MentionsIT {

  private final String suffix = UUID.randomUUID().toString().substring(0, 8);
  private final String annsName = "ann_" + suffix;
  private final String bensName = "ben." + suffix;
  private final String cleosName = "cleo" + suffix;
  private final UserId ann = Nodes.FLEET.user(annsName);
  private final UserId ben = Nodes.FLEET.user(bensName);
  private final UserId cleo = Nodes.FLEET.user(cleosName);
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));

  private static String path(Object conversation, String rest) {
    return "/api/v1/conversations/" + conversation + rest;
  }

  private static Answer trySend(Http http, Object conversation, String id, String text) {
    return http.post(path(conversation, "/messages"), Map.of("clientMessageId", id, "text", text));
  }

  private static long send(Http http, Object conversation, String id, String text) {
    Answer answer = trySend(http, conversation, id, text);
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private static JsonNode newest(Http http, Object conversation) {
    return http.get(path(conversation, "/messages?limit=1")).json().get("items").get(0);
  }

  private static List<String> mentions(JsonNode message) {
    List<String> found = new ArrayList<>();
    for (JsonNode mention : message.path("mentions")) {
      found.add(
          mention.path("userId").asString(mention.path("all").asString(""))
              + " "
              + mention.get("start").asInt()
              + "+"
              + mention.get("length").asInt());
    }
    return found;
  }

  /** The text as a member sends it, with nothing that the tests of others have asked for. */
  private List<String> mentionsOf(Http http, Object conversation, String text) {
    send(http, conversation, UUID.randomUUID().toString(), text);
    JsonNode message = newest(http, conversation);
    assertThat(message.get("text").asString()).isEqualTo(text);
    return mentions(message);
  }

  private static JsonNode item(Http http, Object conversation) {
    for (JsonNode item : http.get("/api/v1/conversations").json().get("items")) {
      if (item.get("id").asString().equals(conversation.toString())) {
        return item;
      }
    }
    throw new AssertionError("not in the inbox: " + conversation);
  }

  private static int unreadMentions(Http http, Object conversation) {
    return item(http, conversation).get("mentions").asInt();
  }

  private String direct() {
    return asAnn
        .post("/api/v1/conversations/direct", Map.of("userId", ben))
        .json()
        .get("id")
        .asString();
  }

  /** Ann owns it, Ben and Cleo are members. */
  private TestGroup group() throws Exception {
    TestGroup group = new TestGroup(ann);
    TestGroup.publish(group.create(ben, cleo));
    TestGroup.until(() -> asBen.get(path(group.id, "/events")).json().path("items").size() == 1);
    return group;
  }

  @Test
  void membersShouldBeMentionedByTheirUsernames() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("the group", ann, ben, cleo);
    String strangersName = "dora" + suffix;
    Nodes.FLEET.user(strangersName);
    String text =
        "\ud83d\ude00 @"
            + bensName
            + ". @"
            + cleosName.toUpperCase(Locale.ROOT)
            + " @"
            + strangersName
            + " @nobody"
            + suffix
            + " x@"
            + annsName
            + " `@"
            + annsName
            + "`";
    int cleosPlace = 3 + 1 + bensName.length() + 2;
    List<String> expected =
        List.of(
            ben + " 3+" + (1 + bensName.length()),
            cleo + " " + cleosPlace + "+" + (1 + cleosName.length()));
    try (StompClient bens = StompClient.connect(Nodes.B.http(), asBen.token());
        StompClient anns = StompClient.connect(Nodes.A.http(), asAnn.token())) {
      anns.message(group, "m1", text);
      for (StompClient client : List.of(bens, anns)) {
        JsonNode live = client.event("MESSAGE");
        assertThat(mentions(live)).isEqualTo(expected);
        assertThat(live.has("mentionsAll")).isFalse();
      }
    }
    assertThat(mentions(newest(asCleo, group))).isEqualTo(expected);
    JsonNode caughtUp = asBen.get(path(group, "/events?after=0")).json().get("items");
    assertThat(mentions(caughtUp.get(caughtUp.size() - 1))).isEqualTo(expected);
  }

  @Test
  void allOfAGroupShouldBeMentionedByThoseWhoMay() throws Exception {
    TestGroup group = group();
    assertThat(mentionsOf(asBen, group.id, "@everyone @here")).isEmpty();
    assertThat(newest(asBen, group.id).has("mentionsAll")).isFalse();
    assertThat(mentionsOf(asAnn, group.id, "@here, @Everyone!"))
        .containsExactly("here 0+5", "everyone 7+9");
    assertThat(newest(asBen, group.id).get("mentionsAll").asString()).isEqualTo("everyone");
    assertThat(mentionsOf(asAnn, group.id, "who is @here.")).containsExactly("here 7+5");
    assertThat(newest(asBen, group.id).get("mentionsAll").asString()).isEqualTo("here");

    TestGroup.publish(group.override(ben, GroupPermission.MENTION_EVERYONE, true));
    TestGroup.until(() -> !mentionsOf(asBen, group.id, "@everyone").isEmpty());
    TestGroup.publish(group.role(cleo, GroupRole.MODERATOR));
    TestGroup.until(() -> !mentionsOf(asCleo, group.id, "@everyone").isEmpty());
    assertThat(mentionsOf(asAnn, direct(), "@everyone @here")).isEmpty();
  }

  @Test
  void textShouldMentionFiftyAtMost() {
    String id = direct();
    assertThat(mentionsOf(asAnn, id, ("@" + bensName + " ").repeat(70))).hasSize(Mentions.MAX);
    assertThat(mentionsOf(asAnn, id, ("@nobody." + suffix + " ").repeat(70) + "@" + bensName))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello", "mail@example.org", "@ here", "`@ann.b`", "@everyone"})
  void userServiceShouldNotBeAskedOfWhatNamesNobody(String text) {
    String id = direct();
    int asked = Nodes.FLEET.askedForNames();
    assertThat(mentionsOf(asAnn, id, text)).isEmpty();
    assertThat(Nodes.FLEET.askedForNames()).isEqualTo(asked);
    assertThat(mentionsOf(asAnn, id, "@" + bensName)).hasSize(1);
    assertThat(mentionsOf(asAnn, id, "@" + bensName)).hasSize(1);
    assertThat(Nodes.FLEET.askedForNames()).isEqualTo(asked + 1);
  }

  @Test
  void repeatAfterARenamingShouldGetTheOriginalResult() throws Exception {
    String id = direct();
    Http asAnnElsewhere = new Http(Nodes.B.http(), asAnn.token());
    String text = "@" + bensName + " hi";
    Answer first = trySend(asAnn, id, "m1", text);
    JsonNode stored = newest(asBen, id);
    assertThat(mentions(stored)).hasSize(1);
    Nodes.FLEET.rename(ben, "renamed" + suffix);
    // Node B has not met the name, so it finds nobody who has it.
    assertThat(trySend(asAnnElsewhere, id, "m1", text).json()).isEqualTo(first.json());
    Nodes.A.get(RedisConnections.class).commands().flushdb().get();
    assertThat(trySend(asAnnElsewhere, id, "m1", text).json()).isEqualTo(first.json());
    assertThat(
            asAnnElsewhere
                .post(
                    path(id, "/messages"),
                    Map.of("clientMessageId", "m1", "text", text, "triedAfterSeq", 0))
                .json())
        .isEqualTo(first.json());
    assertThat(trySend(asAnnElsewhere, id, "m1", text + "!").slug())
        .isEqualTo("client-message-id-reused");
    assertThat(newest(asBen, id)).isEqualTo(stored);
    assertThat(unreadMentions(asBen, id)).isEqualTo(1);
    assertThat(mentionsOf(asAnnElsewhere, id, "@renamed" + suffix)).hasSize(1);
  }

  /** And the other way round: what was not found at first is not found by a repeat either. */
  @Test
  void messageShouldBeStoredWithoutWhatUserServiceDoesNotSayInTime() throws Exception {
    String id = direct();
    String text = "@" + bensName + " hi";
    Answer first;
    Nodes.FLEET.namesTake(Duration.ofSeconds(15));
    try {
      first = trySend(asAnn, id, "m1", text);
    } finally {
      Nodes.FLEET.namesTake(Duration.ZERO);
    }
    assertThat(first.status()).isEqualTo(201);
    assertThat(newest(asBen, id).has("mentions")).isFalse();
    TestGroup.until(() -> !mentionsOf(asAnn, id, text).isEmpty());
    assertThat(trySend(asAnn, id, "m1", text).json()).isEqualTo(first.json());
    assertThat(asBen.get(path(id, "/messages?before=2")).json().get("items").get(0).has("mentions"))
        .isFalse();
  }

  @Test
  void inboxShouldCountUnreadMentions() throws Exception {
    TestGroup group = group();
    send(asAnn, group.id, "m1", "nobody");
    long named = send(asAnn, group.id, "m2", "@" + bensName + " and again @" + bensName);
    send(asAnn, group.id, "m3", "@everyone @" + bensName);
    long all = send(asAnn, group.id, "m4", "@here");
    send(asAnn, group.id, "m5", "@everyone in vain `@everyone`");
    assertThat(item(asBen, group.id).get("unread").asInt()).isEqualTo(5);
    assertThat(unreadMentions(asBen, group.id)).isEqualTo(4);
    assertThat(unreadMentions(new Http(Nodes.A.http(), asCleo.token()), group.id)).isEqualTo(3);
    assertThat(unreadMentions(asAnn, group.id)).isZero();

    asAnn.delete(path(group.id, "/messages/" + all));
    assertThat(unreadMentions(asBen, group.id)).isEqualTo(3);
    asBen.put(path(group.id, "/read"), Map.of("seq", named));
    assertThat(unreadMentions(asBen, group.id)).isEqualTo(2);
    send(asBen, group.id, "b1", "I have not read it all, @" + bensName);
    assertThat(unreadMentions(asBen, group.id)).isEqualTo(2);
    // What names oneself is no news.
    assertThat(unreadMentions(asCleo, group.id)).isEqualTo(2);
    send(asCleo, group.id, "c1", "@" + bensName);
    assertThat(unreadMentions(asBen, group.id)).isEqualTo(3);
    assertThat(item(asCleo, direct(asCleo, ann)).get("mentions").asInt()).isZero();
  }

  @Test
  void editsShouldMentionWhomTheyName() throws Exception {
    TestGroup group = group();
    long seq = send(asAnn, group.id, "m1", "hi @" + bensName);
    for (String text : List.of("hi @" + cleosName, "hi all", "hi @" + bensName + " again")) {
      Answer edited = asAnn.call("PATCH", path(group.id, "/messages/" + seq), Map.of("text", text));
      assertThat(edited.status()).as(edited.response().body()).isEqualTo(200);
      assertThat(mentions(edited.json())).hasSize(text.contains("@") ? 1 : 0);
      assertThat(newest(asBen, group.id)).isEqualTo(edited.json());
      assertThat(unreadMentions(asBen, group.id)).isEqualTo(text.contains(bensName) ? 1 : 0);
      assertThat(unreadMentions(asCleo, group.id)).isEqualTo(text.contains(cleosName) ? 1 : 0);
    }
    JsonNode event = asBen.get(path(group.id, "/events?after=" + seq)).json().get("items").get(0);
    assertThat(event.get("type").asString()).isEqualTo("EDITED");
    assertThat(mentions(event)).hasSize(1);
  }

  private static String direct(Http http, UserId other) {
    return http.post("/api/v1/conversations/direct", Map.of("userId", other))
        .json()
        .get("id")
        .asString();
  }

  @Test
  void whatWasBeforeOneJoinedShouldMentionOneNot() throws Exception {
    TestGroup group = new TestGroup(ann).with(TestGroup.fromJoining());
    TestGroup.publish(group.create(ben));
    TestGroup.until(() -> asBen.get(path(group.id, "/events")).json().path("items").size() == 1);
    send(asAnn, group.id, "m1", "@everyone");
    TestGroup.publish(group.add(cleo));
    TestGroup.until(() -> asCleo.get(path(group.id, "/events")).json().path("items").size() == 1);
    send(asAnn, group.id, "m2", "@everyone @" + cleosName);
    assertThat(unreadMentions(asCleo, group.id)).isEqualTo(1);
    assertThat(unreadMentions(asBen, group.id)).isEqualTo(2);
  }

  @Test
  void noMoreThanAHundredShouldBeCounted() {
    String id = direct();
    for (int i = 0; i < 105; i++) {
      send(asAnn, id, "m" + i, "@" + bensName);
    }
    assertThat(item(asBen, id).get("unread").asInt()).isEqualTo(105);
    assertThat(unreadMentions(asBen, id)).isEqualTo(100);
  }

  /** As if the node had died, or Cassandra been away, when the message was in the log. */
  @Test
  void mentionsShouldBeNotedByWhoeverDoesTheRest() throws Exception {
    ConversationId group = new ConversationId(Nodes.FLEET.quietGroup("the group", ann, ben, cleo));
    send(asAnn, group, "m1", "hi");
    String said = "{\"clientMessageId\":\"m2\",\"text\":\"@b @everyone\"";
    String found =
        ",\"mentions\":[{\"userId\":\"%s\",\"start\":0,\"length\":2},{\"all\":\"everyone\",\"start\":3,\"length\":9}],\"mentionsAll\":\"everyone\"}"
            .formatted(ben);
    try (NotificationEvents.Duty duty = Nodes.A.get(NotificationEvents.class).duty(group)) {
      assertThat(duty).isNotNull();
      Nodes.A.get(EventLog.class)
          .append(
              new EventLog.Draft(
                  group, ann, "m2", LogEvent.Kind.MESSAGE, said + found, Mentioned::without));
    }
    TestGroup.until(() -> unreadMentions(asBen, group) == 1);
    TestGroup.until(() -> unreadMentions(asCleo, group) == 1);
  }

  @Test
  void editShouldMentionOthers() throws Exception {
    UUID group = Nodes.FLEET.quietGroup("the group", ann, ben, cleo);
    long seq = send(asAnn, group, "m1", "@" + bensName);
    assertThat(unreadMentions(asBen, group)).isEqualTo(1);
    asAnn.call("PATCH", path(group, "/messages/" + seq), Map.of("text", "no, @" + cleosName));
    assertThat(mentions(newest(asBen, group)))
        .containsExactly(cleo + " 4+" + (1 + cleosName.length()));
    assertThat(unreadMentions(asBen, group)).isZero();
    assertThat(unreadMentions(asCleo, group)).isEqualTo(1);

    // Another node does the rest of an edit that is in the log.
    ConversationId id = new ConversationId(group);
    try (NotificationEvents.Duty duty = Nodes.A.get(NotificationEvents.class).duty(id)) {
      assertThat(duty).isNotNull();
      Nodes.A.get(EventLog.class)
          .append(
              new EventLog.Draft(
                  id, ann, "e2", LogEvent.Kind.EDITED, "{\"target\":1,\"text\":\"nobody\"}"));
    }
    TestGroup.until(() -> unreadMentions(asCleo, group) == 0);
    assertThat(mentions(newest(asBen, group))).isEmpty();
  }

  @Test
  void editsShouldBeCountedAsTheyStand() throws Exception {
    ConversationId id = ConversationId.valueOf(direct());
    MentionRows rows = Nodes.A.get(MentionRows.class);
    long seq = send(asAnn, id, "m1", "@" + bensName);
    LogEvent message = Nodes.A.get(LogReader.class).at(id, seq);
    Mentioned before = rows.of(Objects.requireNonNull(message).payload());
    rows.put(message, before, Mentioned.NOBODY, 2);
    assertThat(unreadMentions(asBen, id)).isZero();
    // Whoever does again what was done before changes nothing.
    rows.apply(message);
    assertThat(unreadMentions(asBen, id)).isZero();
    rows.put(message, Mentioned.NOBODY, before, 3);
    assertThat(unreadMentions(asBen, id)).isEqualTo(1);
  }
}

package io.parley.message.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.TestGroup;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a device that was away is told. */
class SyncIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asAnnAtB = new Http(Nodes.B.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));

  private static String path(ConversationId id, String rest) {
    return "/api/v1/conversations/" + id + rest;
  }

  private ConversationId direct(UserId other) {
    Http.Answer answer = asAnn.post("/api/v1/conversations/direct", Map.of("userId", other));
    return ConversationId.valueOf(answer.json().get("id").asString());
  }

  private static long say(Http http, ConversationId id, String text) {
    Http.Answer answer =
        http.post(path(id, "/messages"), Map.of("clientMessageId", text, "text", text));
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private JsonNode sync(Http http, String query) {
    Http.Answer answer = http.get("/api/v1/sync" + query);
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  /** A token since which nothing has changed: two things may happen in one millisecond. */
  private String settled() throws Exception {
    String[] since = {sync(asAnn, "").get("since").asString()};
    TestGroup.until(
        () -> {
          JsonNode answer = sync(asAnn, "?since=" + since[0]);
          since[0] = answer.get("since").asString();
          return answer.get("items").isEmpty() && answer.get("left").isEmpty();
        });
    return since[0];
  }

  private static List<ConversationId> ids(JsonNode answer) {
    List<ConversationId> ids = new ArrayList<>();
    answer.get("items").forEach(item -> ids.add(ConversationId.valueOf(item.get("id").asString())));
    return ids;
  }

  private List<ConversationId> changedSince(String token) {
    return ids(sync(asAnnAtB, "?since=" + token));
  }

  @Test
  void firstSyncShouldHaveAllAndTheNextOneOnlyWhatChanged() throws Exception {
    ConversationId quiet = direct(Nodes.FLEET.user());
    ConversationId live = direct(ben);
    say(asBen, live, "one");
    JsonNode first = sync(asAnn, "");
    assertThat(ids(first)).containsExactly(live, quiet);
    assertThat(first.get("full").asBoolean()).isTrue();
    assertThat(first.get("next").isNull()).isTrue();
    assertThat(first.get("items").get(0))
        .isEqualTo(asAnn.get("/api/v1/conversations").json().get("items").get(0));

    String token = settled();
    assertThat(changedSince(token)).isEmpty();
    say(asBen, live, "two");
    JsonNode answer = sync(asAnnAtB, "?since=" + token);
    assertThat(answer.get("full").asBoolean()).isFalse();
    assertThat(ids(answer)).containsExactly(live);
    assertThat(answer.get("items").get(0).get("headSeq").asLong()).isEqualTo(2);
    assertThat(answer.get("items").get(0).get("unread").asLong()).isEqualTo(2);
  }

  @Test
  void everyKindOfChangeShouldBeTold() throws Exception {
    ConversationId id = direct(ben);
    direct(Nodes.FLEET.user());
    say(asBen, id, "one");
    say(asBen, id, "two");
    List<Supplier<Http.Answer>> changes =
        List.of(
            () -> asAnn.put(path(id, "/messages/1/thread/follow"), ""),
            () -> asAnn.put(path(id, "/messages/1/thread/unread"), Map.of("seq", 2)),
            () -> asAnn.put(path(id, "/messages/1/thread/read"), Map.of("seq", 2)),
            () -> asAnn.delete(path(id, "/messages/1/thread/follow")),
            () -> asAnn.put(path(id, "/read"), Map.of("seq", 2)),
            () -> asAnn.put(path(id, "/unread"), Map.of("seq", 2)),
            () -> asAnn.call("PATCH", path(id, "/settings"), Map.of("pinned", true)),
            () -> asAnn.delete(path(id, "/messages/1?for=me")),
            () -> asBen.call("PATCH", path(id, "/messages/2"), Map.of("text", "two, too")),
            () -> asBen.put(path(id, "/messages/2/reactions/%F0%9F%91%8D"), ""),
            () -> asBen.put(path(id, "/pins/2"), ""),
            () -> asBen.delete(path(id, "/messages/2")));
    for (Supplier<Http.Answer> change : changes) {
      String token = settled();
      Http.Answer answer = change.get();
      assertThat(answer.status()).isBetween(200, 204);
      assertThat(changedSince(token))
          .as(answer.response().request().toString())
          .containsExactly(id);
    }
  }

  @Test
  void joiningAndLeavingShouldBeTold() throws Exception {
    String token = settled();
    TestGroup group = new TestGroup(ben).with(TestGroup.fromJoining());
    TestGroup.publish(group.create());
    TestGroup.publish(group.add(ann));
    ConversationId id = new ConversationId(group.id);
    TestGroup.until(() -> changedSince(token).equals(List.of(id)));

    String joined = settled();
    TestGroup.publish(group.remove(ann));
    TestGroup.until(() -> !sync(asAnn, "?since=" + joined).get("left").isEmpty());
    JsonNode left = sync(asAnn, "?since=" + joined);
    assertThat(left.get("left").get(0).asString()).isEqualTo(id.toString());
    assertThat(left.get("items").isEmpty()).isTrue();
    assertThat(sync(asAnn, "?since=" + settled()).get("left").isEmpty()).isTrue();
    // All there is needs no word of what is gone.
    assertThat(sync(asAnn, "").get("left").isEmpty()).isTrue();
  }

  @Test
  void pagesShouldLeaveNothingOutThoughConversationsMove() throws Exception {
    List<ConversationId> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(direct(Nodes.FLEET.user()));
    }
    String token = settled();
    all.forEach(id -> say(asAnn, id, "hello"));
    Set<ConversationId> told = new HashSet<>();
    JsonNode page = sync(asAnn, "?limit=2&since=" + token);
    String next = page.get("since").asString();
    told.addAll(ids(page));
    for (int pages = 1; !page.get("next").isNull() && pages < 10; pages++) {
      // The oldest moves to the front, where no later page is.
      say(asAnn, all.get(0), "again-" + pages);
      page = sync(asAnnAtB, "?limit=2&since=" + token + "&cursor=" + page.get("next").asString());
      assertThat(page.get("since").asString()).isEqualTo(next);
      told.addAll(ids(page));
    }
    assertThat(page.get("next").isNull()).isTrue();
    assertThat(told).containsAll(all.subList(1, 6));
    assertThat(changedSince(next)).contains(all.get(0));
  }

  @Test
  void whatRedisForgetsShouldBeToldRatherThanLeftOut() throws Exception {
    ConversationId id = direct(ben);
    say(asBen, id, "one");
    String token = settled();
    Nodes.A.get(RedisConnections.class)
        .commands()
        .del(RedisShard.of(id).key("last", id))
        .toCompletableFuture()
        .get();
    // With nothing to note it with.
    Nodes.A.get(EventLog.class)
        .append(new EventLog.Draft(id, ben, "noise", LogEvent.Kind.MEMBERS, "{}"));
    assertThat(changedSince(token)).containsExactly(id);
    assertThat(changedSince(token)).containsExactly(id);
    assertThat(changedSince(settled())).isEmpty();
  }

  @Test
  void oldTokenShouldGetEverything() {
    ConversationId id = direct(ben);
    JsonNode answer = sync(asAnn, "?since=1");
    assertThat(answer.get("full").asBoolean()).isTrue();
    assertThat(ids(answer)).containsExactly(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?since=",
        "?since=-1",
        "?since=NONSENSE!",
        "?since=zzzzzzzzzzz",
        "?cursor=1",
        "?cursor=1.2",
        "?cursor=zzzzzzzzzzz.1_00000000-0000-0000-0000-000000000000",
        "?limit=0",
        "?limit=501",
        "?limit=many"
      })
  void whatWasNeverGivenOutShouldBeRefused(String query) {
    Http.Answer answer = asAnn.get("/api/v1/sync" + query);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
  }
}

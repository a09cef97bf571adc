package io.parley.message.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.ManyGroups;
import io.parley.message.Nodes;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The inbox: its order, its pages and what it shows. */
class InboxIT {

  private final UserId ann = Nodes.FLEET.user();
  private final Http http = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));

  /** With a message in it. */
  private ConversationId conversation(String text) {
    ConversationId id = silent();
    say(id, text);
    return id;
  }

  private ConversationId silent() {
    Http.Answer answer =
        http.post("/api/v1/conversations/direct", Map.of("userId", Nodes.FLEET.user()));
    return ConversationId.valueOf(answer.json().get("id").asString());
  }

  private void say(ConversationId id, String text) {
    Http.Answer answer =
        http.post(
            "/api/v1/conversations/" + id + "/messages",
            Map.of("clientMessageId", text.replace(' ', '-'), "text", text));
    assertThat(answer.status()).isEqualTo(201);
  }

  private ConversationId group(TestGroup group) throws Exception {
    TestGroup.publish(group.create());
    ConversationId id = new ConversationId(group.id);
    TestGroup.until(() -> items(inbox("limit=200")).stream().anyMatch(item -> isOf(item, id)));
    return id;
  }

  private static boolean isOf(JsonNode item, ConversationId id) {
    return item.get("id").asString().equals(id.toString());
  }

  /** A membership event that changes nothing. */
  private void noise(ConversationId id, int events) {
    for (int i = 0; i < events; i++) {
      Nodes.A.get(EventLog.class)
          .append(new EventLog.Draft(id, ann, "noise " + i, LogEvent.Kind.MEMBERS, "{}"));
    }
  }

  private JsonNode inbox(String query) {
    Http.Answer answer = http.get("/api/v1/conversations?" + query);
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  private static List<JsonNode> items(JsonNode page) {
    List<JsonNode> items = new ArrayList<>();
    page.get("items").forEach(items::add);
    return items;
  }

  private static List<ConversationId> ids(JsonNode page) {
    return items(page).stream()
        .map(item -> ConversationId.valueOf(item.get("id").asString()))
        .toList();
  }

  private static @Nullable String next(JsonNode page) {
    return page.get("next").isNull() ? null : page.get("next").asString();
  }

  @Test
  void pagesShouldBeWholeAndInOrder() {
    List<ConversationId> newestFirst = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      newestFirst.add(0, conversation("text " + i));
    }
    List<ConversationId> paged = new ArrayList<>();
    String query = "limit=2";
    for (int page = 0; page < 3; page++) {
      JsonNode answer = inbox(query);
      paged.addAll(ids(answer));
      query = "limit=2&cursor=" + next(answer);
      assertThat(next(answer) == null).isEqualTo(page == 2);
    }
    assertThat(paged).isEqualTo(newestFirst);
    JsonNode first = items(inbox("limit=1")).get(0);
    assertThat(first.get("lastActivityAt")).isEqualTo(first.get("lastMessage").get("at"));
  }

  @Test
  void pagesOfManyShouldShowEachOnceAndNoneThatWasLeftOrCameToTheFront() {
    UserId many = Nodes.FLEET.user();
    List<ConversationId> all = ManyGroups.of(many, RecentOrders.FEW + 50, 0);
    Http asMany = new Http(Nodes.A.http(), Nodes.FLEET.token(many));
    JsonNode answer = asMany.get("/api/v1/conversations?limit=100").json();
    List<ConversationId> paged = new ArrayList<>(ids(answer));
    ConversationId left = all.get(0);
    ConversationId lively = all.get(1);
    Nodes.A.get(CassandraMemberStore.class)
        .put(List.of(new Change(Membership.inGroup(many, left), Member.plain(many), false)), 2);
    Nodes.A.get(EventLog.class)
        .append(new EventLog.Draft(lively, many, "1", LogEvent.Kind.MESSAGE, "{\"text\":\"now\"}"));
    for (String next = next(answer); next != null; next = next(answer)) {
      answer = asMany.get("/api/v1/conversations?limit=100&cursor=" + next).json();
      paged.addAll(ids(answer));
    }
    List<ConversationId> expected = new ArrayList<>(all.reversed());
    expected.removeAll(List.of(left, lively));
    assertThat(paged).isEqualTo(expected);
    assertThat(ids(asMany.get("/api/v1/conversations?limit=1").json())).containsExactly(lively);
  }

  @Test
  void pagingShouldEndThoughConversationsMove() {
    List<ConversationId> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(conversation("text " + i));
    }
    List<ConversationId> paged = new ArrayList<>();
    String query = "limit=2";
    for (int page = 0; page < 10; page++) {
      JsonNode answer = inbox(query);
      paged.addAll(ids(answer));
      String next = next(answer);
      if (next == null) {
        break;
      }
      query = "limit=2&cursor=" + next;
      // The last of the page, by which it would have been found, and one still to come.
      say(paged.get(paged.size() - 1), "again " + page);
      say(all.get(0), "more " + page);
    }
    // Each once, but for the one that moved from behind to the front.
    assertThat(paged).doesNotHaveDuplicates().containsAll(all.subList(1, 6));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "1_2",
        "00000000-0000-0000-0000-000000000000",
        "9999999999999999999_00000000-0000-0000-0000-000000000000",
        "1_00000000-0000-0000-0000-00000000000g"
      })
  void unknownCursorShouldBeRefused(String cursor) {
    Http.Answer answer = http.get("/api/v1/conversations?cursor=" + cursor);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.slug()).isEqualTo("invalid-request");
  }

  @Test
  void whatIsNewAndWhatIsBehindOtherEventsShouldHaveItsPlace() throws Exception {
    ConversationId oldest = conversation("oldest");
    ConversationId noisy = group(new TestGroup(ann));
    say(noisy, "behind the noise");
    ConversationId middle = conversation("middle");
    noise(noisy, 300);
    ConversationId newGroup = group(new TestGroup(ann));
    ConversationId newDirect = silent();
    List<ConversationId> order = List.of(newDirect, newGroup, middle, noisy, oldest);
    assertThat(ids(inbox("limit=10"))).isEqualTo(order);
    JsonNode item = items(inbox("limit=10")).get(3);
    assertThat(item.get("lastMessage").get("text").asString()).isEqualTo("behind the noise");
    assertThat(item.get("lastActivityAt")).isEqualTo(item.get("lastMessage").get("at"));
    assertThat(item.get("headSeq").asLong()).isEqualTo(302);

    // Redis forgets: of an empty conversation nothing is known then.
    for (ConversationId id : order) {
      Nodes.A.get(RedisConnections.class)
          .commands()
          .del(RedisShard.of(id).key("last", id))
          .toCompletableFuture()
          .get();
    }
    assertThat(ids(inbox("limit=10"))).containsExactly(newGroup, middle, noisy, oldest, newDirect);
    assertThat(items(inbox("limit=10")).get(4).get("lastActivityAt").isNull()).isTrue();
  }

  @Test
  void itemShouldBeRightHoweverFarBehindTheMarkerIs() {
    UserId ben = Nodes.FLEET.user();
    ConversationId id =
        ConversationId.valueOf(
            http.post("/api/v1/conversations/direct", Map.of("userId", ben))
                .json()
                .get("id")
                .asString());
    Http elsewhere = new Http(Nodes.B.http(), Nodes.FLEET.token(ann));
    EventLog log = Nodes.A.get(EventLog.class);
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      boolean isMessage = i % 5 != 2 && i < 55;
      UserId author = i % 3 == 0 ? ann : ben;
      events.add(
          log.append(
                  new EventLog.Draft(
                      id,
                      author,
                      String.valueOf(i),
                      isMessage ? LogEvent.Kind.MESSAGE : LogEvent.Kind.MEMBERS,
                      isMessage ? "{\"text\":\"text " + i + "\"}" : "{}"))
              .event());
      for (Http node : List.of(http, elsewhere)) {
        assertThat(headSeq(node, id)).isEqualTo(events.getLast().seq());
      }
    }
    for (int read : List.of(0, 3, 20, 37, 50, 57, 60)) {
      if (read > 0) {
        http.put(
            "/api/v1/conversations/" + id + "/read", Map.of("seq", events.get(read - 1).seq()));
      }
      long unread =
          events.stream()
              .skip(read)
              .filter(event -> event.kind() == LogEvent.Kind.MESSAGE && ben.equals(event.author()))
              .count();
      for (Http node : List.of(http, elsewhere)) {
        JsonNode item = item(node, id);
        assertThat(item.get("unread").asLong()).as("read " + read).isEqualTo(unread);
        assertThat(item.get("lastMessage").get("text").asString()).isEqualTo("text 54");
        assertThat(item.get("headSeq").asLong()).isEqualTo(events.getLast().seq());
      }
    }
  }

  private static JsonNode item(Http node, ConversationId id) {
    return items(node.get("/api/v1/conversations").json()).stream()
        .filter(item -> isOf(item, id))
        .findFirst()
        .orElseThrow();
  }

  private static long headSeq(Http node, ConversationId id) {
    return item(node, id).get("headSeq").asLong();
  }

  @Test
  void oneMessageBehindManyEventsShouldBeFound() throws Exception {
    ConversationId id = group(new TestGroup(ann));
    say(id, "first");
    noise(id, 100);
    say(id, "second");
    noise(id, 100);
    String path = "/api/v1/conversations/" + id + "/messages?limit=1";
    JsonNode newest = http.get(path).json();
    assertThat(newest.get("items").get(0).get("text").asString()).isEqualTo("second");
    JsonNode before = http.get(path + "&before=" + newest.get("next").asLong()).json();
    assertThat(before.get("items").get(0).get("text").asString()).isEqualTo("first");
    JsonNode end = http.get(path + "&before=" + before.get("next").asLong()).json();
    assertThat(end.get("items").size()).isZero();
    assertThat(end.get("next").isNull()).isTrue();
    JsonNode all = http.get(path.replace("limit=1", "limit=50")).json();
    assertThat(all.get("items").size()).isEqualTo(2);
  }

  @Test
  void whoJoinsShouldNotLearnWhenSomethingWasSaidBefore() throws Exception {
    UserId owner = Nodes.FLEET.user();
    Http owners = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
    TestGroup group = new TestGroup(owner).with(TestGroup.fromJoining());
    TestGroup.publish(group.create());
    ConversationId id = new ConversationId(group.id);
    TestGroup.until(
        () ->
            owners
                    .post(
                        "/api/v1/conversations/" + id + "/messages",
                        Map.of("clientMessageId", "1", "text", "before"))
                    .status()
                == 201);
    TestGroup.publish(group.add(ann));
    TestGroup.until(
        () -> {
          List<JsonNode> items = items(inbox("limit=1"));
          return items.size() == 1 && items.get(0).get("headSeq").asLong() > 0;
        });
    JsonNode item = items(inbox("limit=1")).get(0);
    assertThat(item.get("lastMessage").isNull()).isTrue();
    JsonNode joining =
        http.get("/api/v1/conversations/" + id + "/events?after=0").json().get("items").get(0);
    assertThat(item.get("lastActivityAt")).isEqualTo(joining.get("at"));
  }
}

package io.parley.message;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.BlockChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.message.Http.Answer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Who may do what in a conversation: every call of docs/api/access.md, by everybody, against a
 * node. A new call is a new row there, with {@code -Dparley.docs.rewrite=true} filled in by what is
 * answered; if it needs a body, that is in {@link #BODIES}.
 */
class ConversationAccessIT {

  private static final String API = "/api/v1";
  private static final String CONVERSATION = API + "/conversations/{id}";
  private static final Pattern CALL = Pattern.compile("`(\\w+) ([^`]+)`");

  private static final String LATER =
      Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS).toString();

  /** By the call as the page has it; every request has members of its own. */
  private static final Map<String, Map<String, ?>> BODIES =
      Map.ofEntries(
          Map.entry("POST /messages", Map.of("text", "Hello")),
          Map.entry("PATCH /messages/{own}", Map.of("text", "Hello, all")),
          Map.entry("PATCH /messages/{seq}", Map.of("text", "Hello, all")),
          Map.entry("PUT /messages/{seq}/thread/read", Map.of("seq", 1)),
          Map.entry("PUT /messages/{seq}/thread/unread", Map.of("seq", 1)),
          Map.entry("PUT /read", Map.of("seq", 1)),
          Map.entry("PUT /unread", Map.of("seq", 1)),
          Map.entry("PUT /delivered", Map.of("seq", 1)),
          Map.entry("PATCH /settings", Map.of("pinned", true)),
          Map.entry("PUT /draft", Map.of("text", "Dear all,")),
          Map.entry("POST /scheduled", Map.of("text", "Good morning", "at", LATER)),
          Map.entry("PATCH /scheduled/{scheduledId}", Map.of("text", "Good evening")),
          Map.entry("PUT /users/me/saved/{id}/{seq}", Map.of("note", "for Monday")));

  /** Those that give what they make a name. */
  private static final Set<String> NAMING = Set.of("POST /messages", "POST /scheduled");

  private static final Map<String, Scene> SCENES = new LinkedHashMap<>();

  @TestFactory
  Stream<DynamicTest> everyCallShouldBeAnsweredByTheTable() throws Exception {
    AccessTable table = AccessTable.below("Conversations");
    Map<String, Map<String, String>> found = new LinkedHashMap<>();
    for (String row : table.rows().keySet()) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (String who : table.columns()) {
        cells.put(who, scene(who).answer(call(row)));
      }
      found.put(row, cells);
    }
    if (Boolean.getBoolean("parley.docs.rewrite")) {
      table.write(found);
    }
    List<DynamicTest> tests = new ArrayList<>();
    table
        .rows()
        .forEach(
            (row, cells) ->
                cells.forEach(
                    (who, expected) ->
                        tests.add(
                            DynamicTest.dynamicTest(
                                row + ", " + who,
                                () -> assertThat(found.getOrDefault(row, Map.of())).containsEntry(who, expected)))));
    return tests.stream();
  }

  @Test
  void theTableShouldHaveEveryCallOnAConversation() throws Exception {
    Set<String> described = new TreeSet<>();
    JsonNode paths = new Http(Nodes.A.http(), "").get("/openapi.json").json().get("paths");
    paths
        .properties()
        .forEach(
            path -> {
              if (path.getKey().startsWith(CONVERSATION + "/")) {
                path.getValue()
                    .propertyNames()
                    .forEach(
                        method ->
                            described.add(
                                method.toUpperCase(Locale.ROOT)
                                    + " "
                                    + path.getKey().substring(CONVERSATION.length())));
              }
            });

    Set<String> inTable = new TreeSet<>();
    for (String row : AccessTable.below("Conversations").rows().keySet()) {
      inTable.add(
          call(row)
              .replaceAll("\\?.*", "")
              .replace("{own}", "{seq}")
              .replaceAll("/reactions/.+", "/reactions/{emoji}"));
    }
    assertThat(inTable).containsAll(described);
  }

  private static String call(String row) {
    Matcher call = CALL.matcher(row);
    assertThat(call.find()).as("a call in " + row).isTrue();
    return call.group(1) + " " + call.group(2);
  }

  private static Scene scene(String who) throws Exception {
    Scene scene = SCENES.get(who);
    if (scene == null) {
      scene = who.equals("blocked") ? Scene.direct() : Scene.group(who);
      SCENES.put(who, scene);
    }
    return scene;
  }

  /** A conversation in which one who acts is what a column says. */
  private static final class Scene {

    /** So many of each row's calls name a message. */
    private static final int MESSAGES = 30;

    private static final int SCHEDULED = 5;

    private final Http actor;
    private final Http somebody;
    private final String id;
    private final Deque<Long> own = new ArrayDeque<>();
    private final Deque<Long> others = new ArrayDeque<>();
    private final Deque<String> scheduled = new ArrayDeque<>();

    private Scene(Http actor, Http somebody, String id) {
      this.actor = actor;
      this.somebody = somebody;
      this.id = id;
    }

    static Scene direct() throws Exception {
      Duo duo = new Duo();
      Scene scene = new Scene(duo.asAnn, duo.asBen, duo.id.toString());
      scene.writeOwn();
      scene.write(scene.somebody, scene.others);
      Nodes.A.get(RabbitTemplate.class)
          .convertAndSend(
              UserEvents.EXCHANGE,
              BlockChanged.ROUTING_KEY,
              new BlockChanged(duo.ben, duo.ann, true, 1, Instant.now()));
      scene.awaitAnswer("POST /messages", "blocked");
      return scene;
    }

    static Scene group(String who) throws Exception {
      UserId owner = Nodes.FLEET.user();
      UserId one = Nodes.FLEET.user();
      UserId actor = who.equals("owner") || who.equals("archived") ? owner : Nodes.FLEET.user();
      TestGroup group = new TestGroup(owner);
      Http asOne = new Http(Nodes.A.http(), Nodes.FLEET.token(one));
      Scene scene =
          new Scene(new Http(Nodes.A.http(), Nodes.FLEET.token(actor)), asOne, group.id.toString());
      boolean isMember = !who.equals("stranger") && !actor.equals(owner);
      publish(isMember ? group.create(one, actor) : group.create(one));
      until(() -> scene.send(asOne).status() == 201);
      if (!who.equals("stranger")) {
        until(() -> scene.send(scene.actor).status() == 201);
        scene.writeOwn();
      }
      scene.write(asOne, scene.others);
      switch (who) {
        case "banned" -> {
          publish(group.remove(actor));
          scene.awaitAnswer("GET /messages", "not-a-member");
        }
        case "muted" -> {
          publish(group.mute(actor, Instant.now().plusSeconds(3600)));
          scene.awaitAnswer("POST /messages", "muted");
        }
        case "restricted" -> {
          publish(group.override(actor, GroupPermission.WRITE, false));
          scene.awaitAnswer("POST /messages", "forbidden");
        }
        case "moderator", "admin" -> {
          publish(group.role(actor, GroupRole.of(who)));
          scene.awaitAnswer("PUT /pins/" + scene.others.peek(), "ok");
        }
        case "archived" -> {
          publish(group.archived(true));
          scene.awaitAnswer("POST /messages", "conversation-archived");
        }
        default -> assertThat(who).isIn("stranger", "member", "owner");
      }
      return scene;
    }

    private void awaitAnswer(String call, String answer) throws Exception {
      until(() -> answer(call).equals(answer));
    }

    private void writeOwn() {
      write(actor, own);
      for (int i = 0; i < SCHEDULED; i++) {
        Answer planned =
            actor.post(
                API + "/conversations/" + id + "/scheduled",
                Map.of("clientMessageId", UUID.randomUUID(), "text", "Later", "at", LATER));
        assertThat(planned.status()).as(planned.response().body()).isEqualTo(201);
        scheduled.add(planned.json().get("id").asString());
      }
    }

    private void write(Http http, Deque<Long> seqs) {
      for (int i = 0; i < MESSAGES; i++) {
        Answer sent = send(http);
        assertThat(sent.status()).as(sent.response().body()).isEqualTo(201);
        seqs.add(sent.json().get("seq").asLong());
      }
    }

    private Answer send(Http http) {
      return http.post(
          API + "/conversations/" + id + "/messages",
          Map.of("clientMessageId", UUID.randomUUID(), "text", "Hello"));
    }

    /** {@code ok} or the slug of the problem. */
    String answer(String call) {
      String method = call.substring(0, call.indexOf(' '));
      String path = call.substring(call.indexOf(' ') + 1);
      if (path.contains("{own}")) {
        path = path.replace("{own}", String.valueOf(own.isEmpty() ? others.peek() : own.poll()));
      }
      if (path.contains("{seq}")) {
        path = path.replace("{seq}", String.valueOf(others.poll()));
      }
      if (path.contains("{scheduledId}")) {
        path =
            path.replace(
                "{scheduledId}",
                scheduled.isEmpty() ? UUID.randomUUID().toString() : scheduled.poll());
      }
      path = path.replace("👍", "%F0%9F%91%8D");
      String full =
          path.startsWith("/users/")
              ? API + path.replace("{id}", id)
              : API + "/conversations/" + id + path;
      Object body = "";
      Map<String, ?> given = BODIES.get(call);
      if (given != null) {
        Map<String, Object> members = new LinkedHashMap<>(given);
        if (NAMING.contains(call)) {
          members.put("clientMessageId", UUID.randomUUID());
        }
        body = members;
      }
      Answer answer = actor.call(method, full, body);
      return answer.status() / 100 == 2 ? "ok" : answer.slug();
    }
  }
}

package io.parley.message.reaction;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.common.groups.GroupPermission;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.NodeCutOff;
import io.parley.message.Nodes;
import io.parley.message.Nodes.Node;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.store.RedisConnections;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reactions over two nodes: who may, what everybody sees, storms, races, and who dies over them.
 */
class ReactionsIT {

  private static final List<String> KINDS =
      List.of(
          "😀", "😃", "😄", "😁", "😆", "😅", "🤣", "😂", "🙂", "🙃", "🫠", "😉", "😊", "😇", "🥰",
          "😍", "🤩", "😘", "😗", "😚");

  private final UserId owner = Nodes.FLEET.user();
  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId late = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asBenAtA = new Http(Nodes.A.http(), asBen.token());
  private final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(Nodes.FLEET.user()));
  private final TestGroup group = new TestGroup(owner);
  private final ConversationId id = new ConversationId(group.id);
  private final LogReader reader = Nodes.A.get(LogReader.class);
  private int sent;

  @BeforeEach
  void create() throws Exception {
    publish(group.create(ann, ben));
    until(() -> head() == 1 && get(asBen, "/events").status() == 200);
  }

  private long head() {
    LogHead head = reader.head(id);
    return head == null ? 0 : head.seq();
  }

  private String path(String rest) {
    return "/api/v1/conversations/" + group.id + rest;
  }

  private Answer get(Http http, String rest) {
    return http.get(path(rest));
  }

  private long send(Http http) {
    Answer answer =
        http.post(path("/messages"), Map.of("clientMessageId", "m" + sent++, "text", "Hello"));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private String reaction(Object seq, String emoji) {
    return path(
        "/messages/" + seq + "/reactions/" + URLEncoder.encode(emoji, StandardCharsets.UTF_8));
  }

  private Answer react(Http http, Object seq, String emoji) {
    return http.put(reaction(seq, emoji), "");
  }

  private Answer takeBack(Http http, Object seq, String emoji) {
    return http.delete(reaction(seq, emoji));
  }

  private static void assertView(
      Answer answer, String emoji, int count, boolean own, @Nullable Long seq) {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.json().get("emoji").asString()).isEqualTo(emoji);
    assertThat(answer.json().get("count").asInt()).isEqualTo(count);
    assertThat(answer.json().get("own").asBoolean()).isEqualTo(own);
    if (seq != null) {
      assertThat(answer.json().get("reactionsSeq").asLong()).isEqualTo(seq);
    }
  }

  private JsonNode message(Http http, long seq) {
    return get(http, "/messages/" + seq).json();
  }

  private JsonNode event(Http http, long seq) {
    return get(http, "/events?limit=1&after=" + (seq - 1)).json().get("items").get(0);
  }

  /** Such as "👍 2 own". */
  private List<String> shown(Http http, long seq) {
    return message(http, seq)
        .path("reactions")
        .valueStream()
        .map(
            each ->
                each.get("emoji").asString()
                    + " "
                    + each.get("count").asInt()
                    + (each.get("own").asBoolean() ? " own" : ""))
        .toList();
  }

  private List<LogEvent> reactedSince(long seq) {
    List<LogEvent> all = new ArrayList<>();
    List<LogEvent> page;
    long from = seq + 1;
    do {
      page = reader.read(id, from, 100);
      page.stream().filter(event -> event.kind() == LogEvent.Kind.REACTED).forEach(all::add);
      from += page.size();
    } while (!page.isEmpty());
    return all;
  }

  private JsonNode payload(LogEvent event) {
    return Nodes.A.get(JsonMapper.class).readTree(event.payload());
  }

  /** What follows from the log alone must be what is stored and shown. */
  private void assertCountsAreThoseOfTheLog(long seq) {
    Map<String, Set<String>> users = new java.util.TreeMap<>();
    for (LogEvent event : reactedSince(seq)) {
      if (event.target() != seq) {
        continue;
      }
      for (JsonNode change : payload(event).get("changes")) {
        Set<String> of =
            users.computeIfAbsent(change.get("emoji").asString(), emoji -> new HashSet<>());
        String user = change.get("userId").asString();
        assertThat(change.get("added").asBoolean() ? of.add(user) : of.remove(user))
            .as("a change of what was")
            .isTrue();
      }
      users.values().removeIf(Set::isEmpty);
      assertThat(counts(payload(event))).isEqualTo(sizes(users));
    }
    assertThat(counts(message(asOwner, seq))).isEqualTo(sizes(users));
    Map<String, Set<String>> listed = new java.util.TreeMap<>();
    String next = "";
    do {
      JsonNode page = get(asOwner, "/messages/" + seq + "/reactions?limit=7" + next).json();
      for (JsonNode each : page.get("items")) {
        assertThat(
                listed
                    .computeIfAbsent(each.get("emoji").asString(), emoji -> new HashSet<>())
                    .add(each.get("userId").asString()))
            .isTrue();
      }
      next = page.get("next").isNull() ? "" : "&cursor=" + page.get("next").asString();
    } while (!next.isEmpty());
    assertThat(listed).isEqualTo(users);
  }

  private static Map<String, Integer> counts(JsonNode of) {
    Map<String, Integer> counts = new java.util.TreeMap<>();
    of.path("reactions")
        .forEach(each -> counts.put(each.get("emoji").asString(), each.get("count").asInt()));
    return counts;
  }

  private static Map<String, Integer> sizes(Map<String, Set<String>> users) {
    Map<String, Integer> sizes = new java.util.TreeMap<>();
    users.forEach((emoji, all) -> sizes.put(emoji, all.size()));
    return sizes;
  }

  // --- what is seen ----------------------------------------------------------------------------

  @Test
  void everybodyShouldSeeReactions() throws Exception {
    long seq = send(asAnn);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asOwner.token())) {
      assertView(react(asBen, seq, "👍"), "👍", 1, true, seq + 1);
      JsonNode told = socket.event("REACTED");
      assertThat(told.get("seq").asLong()).isEqualTo(seq + 1);
      assertThat(told.get("target").asLong()).isEqualTo(seq);
      assertThat(told.get("authorId").asString()).isEqualTo(ben.toString());
      assertThat(told.get("changes"))
          .singleElement()
          .satisfies(
              change -> {
                assertThat(change.get("userId").asString()).isEqualTo(ben.toString());
                assertThat(change.get("emoji").asString()).isEqualTo("👍");
                assertThat(change.get("added").asBoolean()).isTrue();
              });
      assertThat(counts(told)).isEqualTo(Map.of("👍", 1));
      assertThat(event(asAnn, seq + 1)).isEqualTo(told);
    }
    // At another node, in the form that asks for no style.
    assertView(react(asAnn, seq, "❤"), "❤️", 1, true, seq + 2);
    assertView(react(asAnn, seq, "👍"), "👍", 2, true, seq + 3);

    assertThat(shown(asAnn, seq)).containsExactly("👍 2 own", "❤️ 1 own");
    assertThat(shown(asBen, seq)).containsExactly("👍 2 own", "❤️ 1");
    JsonNode now = message(asOwner, seq);
    assertThat(shown(asOwner, seq)).containsExactly("👍 2", "❤️ 1");
    assertThat(now.get("reactionsSeq").asLong()).isEqualTo(seq + 3);
    assertThat(get(asOwner, "/messages?limit=1").json().get("items").get(0)).isEqualTo(now);
    assertThat(event(asOwner, seq)).isEqualTo(now);
    assertThat(event(asOwner, seq + 1).has("reactionsSeq")).isFalse();
    // A reaction is no message.
    JsonNode inbox = asOwner.get("/api/v1/conversations").json().get("items").get(0);
    assertThat(inbox.get("unread").asLong()).isEqualTo(1);

    assertView(takeBack(asBen, seq, "👍"), "👍", 1, false, seq + 4);
    assertView(takeBack(asAnn, seq, "❤️"), "❤️", 0, false, seq + 5);
    assertThat(shown(asBen, seq)).containsExactly("👍 1");
    assertView(takeBack(asAnn, seq, "👍"), "👍", 0, false, seq + 6);
    assertThat(message(asBen, seq).get("reactions")).isEmpty();
    assertThat(message(asBen, seq).get("reactionsSeq").asLong()).isEqualTo(seq + 6);
    assertCountsAreThoseOfTheLog(seq);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRepeatShouldChangeNothing(boolean forgotten) throws Exception {
    long seq = send(asAnn);
    assertView(takeBack(asBen, seq, "👍"), "👍", 0, false, 0L);
    assertView(react(asBen, seq, "👍"), "👍", 1, true, seq + 1);
    if (forgotten) {
      Nodes.A.get(RedisConnections.class).commands().flushdb().get();
    }
    assertView(react(asBenAtA, seq, "👍️"), "👍", 1, true, seq + 1);
    assertView(takeBack(asAnn, seq, "👍"), "👍", 1, false, seq + 1);
    assertThat(head()).isEqualTo(seq + 1);
    assertView(takeBack(asBenAtA, seq, "👍"), "👍", 0, false, null);
    assertView(takeBack(asBen, seq, "👍"), "👍", 0, false, null);
    assertThat(reactedSince(seq)).hasSize(2);
    assertCountsAreThoseOfTheLog(seq);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#️⃣", "*️⃣", "1️⃣", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏻‍❤️‍💋‍👨🏿"})
  void emojiOfManyCodePointsShouldStandInAnAddress(String emoji) {
    long seq = send(asAnn);
    assertView(react(asBen, seq, emoji), emoji, 1, true, seq + 1);
    assertThat(shown(asBen, seq)).containsExactly(emoji + " 1 own");
    assertCountsAreThoseOfTheLog(seq);
    assertView(takeBack(asBen, seq, emoji), emoji, 0, false, null);
  }

  @Test
  void aPageShouldShowAllItsReactions() {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      long seq = send(i % 2 == 0 ? asAnn : asBen);
      seqs.add(seq);
      if (i % 3 != 0) {
        react(asAnn, seq, "👍");
        react(asBen, seq, i % 2 == 0 ? "👍" : "🎉");
      }
    }
    // Several stretches.
    assertThat(seqs.getLast()).isGreaterThan(100);
    JsonNode page = get(asAnn, "/messages?limit=200").json().get("items");
    assertThat(page).hasSize(50);
    for (int i = 0; i < 50; i++) {
      JsonNode shown = page.get(49 - i).path("reactions");
      if (i % 3 == 0) {
        assertThat(shown.isMissingNode()).isTrue();
      } else if (i % 2 == 0) {
        assertThat(shown.toString()).isEqualTo("[{\"emoji\":\"👍\",\"count\":2,\"own\":true}]");
      } else {
        assertThat(shown.toString())
            .isEqualTo(
                "[{\"emoji\":\"👍\",\"count\":1,\"own\":true},{\"emoji\":\"🎉\",\"count\":1,\"own\":false}]");
      }
    }
  }

  @Test
  void whatIsCachedShouldKnowOfReactionsAndEditsShouldNot() {
    long seq = send(asBen);
    String plain = tag(get(asBen, "/messages/" + seq));
    react(asAnn, seq, "👍");
    Answer cached = asBen.call("GET", path("/messages/" + seq), "", Map.of("If-None-Match", plain));
    assertThat(cached.status()).isEqualTo(200);
    assertThat(tag(cached)).isEqualTo("\"" + seq + "-" + (seq + 1) + "\"");
    assertThat(
            asBen
                .call("GET", path("/messages/" + seq), "", Map.of("If-None-Match", tag(cached)))
                .status())
        .isEqualTo(304);
    for (String read : List.of(plain, tag(cached))) {
      Answer edited =
          asBen.call(
              "PATCH",
              path("/messages/" + seq),
              Map.of("text", "edited by the tag " + read),
              Map.of("If-Match", read));
      assertThat(edited.status()).as(edited.response().body()).isEqualTo(read == plain ? 200 : 412);
    }
    assertThat(shown(asBen, seq)).containsExactly("👍 1");
  }

  private static String tag(Answer answer) {
    return answer.response().headers().firstValue("ETag").orElseThrow();
  }

  @Test
  void whoReactsShouldBeListedInPages() {
    long seq = send(asAnn);
    assertThat(get(asAnn, "/messages/" + seq + "/reactions").json().get("items")).isEmpty();
    react(asAnn, seq, "👍");
    react(asBen, seq, "👍");
    react(asOwner, seq, "👍");
    react(asBen, seq, "❤️");
    react(asAnn, seq, "🎉");
    takeBack(asAnn, seq, "🎉");
    JsonNode all = get(asOwner, "/messages/" + seq + "/reactions").json();
    assertThat(all.get("items")).hasSize(4);
    assertThat(all.get("next").isNull()).isTrue();
    assertCountsAreThoseOfTheLog(seq);

    String likes = "/messages/" + seq + "/reactions?emoji=%F0%9F%91%8D&limit=2";
    JsonNode first = get(asOwner, likes).json();
    assertThat(first.get("items")).hasSize(2);
    JsonNode second = get(asOwner, likes + "&cursor=" + first.get("next").asString()).json();
    assertThat(
            Stream.of(first, second)
                .flatMap(page -> page.get("items").valueStream())
                .map(each -> each.get("emoji").asString() + each.get("userId").asString()))
        .containsExactlyInAnyOrder("👍" + ann, "👍" + ben, "👍" + owner);
    assertThat(second.get("next").isNull()).isTrue();

    for (String bad :
        List.of("cursor=x", "cursor=_", "cursor=110000_" + ann, "emoji=x", "limit=0")) {
      assertThat(get(asOwner, "/messages/" + seq + "/reactions?" + bad).slug())
          .as(bad)
          .isEqualTo("invalid-request");
    }
    assertThat(get(asStranger, "/messages/" + seq + "/reactions").slug()).isEqualTo("not-a-member");
    assertThat(get(asOwner, "/messages/999/reactions").slug()).isEqualTo("message-not-found");
    assertThat(get(asOwner, "/messages/1/reactions").slug()).isEqualTo("message-not-found");
  }

  @Test
  void socketsShouldReactLikeRequests() throws Exception {
    long seq = send(asAnn);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asBen.token())) {
      frame(socket, "1", seq, "react", "{\"emoji\":\"👍\"}");
      socket.receipt("1");
      assertThat(shown(asBen, seq)).containsExactly("👍 1 own");
      frame(socket, "2", seq, "unreact", "{\"emoji\":\"👍\"}");
      socket.receipt("2");
      assertThat(shown(asBen, seq)).isEmpty();
      frame(socket, "3", seq, "react", "{\"emoji\":\"1️⃣\",\"remove\":false}");
      socket.receipt("3");
      frame(socket, "4", seq, "react", "{\"emoji\":\"1️⃣\",\"remove\":true}");
      socket.receipt("4");
      assertThat(shown(asBen, seq)).isEmpty();
      int receipt = 5;
      for (String bad :
          List.of("", "{}", "{\"emoji\":1}", "{\"emoji\":\"x\"}", "{\"emoji\":\"👍👍\"}")) {
        for (String command : List.of("react", "unreact")) {
          String number = String.valueOf(receipt++);
          frame(socket, number, seq, command, bad);
          assertThat(socket.refusal(number).json().get("type").asString())
              .as(command + bad)
              .endsWith("/invalid-request");
        }
      }
      frame(socket, "x", 1, "react", "{\"emoji\":\"👍\"}");
      assertThat(socket.refusal("x").json().get("type").asString()).endsWith("/message-not-found");
    }
  }

  private void frame(StompClient socket, String receipt, long seq, String command, String body) {
    socket.send(
        "SEND",
        Map.of(
            "destination",
            "/app/conversations/" + group.id + "/messages/" + seq + "/" + command,
            "receipt",
            receipt),
        body);
  }

  // --- who may not -----------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"x", "1", "+", "👍👍", "👍a", ":thumbsup:", "🇦", "❤\uFE0E", "\u200D"})
  void whatIsNoEmojiShouldBeRefused(String text) {
    long seq = send(asAnn);
    assertThat(react(asBen, seq, text).slug()).isEqualTo("invalid-request");
    assertThat(takeBack(asBen, seq, text).slug()).isEqualTo("invalid-request");
    assertThat(head()).isEqualTo(seq);
  }

  @Test
  void whoMayNotWriteShouldNotReact() throws Exception {
    long seq = send(asAnn);
    assertThat(react(asStranger, seq, "👍").slug()).isEqualTo("not-a-member");
    assertThat(
            asAnn
                .put(
                    "/api/v1/conversations/"
                        + UUID.randomUUID()
                        + "/messages/1/reactions/%F0%9F%91%8D",
                    "")
                .slug())
        .isEqualTo("conversation-not-found");
    assertThat(react(asBen, 999, "👍").slug()).isEqualTo("message-not-found");
    assertThat(react(asBen, 1, "👍").slug()).isEqualTo("message-not-found");
    assertThat(react(asBen, -1, "👍").slug()).isEqualTo("message-not-found");
    assertThat(react(asBen, "x", "👍").slug()).isEqualTo("invalid-request");
    Http reads =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(
                ben, UUID.randomUUID(), Instant.now().plusSeconds(600), "messages:read"));
    assertThat(react(reads, seq, "👍").slug()).isEqualTo("insufficient-scope");
    assertThat(get(reads, "/messages/" + seq + "/reactions").status()).isEqualTo(200);

    publish(group.mute(ben, Instant.now().plusSeconds(600)));
    until(() -> react(asBen, seq, "👍").slug().equals("muted"));
    publish(group.mute(ben, null));
    until(() -> react(asBen, seq, "👍").status() == 200);
    publish(group.override(ben, GroupPermission.WRITE, false));
    until(() -> react(asBen, seq, "🎉").slug().equals("forbidden"));
    publish(group.archived(true));
    until(() -> react(asAnn, seq, "🎉").slug().equals("conversation-archived"));
    assertThat(shown(asAnn, seq).getFirst()).startsWith("👍 1");
  }

  @Test
  void deletedMessagesShouldHaveNoReactions() {
    long seq = send(asAnn);
    react(asBen, seq, "👍");
    assertThat(asAnn.delete(path("/messages/" + seq)).status()).isEqualTo(200);
    assertThat(react(asBen, seq, "🎉").slug()).isEqualTo("message-not-found");
    assertThat(takeBack(asBen, seq, "👍").slug()).isEqualTo("message-not-found");
    assertThat(get(asBen, "/messages/" + seq + "/reactions").slug()).isEqualTo("message-not-found");
    assertThat(message(asBen, seq).has("reactions")).isFalse();
    assertThat(get(asBen, "/messages").json().toString()).doesNotContain("reactions");
  }

  @Test
  void oneKindTooManyShouldBeRefused() {
    long seq = send(asAnn);
    List<CompletableFuture<Answer>> twenty =
        KINDS.stream()
            .map(
                emoji ->
                    CompletableFuture.supplyAsync(
                        () -> react(KINDS.indexOf(emoji) % 2 == 0 ? asBen : asAnn, seq, emoji)))
            .toList();
    twenty.forEach(each -> assertThat(each.join().status()).isEqualTo(200));
    Answer refused = react(asOwner, seq, "👍");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.slug()).isEqualTo("too-many-reactions");
    // More of what is there is no new kind.
    assertView(react(asOwner, seq, "😀"), "😀", 2, true, null);
    assertView(takeBack(asAnn, seq, "😃"), "😃", 0, false, null);
    assertView(react(asOwner, seq, "👍"), "👍", 1, true, null);
    assertCountsAreThoseOfTheLog(seq);
  }

  @Test
  void manyKindsAtOnceOnTwoNodesShouldStayWithinTheLimit() {
    long seq = send(asAnn);
    List<String> forty =
        Stream.concat(
                KINDS.stream(),
                IntStream.range(0, 20).mapToObj(i -> Character.toString(0x1F980 + i)))
            .toList();
    List<CompletableFuture<Answer>> all =
        forty.stream()
            .map(
                emoji ->
                    CompletableFuture.supplyAsync(
                        () -> react(forty.indexOf(emoji) % 2 == 0 ? asBen : asBenAtA, seq, emoji)))
            .toList();
    List<Integer> statuses = all.stream().map(each -> each.join().status()).toList();
    assertThat(statuses.stream().filter(status -> status == 200)).hasSize(20);
    assertThat(statuses.stream().filter(status -> status == 409)).hasSize(20);
    assertThat(shown(asBen, seq)).hasSize(20).allMatch(each -> each.endsWith(" 1 own"));
    assertCountsAreThoseOfTheLog(seq);
  }

  // --- storms and races ------------------------------------------------------------------------

  @Test
  void aStormShouldBeCountedAndBeFewEvents() throws Exception {
    UserId[] crowd =
        IntStream.range(0, 300).mapToObj(i -> Nodes.FLEET.user()).toArray(UserId[]::new);
    publish(group.add(crowd));
    Http last = new Http(Nodes.B.http(), Nodes.FLEET.token(crowd[299]));
    until(() -> get(last, "/events").status() == 200 && head() == 2);
    long seq = send(asAnn);
    // Neither node has to open it any more.
    assertThat(message(last, seq).get("seq").asLong()).isEqualTo(seq);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asOwner.token());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < crowd.length; i++) {
        Http http = new Http((i % 2 == 0 ? Nodes.A : Nodes.B).http(), Nodes.FLEET.token(crowd[i]));
        String emoji = i % 3 == 0 ? "🎉" : "👍";
        answers.add(
            CompletableFuture.supplyAsync(
                () -> Http.patiently(() -> react(http, seq, emoji)), threads));
      }
      for (CompletableFuture<Answer> answer : answers) {
        assertThat(answer.join().status()).as(answer.join().response().body()).isEqualTo(200);
        assertThat(answer.join().json().get("own").asBoolean()).isTrue();
      }
      assertThat(counts(message(asOwner, seq))).isEqualTo(Map.of("🎉", 100, "👍", 200));
      // A client that hears the events knows as much.
      JsonNode told = socket.event("REACTED");
      while (told.get("seq").asLong() < head()) {
        told = socket.event("REACTED");
      }
      assertThat(counts(told)).isEqualTo(Map.of("🎉", 100, "👍", 200));
    }
    // How fast this machine sends 300 requests is not known: far fewer than reactions in any case.
    assertThat(reactedSince(seq)).hasSizeLessThan(60);
    assertCountsAreThoseOfTheLog(seq);
  }

  @Test
  void oneUserOnTwoNodesShouldEndAsTheLogSays() {
    long seq = send(asAnn);
    List<CompletableFuture<Answer>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int turn = i;
      Http http = i % 2 == 0 ? asBen : asBenAtA;
      all.add(
          CompletableFuture.supplyAsync(
              () -> turn % 3 == 0 ? takeBack(http, seq, "👍") : react(http, seq, "👍")));
    }
    all.forEach(each -> assertThat(each.join().status()).isEqualTo(200));
    assertCountsAreThoseOfTheLog(seq);
    // And the same wish at the same time is one event.
    long other = send(asAnn);
    List<CompletableFuture<Answer>> both =
        Stream.of(asBen, asBenAtA)
            .map(http -> CompletableFuture.supplyAsync(() -> react(http, other, "👍")))
            .toList();
    both.forEach(each -> assertView(each.join(), "👍", 1, true, other + 1));
    assertThat(reactedSince(other)).hasSize(1);
  }

  @Test
  void reactionsOfASecondMessageShouldNotWaitForTheFirst() {
    long one = send(asAnn);
    long two = send(asAnn);
    assertView(react(asBen, one, "👍"), "👍", 1, true, two + 1);
    assertView(react(asBen, two, "👍"), "👍", 1, true, two + 2);
    assertThat(event(asBen, two + 2).get("target").asLong()).isEqualTo(two);
  }

  // --- who dies --------------------------------------------------------------------------------

  private EventLog.Draft draft(Node node, long target, long version, String payload) {
    return new EventLog.Draft(
        id, ben, "react " + target + " " + version, LogEvent.Kind.REACTED, payload);
  }

  private String payload(long target, UserId user, String emoji) {
    return "{\"target\":%d,\"changes\":[{\"userId\":\"%s\",\"emoji\":\"%s\",\"added\":true}],\"reactions\":[{\"emoji\":\"%s\",\"count\":1}]}"
        .formatted(target, user, emoji, emoji);
  }

  /** A node is cut off when the event is in the log and nothing follows from it yet. */
  @Test
  void aReactionShouldBeAppliedWhoeverDies() throws Exception {
    long seq = send(asAnn);
    try (NodeCutOff dying = new NodeCutOff()) {
      Node node = dying.node();
      NotificationEvents.Duty duty = node.get(NotificationEvents.class).duty(id);
      LogEvent event =
          node.get(EventLog.class).append(draft(node, seq, 0, payload(seq, ben, "👍"))).event();
      assertThat(shown(asBen, seq)).isEmpty();
      dying.cutOff();
      until(() -> shown(asBen, seq).equals(List.of("👍 1 own")));
      assertThat(message(asBen, seq).get("reactionsSeq").asLong()).isEqualTo(event.seq());
      duty.done(event);
    }
    assertCountsAreThoseOfTheLog(seq);
  }

  /** Whoever comes next, with the same wish, another one, or the opposite. */
  @Test
  void whatADeadNodeLeftShouldBeAppliedByWhoComesNext() {
    for (String next : List.of("same", "other", "opposite")) {
      long seq = send(asAnn);
      Nodes.A.get(EventLog.class).append(draft(Nodes.A, seq, 0, payload(seq, ben, "👍")));
      assertThat(shown(asBen, seq)).isEmpty();
      switch (next) {
        case "same" -> assertView(react(asBen, seq, "👍"), "👍", 1, true, seq + 1);
        case "other" -> assertView(react(asAnn, seq, "👍"), "👍", 2, true, seq + 2);
        default -> assertView(takeBack(asBen, seq, "👍"), "👍", 0, false, seq + 2);
      }
      assertCountsAreThoseOfTheLog(seq);
    }
  }

  @Test
  void appliedAgainAndInAnyOrderTheStateShouldBeTheLast() {
    long seq = send(asAnn);
    react(asBen, seq, "👍");
    react(asAnn, seq, "👍");
    takeBack(asBen, seq, "👍");
    List<LogEvent> events = new ArrayList<>(reactedSince(seq));
    java.util.Collections.reverse(events);
    events.forEach(Nodes.B.get(Reactions.class)::apply);
    assertThat(shown(asBen, seq)).containsExactly("👍 1");
    assertCountsAreThoseOfTheLog(seq);
  }

  // --- joiners, erasure, export ----------------------------------------------------------------

  @Test
  void whoJoinedLaterShouldNotSeeWhoReactsToOlderMessages() throws Exception {
    long before = send(asAnn);
    publish(group.with(TestGroup.fromJoining()).add(late));
    Http asLate = new Http(Nodes.A.http(), Nodes.FLEET.token(late));
    until(() -> get(asLate, "/events").json().path("items").size() == 1);
    long after = send(asAnn);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asLate.token())) {
      long hidden = react(asBen, before, "👍").json().get("reactionsSeq").asLong();
      long shown = react(asBen, after, "🎉").json().get("reactionsSeq").asLong();
      for (JsonNode event : List.of(socket.event("REACTED"), event(asLate, hidden))) {
        assertThat(event.get("seq").asLong()).isEqualTo(hidden);
        assertThat(event.get("target").asLong()).isEqualTo(before);
        assertThat(event.get("hidden").asBoolean()).isTrue();
        assertThat(event.has("changes")).isFalse();
        assertThat(event.has("reactions")).isFalse();
      }
      JsonNode told = socket.event("REACTED");
      assertThat(told.get("seq").asLong()).isEqualTo(shown);
      assertThat(counts(told)).isEqualTo(Map.of("🎉", 1));
    }
    assertThat(react(asLate, before, "👍").slug()).isEqualTo("message-not-found");
    assertThat(get(asLate, "/messages/" + before + "/reactions").slug())
        .isEqualTo("message-not-found");
    assertThat(shown(asLate, after)).containsExactly("🎉 1");
  }

  @Test
  void exportAndErasureShouldKnowTheReactionsOfAUser() throws Exception {
    long one = send(asAnn);
    long two = send(asOwner);
    long gone = send(asOwner);
    for (String emoji : List.of("👍", "🎉", "❤️")) {
      react(asBen, one, emoji);
    }
    takeBack(asBen, one, "🎉");
    react(asBen, two, "👍");
    react(asAnn, one, "👍");
    react(asBen, gone, "👍");
    assertThat(asOwner.delete(path("/messages/" + gone)).status()).isEqualTo(200);

    JsonNode exported = export(ben).get("reactions");
    assertThat(exported.valueStream().map(JsonNode::toString))
        .containsExactly(
            exported(one, "\"👍\",\"❤️\""), exported(two, "\"👍\""), exported(gone, "\"👍\""));
    assertThat(export(owner).get("reactions")).isEmpty();

    Nodes.A.get(RabbitTemplate.class)
        .convertAndSend(
            UserEvents.EXCHANGE,
            ErasureRequested.ROUTING_KEY,
            new ErasureRequested(
                UUID.randomUUID(), ben, ErasureRequested.Messages.KEEP_ANONYMOUS, Instant.now()));
    until(() -> shown(asAnn, one).equals(List.of("👍 1 own")) && shown(asAnn, two).isEmpty());
    assertCountsAreThoseOfTheLog(one);
    CassandraReactionStore store = Nodes.B.get(CassandraReactionStore.class);
    until(() -> store.state(id, gone, List.of(new Reaction("👍", ben))).present().isEmpty());
    // Everybody who is there hears that they are gone.
    assertThat(payload(reactedSince(gone).getLast()).get("changes").get(0).get("added").asBoolean())
        .isFalse();
  }

  private String exported(long seq, String emoji) {
    return "{\"conversationId\":\"%s\",\"seq\":%d,\"emoji\":[%s]}".formatted(group.id, seq, emoji);
  }

  private static JsonNode export(UserId user) {
    Http internal =
        new Http(
            Nodes.A.http(),
            new io.parley.common.access.ServiceTokens(
                    Nodes.SECRET, "user-service", Clock.systemUTC())
                .bearer("message-service")
                .substring("Bearer ".length()));
    Answer answer = internal.get("/internal/users/" + user + "/export");
    assertThat(answer.status()).isEqualTo(200);
    return answer.json();
  }

  @Test
  void messagesWithoutReactionsShouldSayNothingOfThem() {
    long seq = send(asAnn);
    assertThat(message(asAnn, seq).has("reactions")).isFalse();
    assertThat(message(asAnn, seq).has("reactionsSeq")).isFalse();
    assertThat(requireNonNull(reader.at(id, seq)).changes().reacted()).isFalse();
  }
}

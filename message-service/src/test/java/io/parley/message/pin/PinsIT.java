package io.parley.message.pin;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.store.RedisConnections;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Pinned messages over two nodes. */
class PinsIT {

  private final UserId owner = Nodes.FLEET.user();
  private final UserId mod = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId late = Nodes.FLEET.user();
  private final Http asOwner = new Http(Nodes.A.http(), Nodes.FLEET.token(owner));
  private final Http asMod = new Http(Nodes.B.http(), Nodes.FLEET.token(mod));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final Http asStranger = new Http(Nodes.A.http(), Nodes.FLEET.token(Nodes.FLEET.user()));
  private final TestGroup group = new TestGroup(owner);
  private final ConversationId id = new ConversationId(group.id);
  private final LogReader reader = Nodes.A.get(LogReader.class);
  private int sent;

  @BeforeEach
  void create() throws Exception {
    publish(group.create(mod, ben), group.role(mod, GroupRole.MODERATOR));
    until(() -> head() == 2 && get(asMod, "/pins").status() == 200);
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
        http.post(
            path("/messages"), Map.of("clientMessageId", "m" + sent, "text", "text " + sent++));
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(201);
    return answer.json().get("seq").asLong();
  }

  private Answer pin(Http http, Object seq) {
    return http.put(path("/pins/" + seq), "");
  }

  private Answer unpin(Http http, Object seq) {
    return http.delete(path("/pins/" + seq));
  }

  private JsonNode pinned(Http http) {
    Answer answer = get(http, "/pins");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    return answer.json().get("items");
  }

  private List<Long> pinnedSeqs(Http http) {
    return pinned(http).valueStream().map(each -> each.get("message").get("seq").asLong()).toList();
  }

  private JsonNode event(Http http, long seq) {
    return get(http, "/events?limit=1&after=" + (seq - 1)).json().get("items").get(0);
  }

  @Test
  void everybodyShouldSeeWhatIsPinnedAsItIsNow() throws Exception {
    long one = send(asBen);
    long two = send(asBen);
    long three = send(asBen);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asBen.token())) {
      Answer answer = pin(asMod, one);
      assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
      assertThat(answer.json().get("pinned").asBoolean()).isTrue();
      assertThat(answer.json().get("pinnedSeq").asLong()).isEqualTo(three + 1);
      assertThat(answer.json().get("pinnedBy").asString()).isEqualTo(mod.toString());
      JsonNode told = socket.event("PINNED");
      assertThat(told.get("seq").asLong()).isEqualTo(three + 1);
      assertThat(told.get("target").asLong()).isEqualTo(one);
      assertThat(told.get("pinned").asBoolean()).isTrue();
      assertThat(told.get("authorId").asString()).isEqualTo(mod.toString());
      assertThat(event(asOwner, three + 1)).isEqualTo(told);
    }
    assertThat(pin(asOwner, three).status()).isEqualTo(200);
    assertThat(pin(asOwner, two).status()).isEqualTo(200);
    for (Http http : List.of(asOwner, asMod, asBen)) {
      assertThat(pinnedSeqs(http)).containsExactly(two, three, one);
    }
    assertThat(pinned(asBen).get(2).get("message"))
        .isEqualTo(get(asBen, "/messages/" + one).json());

    asBen.call("PATCH", path("/messages/" + two), Map.of("text", "edited"), Map.of());
    asBen.put(path("/messages/" + two + "/reactions/%F0%9F%91%8D"), "");
    JsonNode now = pinned(asOwner).get(0).get("message");
    assertThat(now.get("text").asString()).isEqualTo("edited");
    assertThat(now.get("reactions").get(0).get("count").asInt()).isEqualTo(1);
    assertThat(asBen.delete(path("/messages/" + three)).status()).isEqualTo(200);
    assertThat(pinnedSeqs(asOwner)).containsExactly(two, one);
    assertThat(pin(asOwner, three).slug()).isEqualTo("message-not-found");

    Answer answer = unpin(asMod, one);
    assertThat(answer.json().get("pinned").asBoolean()).isFalse();
    assertThat(answer.json().has("pinnedBy")).isFalse();
    assertThat(pinnedSeqs(asBen)).containsExactly(two);
  }

  @Test
  void aRepeatShouldChangeNothing() throws Exception {
    long seq = send(asBen);
    JsonNode first = pin(asMod, seq).json();
    assertThat(pin(asOwner, seq).json()).isEqualTo(first);
    Nodes.A.get(RedisConnections.class).commands().flushdb().get();
    assertThat(pin(asOwner, seq).json()).isEqualTo(first);
    assertThat(head()).isEqualTo(seq + 1);
    assertThat(unpin(asMod, seq).status()).isEqualTo(200);
    long after = head();
    assertThat(unpin(asOwner, seq).status()).isEqualTo(200);
    assertThat(head()).isEqualTo(after);
    assertThat(pinned(asBen)).isEmpty();
    // Again it is a pin of its own.
    assertThat(pin(asMod, seq).json().get("pinnedSeq").asLong()).isEqualTo(after + 1);
  }

  @Test
  void whoMayNotPinShouldBeRefused() throws Exception {
    long seq = send(asBen);
    Answer refused = pin(asBen, seq);
    assertThat(refused.slug()).isEqualTo("forbidden");
    assertThat(refused.json().get("permission").asString()).isEqualTo("pin");
    assertThat(unpin(asBen, seq).slug()).isEqualTo("forbidden");
    assertThat(pin(asStranger, seq).slug()).isEqualTo("not-a-member");
    assertThat(get(asStranger, "/pins").slug()).isEqualTo("not-a-member");
    assertThat(asMod.get("/api/v1/conversations/" + UUID.randomUUID() + "/pins").slug())
        .isEqualTo("conversation-not-found");
    assertThat(pin(asMod, 999).slug()).isEqualTo("message-not-found");
    assertThat(pin(asMod, 1).slug()).isEqualTo("message-not-found");
    assertThat(pin(asMod, "x").slug()).isEqualTo("invalid-request");
    Http reads =
        new Http(
            Nodes.A.http(),
            Nodes.FLEET.token(
                mod, UUID.randomUUID(), Instant.now().plusSeconds(600), "messages:read"));
    assertThat(pin(reads, seq).slug()).isEqualTo("insufficient-scope");
    assertThat(pinned(reads)).isEmpty();
    publish(group.archived(true));
    until(() -> pin(asMod, seq).slug().equals("conversation-archived"));
  }

  @Test
  void bothSidesOfADirectConversationShouldPin() {
    Answer made = asOwner.post("/api/v1/conversations/direct", Map.of("userId", ben));
    String direct = "/api/v1/conversations/" + made.json().get("id").asString();
    Answer sent =
        asOwner.post(direct + "/messages", Map.of("clientMessageId", "m", "text", "Hello"));
    String seq = sent.json().get("seq").asString();
    assertThat(asBen.put(direct + "/pins/" + seq, "").status()).isEqualTo(200);
    assertThat(asOwner.get(direct + "/pins").json().get("items")).hasSize(1);
    assertThat(asOwner.delete(direct + "/pins/" + seq).status()).isEqualTo(200);
    assertThat(asBen.get(direct + "/pins").json().get("items")).isEmpty();
    assertThat(asStranger.get(direct + "/pins").slug()).isEqualTo("conversation-not-found");
  }

  @Test
  void socketsShouldPinLikeRequests() throws Exception {
    long seq = send(asBen);
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asMod.token())) {
      String destination = "/app/conversations/" + group.id + "/messages/" + seq + "/";
      socket.send("SEND", Map.of("destination", destination + "pin", "receipt", "1"), "");
      socket.receipt("1");
      assertThat(pinnedSeqs(asBen)).containsExactly(seq);
      socket.send("SEND", Map.of("destination", destination + "unpin", "receipt", "2"), "");
      socket.receipt("2");
      assertThat(pinned(asBen)).isEmpty();
    }
    try (StompClient socket = StompClient.connect(Nodes.A.http(), asBen.token())) {
      String destination = "/app/conversations/" + group.id + "/messages/" + seq + "/pin";
      socket.send("SEND", Map.of("destination", destination, "receipt", "1"), "");
      assertThat(socket.refusal("1").json().get("type").asString()).endsWith("/forbidden");
    }
  }

  @Test
  void pinsShouldBeLimitedAndDeletedMessagesMakeRoom() {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i <= 101; i++) {
      seqs.add(send(i % 2 == 0 ? asOwner : asMod));
    }
    for (int i = 0; i < 99; i++) {
      assertThat(pin(i % 2 == 0 ? asOwner : asMod, seqs.get(i)).status()).isEqualTo(200);
    }
    // One place for three, on two nodes.
    List<Integer> statuses =
        Stream.of(99, 100, 101)
            .map(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> pin(i % 2 == 0 ? asOwner : asMod, seqs.get(i)).status()))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();
    assertThat(statuses).containsExactlyInAnyOrder(200, 409, 409);
    assertThat(pinned(asBen)).hasSize(100);
    long refused = seqs.get(99 + statuses.indexOf(409));
    assertThat(pin(asOwner, refused).slug()).isEqualTo("too-many-pins");
    assertThat(asOwner.delete(path("/messages/" + seqs.get(50))).status()).isEqualTo(200);
    assertThat(pinned(asBen)).hasSize(99);
    assertThat(pin(asOwner, refused).status()).isEqualTo(200);
    assertThat(pinned(asBen)).hasSize(100);
    assertThat(pinnedSeqs(asBen)).startsWith(refused).doesNotContain(seqs.get(50));
  }

  @Test
  void whoPinsAtOnceShouldBeInOneOrder() {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      seqs.add(send(asOwner));
    }
    List<CompletableFuture<Answer>> all =
        seqs.stream()
            .map(
                seq ->
                    CompletableFuture.supplyAsync(
                        () -> pin(seqs.indexOf(seq) % 2 == 0 ? asOwner : asMod, seq)))
            .toList();
    all.forEach(each -> assertThat(each.join().status()).isEqualTo(200));
    List<Long> events =
        reader.read(id, seqs.getLast() + 1, 100).stream()
            .filter(event -> event.kind() == LogEvent.Kind.PINNED)
            .map(LogEvent::target)
            .toList();
    assertThat(events).containsExactlyInAnyOrderElementsOf(seqs);
    assertThat(pinnedSeqs(asBen)).isEqualTo(events.reversed());
    // Two who pin the same: one event, of one of them.
    long same = send(asOwner);
    List<JsonNode> both =
        List.of(asOwner, asMod).stream()
            .map(http -> CompletableFuture.supplyAsync(() -> pin(http, same).json()))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();
    assertThat(both.getFirst()).isEqualTo(both.getLast());
    assertThat(event(asBen, both.getFirst().get("pinnedSeq").asLong()).get("authorId"))
        .isEqualTo(both.getFirst().get("pinnedBy"));
  }

  @Test
  void whatADeadNodeLeftShouldBeApplied() {
    long seq = send(asBen);
    Pins pins = Nodes.A.get(Pins.class);
    LogEvent event =
        Nodes.A.get(EventLog.class)
            .append(
                new EventLog.Draft(
                    id, mod, "pin 0", LogEvent.Kind.PINNED, pins.payload(seq, true, mod)))
            .event();
    assertThat(pinned(asBen)).isEmpty();
    // By whoever comes next, with whatever wish.
    assertThat(unpin(asOwner, seq).json().get("pinned").asBoolean()).isFalse();
    assertThat(head()).isEqualTo(event.seq() + 1);
    assertThat(pinned(asBen)).isEmpty();
    pins.apply(event);
    assertThat(pinned(asBen)).isEmpty();
    // By another node, from its note.
    LogEvent again =
        Nodes.A.get(EventLog.class)
            .append(
                new EventLog.Draft(
                    id,
                    mod,
                    "pin " + (event.seq() + 1),
                    LogEvent.Kind.PINNED,
                    pins.payload(seq, true, mod)))
            .event();
    Nodes.B.get(Pins.class).apply(again);
    assertThat(pinnedSeqs(asBen)).containsExactly(seq);
  }

  @Test
  void whoJoinedLaterShouldNotSeeOlderPins() throws Exception {
    long before = send(asBen);
    publish(group.with(TestGroup.fromJoining()).add(late));
    Http asLate = new Http(Nodes.A.http(), Nodes.FLEET.token(late));
    until(() -> get(asLate, "/events").json().path("items").size() == 1);
    long after = send(asBen);
    long hidden = pin(asMod, before).json().get("pinnedSeq").asLong();
    pin(asMod, after);
    assertThat(pinnedSeqs(asLate)).containsExactly(after);
    assertThat(pinnedSeqs(asBen)).containsExactly(after, before);
    JsonNode event = event(asLate, hidden);
    assertThat(event.get("hidden").asBoolean()).isTrue();
    assertThat(event.has("pinned")).isFalse();
  }
}

package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.StompClient.Frame;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * STOMP over WebSocket on two nodes: what clients send, and what they are told when it is wrong.
 */
class StompSocketIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final String annToken = Nodes.FLEET.token(ann);
  private final String benToken = Nodes.FLEET.token(ben);

  private String direct() {
    Http.Answer opened =
        new Http(Nodes.A.http(), annToken)
            .post("/api/v1/conversations/direct", Map.of("userId", ben));
    assertThat(opened.status()).isEqualTo(200);
    return opened.json().get("id").asString();
  }

  @Test
  void twoUsersOnTwoNodesShouldChat() throws Exception {
    String conversation = direct();
    try (StompClient a = StompClient.connect(Nodes.A.http(), annToken);
        StompClient b = StompClient.connect(Nodes.B.http(), benToken)) {
      String text = "héllo \u202Eשלום\u202C 👩‍👩‍👧 𝕏 \\u0041 \"quoted\" : \\n";
      a.message(conversation, "m1", text);
      a.receipt("r-m1");
      // The ack and the sender's own copy of the message come by different ways, in either order.
      JsonNode first = a.event(StompSocketIT::isAckOrMessage);
      JsonNode second = a.event(StompSocketIT::isAckOrMessage);
      boolean ackFirst = first.get("type").asString().equals("ACK");
      JsonNode ack = ackFirst ? first : second;
      assertThat(ack.get("clientMessageId").asString()).isEqualTo("m1");
      JsonNode message = b.event("MESSAGE");
      assertThat(message.get("text").asString()).isEqualTo(text);
      assertThat(message.get("seq")).isEqualTo(ack.get("seq"));
      assertThat(message.get("id")).isEqualTo(ack.get("id"));
      assertThat(message.get("authorId").asString()).isEqualTo(ann.toString());
      assertThat(ackFirst ? second : first).isEqualTo(message);

      b.send("SEND", Map.of("destination", "/app/conversations/" + conversation + "/typing"), "{}");
      JsonNode typing = a.event("TYPING");
      assertThat(typing.get("userId").asString()).isEqualTo(ben.toString());
      assertThat(typing.get("expiresIn").asLong()).isEqualTo(5_000);
      b.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + conversation + "/read"),
          "{\"seq\":" + message.get("seq") + "}");
      assertThat(a.event("READ").get("seq")).isEqualTo(message.get("seq"));
    }
  }

  private static boolean isAckOrMessage(JsonNode event) {
    String type = event.get("type").asString();
    return type.equals("ACK") || type.equals("MESSAGE");
  }

  @Test
  void conversationMadeWhileConnectedShouldBeHeardAtOnce() throws Exception {
    try (StompClient b = StompClient.connect(Nodes.B.http(), benToken)) {
      String conversation = direct();
      assertThat(b.event("JOINED").get("conversationId").asString()).isEqualTo(conversation);
      new Http(Nodes.A.http(), annToken)
          .post(
              "/api/v1/conversations/" + conversation + "/messages",
              Map.of("clientMessageId", "x", "text", "hi"));
      assertThat(b.event("MESSAGE").get("text").asString()).isEqualTo("hi");
    }
  }

  @Test
  void orderShouldBeTheSameForAllMembers() throws Exception {
    String conversation = direct();
    int each = 60;
    try (StompClient a = StompClient.connect(Nodes.A.http(), annToken);
        StompClient b = StompClient.connect(Nodes.B.http(), benToken);
        StompClient a2 = StompClient.connect(Nodes.B.http(), annToken)) {
      for (int i = 0; i < each; i++) {
        a.message(conversation, "a" + i, "a" + i);
        b.message(conversation, "b" + i, "b" + i);
      }
      for (StompClient client : List.of(a, b, a2)) {
        List<Long> seqs =
            IntStream.range(0, 2 * each)
                .mapToObj(
                    i -> {
                      try {
                        return client.event("MESSAGE").get("seq").asLong();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    })
                .toList();
        assertThat(seqs)
            .containsExactlyElementsOf(
                IntStream.rangeClosed(1, 2 * each).mapToObj(Long::valueOf).toList());
      }
    }
  }

  @Test
  void connectShouldAnswerAsStompHasIt() throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.send(
          "STOMP",
          Map.of(
              "accept-version", "1.0,1.1,1.2",
              "host", "parley",
              "heart-beat", "1000,1000",
              "Authorization", "Bearer " + annToken),
          "");
      Frame connected = client.next();
      assertThat(connected.command()).isEqualTo("CONNECTED");
      assertThat(connected.headers())
          .containsEntry("version", "1.2")
          .containsEntry("heart-beat", "1000,1000")
          .containsEntry("user-name", ann.toString());
      client.send("DISCONNECT", Map.of("receipt", "bye"), "");
      client.receipt("bye");
      assertThat(client.closeCode()).isEqualTo(1000);
    }
  }

  private static void assertRefused(String token, String slug) throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.send(
          "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
      Frame error = client.next();
      assertThat(error.command()).isEqualTo("ERROR");
      assertThat(error.headers()).containsEntry("message", slug);
      assertThat(error.json().get("type").asString()).endsWith(slug);
      assertThat(client.closeCode()).isEqualTo(4401);
    }
  }

  @Test
  void badTokensShouldBeRefused() throws Exception {
    String none = Jwts.builder().subject(ann.toString()).issuer("parley").compact();
    assertRefused(none, "unauthenticated");
    assertRefused("", "unauthenticated");
    assertRefused("a.b.c", "unauthenticated");
    assertRefused(annToken.substring(0, annToken.length() - 4) + "AAAA", "unauthenticated");
    assertRefused(
        Nodes.FLEET.token(ann, Instant.now().minusSeconds(5), UnaryOperator.identity()),
        "token-expired");
    Instant later = Instant.now().plusSeconds(600);
    assertRefused(
        Nodes.FLEET.token(ann, later, t -> t.audience().clear().add("else").and()),
        "unauthenticated");
    assertRefused(Nodes.FLEET.token(ann, later, t -> t.issuer("else")), "unauthenticated");
    assertRefused(
        Nodes.FLEET.token(ann, later, t -> t.header().keyId("k2").and()), "unauthenticated");
    assertRefused(
        Nodes.FLEET.token(ann, later, t -> t.header().type("JWT").and()), "unauthenticated");
  }

  @Test
  void socketShouldCloseWhenItsTokenEnds() throws Exception {
    String brief = Nodes.FLEET.token(ann, Instant.now().plusSeconds(8), UnaryOperator.identity());
    try (StompClient client = StompClient.connect(Nodes.A.http(), brief)) {
      Frame error = client.next();
      assertThat(error.headers()).containsEntry("message", "token-expired");
      assertThat(client.closeCode()).isEqualTo(4401);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONSENSE\n\n\0",
        "SEND\n\n\0",
        "CONNECT",
        "\0\0\0",
        "SEND\ndestination:/app/conversations/x/messages\n\n{}\0",
        "GET / HTTP/1.1\r\n\r\n"
      })
  void framesBeforeConnectShouldEndInAnError(String text) throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.raw(text);
      assertThat(client.next().command()).isEqualTo("ERROR");
      assertThat(client.closeCode()).isIn(1002, 4401);
    }
  }

  private StompClient connected(Map<String, String> more) throws Exception {
    StompClient client = StompClient.open(Nodes.A.http());
    Map<String, String> headers = new HashMap<>();
    headers.put("accept-version", "1.2");
    headers.put("Authorization", "Bearer " + annToken);
    headers.putAll(more);
    client.send("CONNECT", headers, "");
    Frame connected = client.next();
    assertThat(connected.command()).as(connected.toString()).isEqualTo("CONNECTED");
    return client;
  }

  @Test
  void connectShouldBeTakenAsClientsWriteIt() throws Exception {
    for (Map.Entry<String, String> header :
        List.of(
            Map.entry("Authorization", "bearer " + annToken),
            Map.entry("Authorization", " Bearer  " + annToken),
            Map.entry("authorization", "BEARER " + annToken),
            Map.entry("heart-beat", "10000, 10000"),
            Map.entry("heart-beat", " 0 , 9999999999 "),
            Map.entry("accept-version", "1.1, 1.2"),
            Map.entry("accept-version", " 1.2"))) {
      connected(Map.of(header.getKey(), header.getValue())).close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "", "undefined", "application/json;charset", "text/plain"})
  void contentTypeShouldNotMatter(String contentType) throws Exception {
    String conversation = direct();
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      client.send(
          "SEND",
          Map.of(
              "destination",
              "/app/conversations/" + conversation + "/messages",
              "content-type",
              contentType,
              "receipt",
              "r"),
          "{\"clientMessageId\":\"c\",\"text\":\"t\"}");
      client.receipt("r");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MESSAGE\\nreceipt:r\\n\\n\\0|there is no command MESSAGE",
        "SEND\\n"
            + "receipt:r\\n"
            + "bad header line\\n"
            + "\\n"
            + "\\0|a header line is no name:value: bad header line",
        "SEND\\n"
            + "receipt:r\\n"
            + "content-length:1\\n"
            + "\\n"
            + "ab\\0|no NUL follows the 1 bytes that content-length says"
      })
  void framesThatAreNoneShouldEndInAnErrorThatSaysWhy(String frame, String why) throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      client.raw(frame.replace("\\n", "\n").replace("\\0", "\0"));
      Frame error = client.next();
      assertThat(error.command()).isEqualTo("ERROR");
      assertThat(error.headers()).containsEntry("receipt-id", "r");
      assertThat(error.json().get("detail").asString()).isEqualTo("not a STOMP frame: " + why);
      assertThat(client.closeCode()).isEqualTo(1002);
    }
  }

  /** Frames that STOMP knows, and that are refused here, each with the receipt r. */
  private static final List<String> REFUSED =
      List.of(
          "SUBSCRIBE\nid:9\ndestination:/topic/everything",
          "SUBSCRIBE\nid:9",
          "SUBSCRIBE\ndestination:/user/queue/events",
          "SUBSCRIBE\nid:problems\ndestination:/user/queue/events",
          "SUBSCRIBE\nid:9\ndestination:/user/queue/events\nack:maybe",
          "SUBSCRIBE\nid:" + "x".repeat(65) + "\ndestination:/user/queue/events",
          "SEND",
          "SEND\ndestination:/app/nothing",
          "BEGIN\ntransaction:t",
          "COMMIT\ntransaction:t",
          "ABORT\ntransaction:t");

  @Test
  void refusedFramesShouldBeToldAndTheSocketStay() throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      for (String frame : REFUSED) {
        client.raw(frame + "\nreceipt:r\n\n\0");
        Frame problem = client.refusal("r");
        assertThat(frame).startsWith(problem.json().get("command").asString());
      }
      client.subscribe("3", "/user/queue/problems");
      client.subscribe("4", "/user/queue/problems");
      client.raw("SUBSCRIBE\nid:5\ndestination:/user/queue/events\nreceipt:fifth\n\n\0");
      assertThat(client.refusal("fifth").json().get("detail").asString())
          .contains("4 subscriptions");
      // Ending what is not there changes nothing, and is nothing wrong.
      for (int i = 0; i < 2; i++) {
        client.raw("UNSUBSCRIBE\nid:4\nreceipt:gone\n\n\0");
        client.receipt("gone");
      }
      client.subscribe("5", "/user/queue/problems");
    }
  }

  /** As STOMP has it where the client has no queue for problems. */
  @Test
  void refusedFramesShouldElseEndInAnError() throws Exception {
    for (String frame : REFUSED) {
      if (!frame.contains("id:problems")) {
        try (StompClient client = connected(Map.of())) {
          client.raw(frame + "\nreceipt:r\n\n\0");
          Frame error = client.next();
          assertThat(error.command()).as(frame).isEqualTo("ERROR");
          assertThat(error.headers()).containsEntry("receipt-id", "r");
          assertThat(client.closeCode()).isEqualTo(1002);
        }
      }
    }
    try (StompClient client = connected(Map.of())) {
      client.raw("UNSUBSCRIBE\nid:nope\nreceipt:r\n\n\0");
      client.receipt("r");
    }
  }

  @Test
  void sendInATransactionShouldNotBeStored() throws Exception {
    String conversation = direct();
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      client.raw("BEGIN\ntransaction:t\nreceipt:b\n\n\0");
      client.refusal("b");
      client.send(
          "SEND",
          Map.of(
              "destination", "/app/conversations/" + conversation + "/messages",
              "transaction", "t",
              "receipt", "s"),
          "{\"clientMessageId\":\"c\",\"text\":\"t\"}");
      assertThat(client.refusal("s").json().get("clientMessageId").asString()).isEqualTo("c");
      Http.Answer events =
          new Http(Nodes.B.http(), annToken)
              .get("/api/v1/conversations/" + conversation + "/events");
      assertThat(events.json().get("items")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client", "client-individual", "auto"})
  void messagesShouldHaveAnAckWhereTheClientIsToAcknowledge(String mode) throws Exception {
    try (StompClient client = connected(Map.of())) {
      client.send(
          "SUBSCRIBE",
          Map.of("id", "p:1", "destination", "/user/queue/problems", "ack", mode, "receipt", "s"),
          "");
      client.receipt("s");
      client.send("SEND", Map.of("destination", "/app/nothing"), "");
      Frame problem = client.next();
      assertThat(problem.headers()).containsEntry("subscription", "p\\c1");
      assertThat(problem.headers().containsKey("ack")).isEqualTo(!mode.equals("auto"));
      client.send(
          "ACK", Map.of("id", problem.headers().getOrDefault("ack", "x"), "receipt", "a"), "");
      client.receipt("a");
      client.send("NACK", Map.of("id", "whatever", "receipt", "n"), "");
      client.receipt("n");
    }
  }

  private record Refusal(String destination, String body, String slug) {}

  @Test
  void refusedSendsShouldBeToldAndTheSocketStay() throws Exception {
    String mine = direct();
    UserId cleo = Nodes.FLEET.user();
    String foreign =
        new Http(Nodes.A.http(), benToken)
            .post("/api/v1/conversations/direct", Map.of("userId", cleo))
            .json()
            .get("id")
            .asString();
    String app = "/app/conversations/";
    String good = "{\"clientMessageId\":\"c\",\"text\":\"t\"}";
    List<Refusal> refusals =
        List.of(
            new Refusal(app + foreign + "/messages", good, "conversation-not-found"),
            new Refusal(app + foreign + "/typing", "{}", "conversation-not-found"),
            new Refusal(app + foreign + "/read", "{\"seq\":1}", "conversation-not-found"),
            new Refusal(app + UUID.randomUUID() + "/messages", good, "conversation-not-found"),
            new Refusal(app + "x".repeat(36) + "/messages", good, "not-found"),
            new Refusal("/app/nothing", good, "not-found"),
            new Refusal("/user/queue/events", good, "not-found"),
            new Refusal(app + mine + "/messages", "{not json", "invalid-request"),
            new Refusal(app + mine + "/messages", "", "invalid-request"),
            new Refusal(app + mine + "/messages", "null", "invalid-request"),
            new Refusal(app + mine + "/messages", "[]", "invalid-request"),
            new Refusal(app + mine + "/messages", "{\"text\":\"t\"}", "invalid-request"),
            new Refusal(
                app + mine + "/messages",
                "{\"clientMessageId\":\"c\",\"text\":5}",
                "invalid-request"),
            new Refusal(
                app + mine + "/messages",
                "{\"clientMessageId\":\"c\",\"text\":\"t\",\"admin\":true}",
                "invalid-request"),
            new Refusal(
                app + mine + "/messages",
                "{\"clientMessageId\":\"c\",\"text\":\"a\\u0007b\"}",
                "invalid-request"),
            new Refusal(
                app + mine + "/messages",
                "{\"clientMessageId\":\"c\",\"text\":\"\\ud800\"}",
                "invalid-request"),
            new Refusal(
                app + mine + "/messages",
                "{\"clientMessageId\":\"c\",\"text\":\"" + "x".repeat(4001) + "\"}",
                "invalid-request"),
            new Refusal(
                app + mine + "/messages",
                "{\"clientMessageId\":\"c\",\"text\":\"t\",\"replyTo\":99}",
                "invalid-request"),
            new Refusal(app + mine + "/read", "{\"seq\":99}", "invalid-request"),
            new Refusal(app + mine + "/read", "{\"seq\":-1}", "invalid-request"),
            new Refusal(app + mine + "/read", "{\"seq\":\"1\"}", "invalid-request"));
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      for (Refusal refusal : refusals) {
        client.send(
            "SEND", Map.of("destination", refusal.destination(), "receipt", "r"), refusal.body());
        Frame problem = client.refusal("r");
        assertThat(problem.json().get("type").asString())
            .as(refusal.body())
            .endsWith(refusal.slug());
      }
      client.message(mine, "still", "here");
      client.receipt("r-still");
      Http.Answer events =
          new Http(Nodes.B.http(), annToken).get("/api/v1/conversations/" + mine + "/events");
      assertThat(events.json().get("items")).hasSize(1);
    }
  }

  @Test
  void refusalWithoutAProblemsQueueShouldBeAnError() throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.send(
          "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + annToken), "");
      client.next();
      client.send("SEND", Map.of("destination", "/app/nothing", "receipt", "r7"), "{}");
      Frame error = client.next();
      assertThat(error.command()).isEqualTo("ERROR");
      assertThat(error.headers()).containsEntry("receipt-id", "r7");
    }
  }

  @Test
  void frameOverTheLimitShouldCloseWith1009() throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      client.raw("SEND\ndestination:/app/x\n\n" + "x".repeat(70_000) + "\0");
      assertThat(client.closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void repeatShouldGetTheSameAckAndBeStoredOnce() throws Exception {
    String conversation = direct();
    try (StompClient a = StompClient.connect(Nodes.A.http(), annToken);
        StompClient b = StompClient.connect(Nodes.B.http(), annToken)) {
      a.message(conversation, "one", "text");
      JsonNode first = a.event("ACK");
      b.message(conversation, "one", "text");
      assertThat(b.event("ACK")).isEqualTo(first);
      b.message(conversation, "one", "other text");
      b.receipt("r-one");
      assertThat(b.refusal("r-one").json().get("type").asString())
          .endsWith("client-message-id-reused");
    }
  }

  @Test
  void clientThatBreaksItsPromiseOfHeartBeatsShouldBeClosed() throws Exception {
    Nodes.Node node = Nodes.start("parley.socket.heartbeat=2s");
    try (StompClient silent = StompClient.open(node.http());
        StompClient quiet = StompClient.open(node.http())) {
      Map<String, String> headers =
          Map.of("accept-version", "1.2", "Authorization", "Bearer " + annToken);
      Map<String, String> promising = new HashMap<>(headers);
      promising.put("heart-beat", "1000,1000");
      silent.send("CONNECT", promising, "");
      quiet.send("CONNECT", headers, "");
      assertThat(silent.next().command()).isEqualTo("CONNECTED");
      assertThat(quiet.next().command()).isEqualTo("CONNECTED");
      assertThat(silent.closeCode()).isEqualTo(4408);
      // One that promised none is asked by ping, and its library answers: else twelve seconds.
      Thread.sleep(10_000);
      assertThat(quiet.isClosed()).isFalse();
    } finally {
      node.context().close();
    }
  }

  @Test
  void badHeartBeatShouldBeRefused() throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.send(
          "CONNECT",
          Map.of(
              "accept-version", "1.2",
              "heart-beat", "often",
              "Authorization", "Bearer " + annToken),
          "");
      assertThat(client.next().command()).isEqualTo("ERROR");
      assertThat(client.closeCode()).isEqualTo(1002);
    }
  }

  @Test
  void stoppingNodeShouldSayWhenToComeBack() throws Exception {
    Nodes.Node third = Nodes.start();
    try (StompClient client = StompClient.connect(third.http(), annToken)) {
      third.context().close();
      assertThat(client.closeCode()).isEqualTo(1001);
      assertThat(client.closeReason()).contains("retry-after-ms=");
    }
  }
}

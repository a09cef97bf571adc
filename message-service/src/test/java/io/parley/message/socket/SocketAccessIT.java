package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.StompClient.Frame;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which right a socket is open: ended sessions, renewal, scopes, personal tokens. */
class SocketAccessIT {

  private static final String ALL = "messages:read messages:write";

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UUID session = UUID.randomUUID();
  private final Instant later = Instant.now().plusSeconds(600);
  private final String annToken = Nodes.FLEET.token(ann, session, later, ALL);
  private final String benToken = Nodes.FLEET.token(ben);

  private String direct() {
    return new Http(Nodes.A.http(), benToken)
        .post("/api/v1/conversations/direct", Map.of("userId", ann))
        .json()
        .get("id")
        .asString();
  }

  private static void assertCut(StompClient client, String slug, int code) throws Exception {
    Frame error = client.next();
    assertThat(error.command()).as(error.toString()).isEqualTo("ERROR");
    assertThat(error.headers()).containsEntry("message", slug);
    assertThat(error.json().get("type").asString()).endsWith("/" + slug);
    assertThat(client.closeCode()).isEqualTo(code);
  }

  private static Frame connect(StompClient client, String token) throws Exception {
    client.send("CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
    return client.next();
  }

  private static void assertRefusedAtConnect(String node, String token, String slug)
      throws Exception {
    try (StompClient client = StompClient.open(node)) {
      Frame error = connect(client, token);
      assertThat(error.command()).isEqualTo("ERROR");
      assertThat(error.headers()).containsEntry("message", slug);
      assertThat(client.closeCode()).isEqualTo(4401);
    }
  }

  // --- ended sessions --------------------------------------------------------------------------

  @Test
  void endOfASessionShouldCloseItsSocketsOnEveryNode() throws Exception {
    String conversation = direct();
    String other = Nodes.FLEET.token(ann);
    try (StompClient a1 = StompClient.connect(Nodes.A.http(), annToken);
        StompClient a2 = StompClient.connect(Nodes.A.http(), annToken);
        StompClient b = StompClient.connect(Nodes.B.http(), annToken);
        StompClient otherSession = StompClient.connect(Nodes.B.http(), other);
        StompClient bens = StompClient.connect(Nodes.A.http(), benToken)) {
      Nodes.endSession(session, ann);
      for (StompClient cut : List.of(a1, a2, b)) {
        assertCut(cut, "session-ended", 4401);
        assertThat(cut.closeReason()).isEqualTo("session-ended");
      }
      bens.message(conversation, "m", "for the other session only");
      assertThat(otherSession.event("MESSAGE").get("text").asString()).startsWith("for the other");
      for (StompClient cut : List.of(a1, a2, b)) {
        assertThat(cut.messages()).isEmpty();
      }
      for (Nodes.Node node : List.of(Nodes.A, Nodes.B)) {
        Http.Answer answer = new Http(node.http(), annToken).get("/api/v1/conversations");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.slug()).isEqualTo("unauthenticated");
        assertRefusedAtConnect(node.http(), annToken, "unauthenticated");
      }
      assertThat(new Http(Nodes.A.http(), other).get("/api/v1/conversations").status())
          .isEqualTo(200);
    }
  }

  @Test
  void endShouldStopASenderInTheMiddle() throws Exception {
    String conversation = direct();
    try (StompClient client = StompClient.connect(Nodes.A.http(), annToken)) {
      for (int i = 0; i < 50; i++) {
        client.message(conversation, "m" + i, "text " + i);
      }
      Nodes.endSession(session, ann);
      Frame frame = client.next();
      int receipts = 0;
      while (frame.command().equals("RECEIPT")) {
        receipts++;
        frame = client.next();
      }
      assertThat(frame.headers()).containsEntry("message", "session-ended");
      assertThat(client.closeCode()).isEqualTo(4401);
      // Whatever was acknowledged is there.
      int stored =
          new Http(Nodes.B.http(), benToken)
              .get("/api/v1/conversations/" + conversation + "/events?limit=500")
              .json()
              .get("items")
              .size();
      assertThat(stored).isGreaterThanOrEqualTo(receipts);
    }
  }

  @Test
  void nodeThatWasCutOffOrLeftInSilenceShouldLearnOfTheEndAfterwards() throws Exception {
    URI redis = URI.create(Nodes.STORES.environment().get("PARLEY_REDIS_URL"));
    try (TcpProxy proxy = TcpProxy.to(redis)) {
      Nodes.Node third =
          Nodes.start("PARLEY_REDIS_URL=redis://127.0.0.1:" + proxy.port() + redis.getPath());
      UUID second = UUID.randomUUID();
      try (StompClient cutOff = StompClient.connect(third.http(), annToken);
          StompClient inSilence =
              StompClient.connect(third.http(), Nodes.FLEET.token(ann, second, later, ALL))) {
        proxy.cut();
        Nodes.endSession(session, ann);
        Thread.sleep(500);
        assertThat(cutOff.isClosed()).isFalse();
        proxy.restore();
        assertCut(cutOff, "session-ended", 4401);
        assertThat(inSilence.isClosed()).isFalse();

        AutoCloseable silence = proxy.silence();
        Nodes.endSession(second, ann);
        Thread.sleep(500);
        assertThat(inSilence.isClosed()).isFalse();
        silence.close();
        assertCut(inSilence, "session-ended", 4401);
        assertRefusedAtConnect(third.http(), annToken, "unauthenticated");
      } finally {
        third.context().close();
      }
    }
  }

  @Test
  void nodeThatStartsLaterShouldKnowWhatEndedBefore() throws Exception {
    Nodes.endSession(session, ann);
    Nodes.Node third = Nodes.start();
    try {
      assertRefusedAtConnect(third.http(), annToken, "unauthenticated");
    } finally {
      third.context().close();
    }
  }

  @Test
  void socketsThatConnectWhileTheirSessionEndsShouldNotStay() throws Exception {
    List<StompClient> clients = new ArrayList<>();
    Thread ending = null;
    try {
      for (int i = 0; i < 12; i++) {
        StompClient client = StompClient.open(i % 2 == 0 ? Nodes.A.http() : Nodes.B.http());
        clients.add(client);
        client.send(
            "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + annToken), "");
        if (i == 6) {
          ending = Thread.ofVirtual().start(() -> Nodes.endSession(session, ann));
        }
      }
      for (StompClient client : clients) {
        assertThat(client.closeCode()).isEqualTo(4401);
      }
    } finally {
      clients.forEach(StompClient::abort);
      if (ending != null) {
        ending.join();
      }
    }
  }

  // --- renewal ---------------------------------------------------------------------------------

  private static void renew(StompClient client, String body) {
    client.send("SEND", Map.of("destination", "/app/session/renew", "receipt", "renewal"), body);
  }

  private static String body(String token) {
    return "{\"accessToken\":\"" + token + "\"}";
  }

  @Test
  void renewalShouldKeepTheSocketBeyondItsFirstEnd() throws Exception {
    String conversation = direct();
    Instant soon = Instant.now().plusSeconds(8);
    try (StompClient client =
        StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann, session, soon, ALL))) {
      for (int i = 0; i < 20; i++) {
        renew(client, body(annToken));
        client.receipt("renewal");
      }
      Thread.sleep(Duration.between(Instant.now(), soon.plusSeconds(2)));
      client.message(conversation, "m", "still here");
      client.receipt("r-m");
      assertThat(client.event("MESSAGE").get("text").asString()).isEqualTo("still here");
      Nodes.endSession(session, ann);
      assertCut(client, "session-ended", 4401);
    }
  }

  @Test
  void badRenewalShouldBeRefusedAndChangeNothing() throws Exception {
    Instant end = Instant.now().plusSeconds(12).truncatedTo(ChronoUnit.SECONDS);
    UUID endedSession = UUID.randomUUID();
    Nodes.endSession(endedSession, ann);
    Map<String, String> refusals =
        Map.ofEntries(
            Map.entry(body(Nodes.FLEET.token(ben, session, later, ALL)), "renewal-refused"),
            Map.entry(body(Nodes.FLEET.token(ann)), "renewal-refused"),
            Map.entry(
                body(Nodes.FLEET.token(ann, session, end.minusSeconds(2), ALL)), "renewal-refused"),
            Map.entry(
                body(Nodes.FLEET.personalToken(ann, UUID.randomUUID(), later, ALL)),
                "renewal-refused"),
            Map.entry(
                body(Nodes.FLEET.token(ann, session, Instant.now().minusSeconds(1), ALL)),
                "token-expired"),
            Map.entry(body(Nodes.FLEET.token(ann, endedSession, later, ALL)), "unauthenticated"),
            Map.entry(body("parley_pat_unknown"), "unauthenticated"),
            Map.entry(body("a.b.c"), "unauthenticated"),
            Map.entry(body(""), "unauthenticated"),
            Map.entry(
                body(
                    Nodes.FLEET.token(
                        ann,
                        later,
                        t ->
                            t.claim("sid", session.toString())
                                .audience()
                                .clear()
                                .add("else")
                                .and())),
                "unauthenticated"),
            Map.entry("{}", "invalid-request"),
            Map.entry("{\"accessToken\":null}", "invalid-request"),
            Map.entry("{\"accessToken\":7}", "invalid-request"),
            Map.entry("{\"accessToken\":\"x\",\"more\":1}", "invalid-request"),
            Map.entry("\"" + annToken + "\"", "invalid-request"),
            Map.entry("", "invalid-request"));
    try (StompClient client =
        StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann, session, end, ALL))) {
      for (Map.Entry<String, String> refusal : refusals.entrySet()) {
        renew(client, refusal.getKey());
        Frame problem = client.refusal("renewal");
        assertThat(problem.json().get("type").asString())
            .as(refusal.getKey())
            .endsWith("/" + refusal.getValue());
        assertThat(problem.body()).doesNotContain("eyJ");
      }
      assertCut(client, "token-expired", 4401);
      assertThat(Instant.now()).isAfterOrEqualTo(end);
    }
  }

  @Test
  void renewalShouldBringTheNewScopes() throws Exception {
    String conversation = direct();
    String readOnly = Nodes.FLEET.token(ann, session, later, "messages:read");
    String writeOnly =
        Nodes.FLEET.token(ann, session, later.plusSeconds(5), "messages:write account:read");
    try (StompClient client = StompClient.connect(Nodes.A.http(), readOnly)) {
      client.message(conversation, "m1", "may not");
      assertThat(client.refusal("r-m1").json().get("type").asString())
          .endsWith("insufficient-scope");
      renew(client, body(annToken));
      client.receipt("renewal");
      client.message(conversation, "m2", "may");
      client.receipt("r-m2");
      // It listens to what the new token may not hear.
      renew(client, body(writeOnly));
      assertCut(client, "insufficient-scope", 1002);
    }
  }

  // --- scopes and personal tokens --------------------------------------------------------------

  @Test
  void scopesShouldDecideWhatASocketMayDo() throws Exception {
    String conversation = direct();
    String app = "/app/conversations/" + conversation;
    new Http(Nodes.A.http(), benToken)
        .post(
            "/api/v1/conversations/" + conversation + "/messages",
            Map.of("clientMessageId", "b", "text", "read me"));
    try (StompClient nothing = StompClient.open(Nodes.A.http());
        StompClient reader =
            StompClient.connect(
                Nodes.B.http(), Nodes.FLEET.token(ann, session, later, "messages:read unknown"))) {
      connect(nothing, Nodes.FLEET.token(ann, session, later, ""));
      nothing.subscribe("problems", "/user/queue/problems");
      for (String destination : List.of(app + "/messages", app + "/typing", app + "/read")) {
        nothing.send(
            "SEND",
            Map.of("destination", destination),
            destination.endsWith("read")
                ? "{\"seq\":1}"
                : "{\"clientMessageId\":\"c\",\"text\":\"t\"}");
        Frame problem = nothing.next();
        assertThat(problem.json().get("type").asString()).endsWith("insufficient-scope");
        assertThat(problem.json().get("scope").asString())
            .isEqualTo(destination.endsWith("read") ? "messages:read" : "messages:write");
      }
      nothing.send(
          "SUBSCRIBE",
          Map.of("id", "e", "destination", "/user/queue/events", "receipt", "heard"),
          "");
      assertThat(nothing.refusal("heard").json().get("type").asString())
          .endsWith("insufficient-scope");

      reader.send("SEND", Map.of("destination", app + "/read", "receipt", "marked"), "{\"seq\":1}");
      reader.receipt("marked");
      reader.send("SEND", Map.of("destination", app + "/typing"), "");
      assertThat(reader.next().json().get("type").asString()).endsWith("insufficient-scope");
    }
  }

  @Test
  void scopesShouldDecideWhatRestCallsMayDo() {
    String conversation = direct();
    String path = "/api/v1/conversations/" + conversation;
    Http reader = new Http(Nodes.A.http(), Nodes.FLEET.token(ann, session, later, "messages:read"));
    Http writer =
        new Http(Nodes.A.http(), Nodes.FLEET.token(ann, session, later, "messages:write"));
    Map<String, String> message = Map.of("clientMessageId", "c", "text", "t");
    assertThat(writer.post(path + "/messages", message).status()).isEqualTo(201);
    assertThat(reader.get("/api/v1/conversations").status()).isEqualTo(200);
    assertThat(reader.put(path + "/read", Map.of("seq", 1)).status()).isEqualTo(200);
    for (Http.Answer answer :
        List.of(
            reader.post(path + "/messages", message),
            reader.post("/api/v1/conversations/direct", Map.of("userId", ben)),
            writer.get("/api/v1/conversations"),
            writer.get(path + "/messages"),
            writer.get(path + "/events"),
            writer.put(path + "/read", Map.of("seq", 1)))) {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.slug()).isEqualTo("insufficient-scope");
      assertThat(answer.response().headers().firstValue("WWW-Authenticate").orElseThrow())
          .contains("insufficient_scope");
    }
  }

  @Test
  void personalTokenShouldBeGoodForWhatItSaysUntilItIsRevoked() throws Exception {
    String conversation = direct();
    UUID id = UUID.randomUUID();
    String token = Nodes.FLEET.personalToken(ann, id, later, ALL);
    try (StompClient a = StompClient.connect(Nodes.A.http(), token);
        StompClient b = StompClient.connect(Nodes.B.http(), token)) {
      a.message(conversation, "m", "from a script");
      a.receipt("r-m");
      assertThat(b.event("MESSAGE").get("authorId").asString()).isEqualTo(ann.toString());
      assertThat(new Http(Nodes.A.http(), token).get("/api/v1/conversations").status())
          .isEqualTo(200);
      Nodes.endSession(id, ann);
      assertCut(a, "session-ended", 4401);
      assertCut(b, "session-ended", 4401);
      assertThat(new Http(Nodes.A.http(), token).get("/api/v1/conversations").status())
          .isEqualTo(401);
      assertRefusedAtConnect(Nodes.B.http(), token, "unauthenticated");
    }
  }

  @Test
  void personalTokenShouldEndItsSocketWithItself() throws Exception {
    String token =
        Nodes.FLEET.personalToken(ann, UUID.randomUUID(), Instant.now().plusSeconds(8), ALL);
    try (StompClient client = StompClient.connect(Nodes.A.http(), token)) {
      assertCut(client, "token-expired", 4401);
    }
    assertRefusedAtConnect(Nodes.A.http(), token, "token-expired");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "parley_pat_",
        "parley_pat_unknown",
        "parley_pat_\u0000",
        "parley_pat_' OR 1=1 --",
        "PARLEY_PAT_x",
        "parley_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
      })
  void personalTokenThatIsNoneShouldBeRefused(String token) throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.send(
          "CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
      assertThat(client.next().command()).isEqualTo("ERROR");
      assertThat(client.closeCode()).isIn(4401, 1002);
    }
  }

  @Test
  void tokensOfTheWrongKindShouldBeRefused() throws Exception {
    for (String token : Attacks.on(ann, session)) {
      assertRefusedAtConnect(Nodes.A.http(), token, "unauthenticated");
      Http.Answer answer = new Http(Nodes.B.http(), token).get("/api/v1/conversations");
      assertThat(answer.status()).as(token).isEqualTo(401);
    }
    // And a user's token opens nothing that is for services.
    assertThat(
            new Http(Nodes.A.http(), annToken).get("/internal/users/" + ann + "/export").status())
        .isEqualTo(401);
    String notYet =
        Nodes.FLEET.token(
            ann, later, t -> t.notBefore(java.util.Date.from(Instant.now().plusSeconds(300))));
    assertRefusedAtConnect(Nodes.A.http(), notYet, "unauthenticated");
    assertRefusedAtConnect(
        Nodes.A.http(),
        Nodes.FLEET.token(ann, Instant.now().minusSeconds(1), UnaryOperator.identity()),
        "token-expired");
  }
}

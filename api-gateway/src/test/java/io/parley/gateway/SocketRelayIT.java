package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.gateway.RawSocket.Frame;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class SocketRelayIT {

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
    registry.add("parley.gateway.socket-write-timeout", () -> "6s");
    registry.add("parley.gateway.socket-handshake-timeout", () -> "6s");
    registry.add("parley.gateway.socket-linger", () -> "10s");
  }

  @BeforeEach
  void forget() {
    FakeFleet.MESSAGE_1.seen.clear();
    FakeFleet.MESSAGE_2.seen.clear();
    FakeFleet.MESSAGE_1.closeCodes.clear();
    FakeFleet.MESSAGE_2.closeCodes.clear();
  }

  @Test
  void upgradeShouldReachTheNodeWithWhatTheEdgeVouchesFor() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          RawSocket.upgradeRequest("a=b%20c")
              .replace(
                  "Origin:",
                  "Cookie: secret=1\r\nX-Forwarded-For: 6.6.6.6\r\nX-Request-Id: req-7\r\nOrigin:")
              .getBytes(StandardCharsets.ISO_8859_1));
      String head = client.readHead();
      assertThat(head)
          .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
          .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
          .containsIgnoringCase("sec-websocket-protocol: v12.stomp\r\n")
          .containsIgnoringCase("x-request-id: ")
          .doesNotContain("req-7")
          .doesNotContainIgnoringCase("content-length");
    }
    FakeNode.Seen seen = seenUpgrade();
    assertThat(seen.uri()).isEqualTo("/ws?a=b%20c");
    assertThat(seen.headers().get("Origin")).isEqualTo("http://chat.example");
    assertThat(seen.headers().get("Host")).isEqualTo("chat.example");
    assertThat(seen.headers().getAll("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(seen.headers().get("X-Request-Id")).matches("[0-9a-f-]{36}");
    assertThat(seen.headers().contains("Cookie")).isFalse();
  }

  @Test
  void framesShouldPassUnchangedInBothDirections() throws Exception {
    byte[] large = new byte[300_000];
    new Random(7).nextBytes(large);
    try (RawSocket client = RawSocket.upgraded(port, "")) {
      client.send("smile \uD83D\uDE00");
      assertThat(client.read().text()).isEqualTo("smile \uD83D\uDE00");

      client.send(RawSocket.BINARY, large);
      assertThat(client.read().payload()).isEqualTo(large);

      client.write(RawSocket.frame(false, RawSocket.TEXT, "in ".getBytes(StandardCharsets.UTF_8)));
      client.send(RawSocket.PING, "between".getBytes(StandardCharsets.UTF_8));
      client.write(RawSocket.frame(true, 0, "pieces".getBytes(StandardCharsets.UTF_8)));
      Frame first = client.read();
      assertThat(first.last()).isFalse();
      assertThat(first.text()).isEqualTo("in ");
      assertThat(client.read().text()).isEqualTo("between");
      Frame rest = client.read();
      assertThat(rest.opcode()).isZero();
      assertThat(rest.text()).isEqualTo("pieces");
    }
  }

  @Test
  void aClientOfTheJdkShouldWorkUnchanged() throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .subprotocols("v12.stomp")
            .buildAsync(
                URI.create("ws://127.0.0.1:" + port + "/ws"),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(WebSocket s, CharSequence text, boolean last) {
                    answer.complete(text.toString());
                    return WebSocket.Listener.super.onText(s, text, last);
                  }
                })
            .get(30, TimeUnit.SECONDS);
    socket.sendText("over and out", true).get(30, TimeUnit.SECONDS);
    assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("over and out");
    socket.abort();
  }

  /** In one segment with the request, and a moment after it: neither may be taken for HTTP. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 30})
  void bytesSentBeforeTheAnswerShouldNotBeLost(int pauseMillis) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(RawSocket.upgradeRequest("").getBytes(StandardCharsets.ISO_8859_1));
      byte[] early =
          RawSocket.frame(true, RawSocket.TEXT, "hasty".getBytes(StandardCharsets.UTF_8));
      if (pauseMillis > 0) {
        client.write(bytes.toByteArray());
        bytes.reset();
        Thread.sleep(pauseMillis);
      }
      bytes.writeBytes(early);
      bytes.writeBytes(Arrays.copyOf(early, 3));
      client.write(bytes.toByteArray());
      Thread.sleep(5);
      client.write(Arrays.copyOfRange(early, 3, early.length));
      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      assertThat(client.read().text()).isEqualTo("hasty");
      assertThat(client.read().text()).isEqualTo("hasty");
    }
  }

  @Test
  void aLotSentBeforeTheAnswerShouldNotBeLostEither() throws Exception {
    byte[] megabyte = new byte[1_000_000];
    new Random(1).nextBytes(megabyte);
    try (RawSocket client = new RawSocket(port)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(RawSocket.upgradeRequest("").getBytes(StandardCharsets.ISO_8859_1));
      bytes.writeBytes(RawSocket.frame(true, RawSocket.BINARY, megabyte));
      client.write(bytes.toByteArray());
      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      assertThat(client.read().payload()).isEqualTo(megabyte);
    }
  }

  @Test
  void aFrameRightBehindTheAnswerShouldArrive() throws Exception {
    try (RawSocket client = RawSocket.upgraded(port, "do=greet")) {
      assertThat(client.read().text()).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1008, 1009, 4003})
  void closeCodesShouldPassUnchanged(int code) throws Exception {
    try (RawSocket client = RawSocket.upgraded(port, "do=close&code=" + code)) {
      Frame close = client.read();
      assertThat(close.opcode()).isEqualTo(RawSocket.CLOSE);
      assertThat(close.closeCode()).isEqualTo(code);
      assertThat(close.closeReason()).isEqualTo("because");
      client.sendClose(code, "");
      assertThat(client.isEndedWithin(30_000)).isTrue();
    }
    try (RawSocket client = RawSocket.upgraded(port, "")) {
      client.sendClose(code, "bye");
      assertThat(client.read().closeReason()).isEqualTo("bye");
      assertThat(client.isEndedWithin(30_000)).isTrue();
    }
    List<Integer> codes = new ArrayList<>();
    FakeFleet.MESSAGE_1.closeCodes.drainTo(codes);
    FakeFleet.MESSAGE_2.closeCodes.drainTo(codes);
    assertThat(codes).containsExactly(code, code);
  }

  @Test
  void aNodeThatDiesShouldEndItsSockets() throws Exception {
    try (RawSocket client = RawSocket.upgraded(port, "do=reset")) {
      client.send("die");
      assertThat(client.isEndedWithin(30_000)).isTrue();
    }
  }

  /** More than once: the end may come before, while and after the connection is handed over. */
  @RepeatedTest(10)
  void lastWordsOfANodeShouldArriveBeforeTheEnd() throws Exception {
    try (RawSocket client = RawSocket.upgraded(port, "do=half")) {
      assertThat(client.read().text()).isEqualTo("last");
      assertThat(client.read().text()).isEqualTo("words");
      // The node has only closed its own direction.
      client.send("and mine");
      assertThat(client.isEndedWithin(30_000)).isTrue();
    }
  }

  /** A node that closes with bytes unread resets its connection. */
  @ParameterizedTest
  @ValueSource(ints = {10, 60_000, 500_000})
  void lastWordsOfANodeShouldReachAClientThatIsStillSending(int bytes) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawSocket client = RawSocket.upgraded(port, "do=quit")) {
        assertLastWords(client, bytes);
      }
    }
  }

  static void assertLastWords(RawSocket client, int bytes) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(RawSocket.frame(true, RawSocket.TEXT, new byte[1]));
    all.writeBytes(RawSocket.frame(true, RawSocket.BINARY, new byte[bytes]));
    client.write(all.toByteArray());
    assertThat(client.read().text()).isEqualTo("why");
    // Said before the Close was seen.
    client.send(RawSocket.BINARY, new byte[3_000]);
    Frame close = client.read();
    assertThat(close.opcode()).isEqualTo(RawSocket.CLOSE);
    assertThat(close.closeCode()).isEqualTo(1002);
    client.sendClose(1002, "");
    // And the end is no reset.
    assertThat(client.readRest()).isEmpty();
  }

  /** The other way round: the client closes with bytes unread, and so resets its connection. */
  @Test
  void lastWordsOfAClientShouldReachANodeThatIsStillSending() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawSocket client = RawSocket.upgraded(port, "do=flood")) {
        client.read();
        client.send(RawSocket.BINARY, new byte[30_000]);
        client.sendClose(4000 + i, "");
      }
      assertThat(nextCloseCode()).isEqualTo(4000 + i);
    }
    awaitNoSockets();
  }

  private static int nextCloseCode() throws InterruptedException {
    for (int i = 0; i < 1_500; i++) {
      Integer code = FakeFleet.MESSAGE_1.closeCodes.poll(10, TimeUnit.MILLISECONDS);
      if (code == null) {
        code = FakeFleet.MESSAGE_2.closeCodes.poll(10, TimeUnit.MILLISECONDS);
      }
      if (code != null) {
        return code;
      }
    }
    throw new AssertionError("the node got no Close");
  }

  @Test
  void aClientThatLeavesShouldLeaveItsNodeToo() throws Exception {
    awaitNoSockets(); // those of the test before
    RawSocket client = RawSocket.upgraded(port, "");
    client.send("x");
    client.read();
    assertThat(openSockets()).isEqualTo(1);
    client.close();
    awaitNoSockets();
  }

  private static void awaitNoSockets() throws InterruptedException {
    for (int i = 0; i < 600 && openSockets() > 0; i++) {
      Thread.sleep(50);
    }
    assertThat(openSockets()).isZero();
  }

  private static int openSockets() {
    return FakeFleet.MESSAGE_1.sockets.size() + FakeFleet.MESSAGE_2.sockets.size();
  }

  @Test
  void aClientThatStopsReadingShouldBeClosedWhileOthersGoOn() throws Exception {
    awaitNoSockets(); // those of the test before
    // Before its backlog can begin to grow.
    long start = System.nanoTime();
    try (RawSocket stalled = new RawSocket(port, 4096).upgrade("do=flood");
        RawSocket other = RawSocket.upgraded(port, "")) {
      FakeFleet.MESSAGE_1.flooded.set(0);
      FakeFleet.MESSAGE_2.flooded.set(0);
      stalled.read();
      while (openSockets() > 1 && System.nanoTime() - start < 30_000_000_000L) {
        other.send("still here");
        assertThat(other.read().text()).isEqualTo("still here");
        Thread.sleep(20);
      }
      assertThat(openSockets()).isEqualTo(1);
      assertThat((System.nanoTime() - start) / 1e9).isGreaterThan(5.9);
      // What it was sent and did not read: kernel buffers and at most one buffer of the gateway.
      assertThat(FakeFleet.MESSAGE_1.flooded.get() + FakeFleet.MESSAGE_2.flooded.get())
          .isLessThan(30_000_000);
    }
  }

  @Test
  void aSlowReaderThatKeepsReadingShouldStay() throws Exception {
    try (RawSocket slow = new RawSocket(port, 16_384).upgrade("do=flood")) {
      long deadline = System.nanoTime() + 8_000_000_000L;
      while (System.nanoTime() < deadline) {
        for (int i = 0; i < 40; i++) {
          assertThat(slow.read().payload()).hasSize(1000);
        }
        Thread.sleep(5);
      }
    }
  }

  @Test
  void manySocketsShouldEachGetTheirOwn() throws Exception {
    List<RawSocket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        clients.add(RawSocket.upgraded(port, ""));
      }
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < clients.size(); i++) {
          clients.get(i).send("message " + i);
        }
        for (int i = 0; i < clients.size(); i++) {
          assertThat(clients.get(i).read().text()).isEqualTo("message " + i);
        }
      }
    } finally {
      for (RawSocket client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aRefusalOfTheNodeShouldBePassedOn() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(RawSocket.upgradeRequest("do=refuse").getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 403 ")
          .containsIgnoringCase("content-type: application/json")
          .containsIgnoringCase("connection: close");
      assertThat(client.readRest()).isEqualTo("{\"type\":\"https://parley.chat/problems/x\"}");
    }
  }

  @Test
  void aNodeThatDoesNotAnswerShouldBeA504() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(RawSocket.upgradeRequest("do=hang").getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead()).startsWith("HTTP/1.1 504 ");
      assertThat(client.readRest()).contains("service-timeout");
    }
  }

  @Test
  void nodesThatBreakOffShouldBeA503AndEachBeAsked() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(RawSocket.upgradeRequest("do=die").getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("retry-after: 1");
      assertThat(client.readRest()).contains("service-unavailable");
    }
    assertThat(FakeFleet.MESSAGE_1.seen).hasSize(1);
    assertThat(FakeFleet.MESSAGE_2.seen).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Upgrade: websocket\r\n",
        "Connection: keep-alive, Upgrade\r\n",
        "Sec-WebSocket-Version: 13\r\n"
      })
  void whatIsNoUpgradeShouldBe426(String missing) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          RawSocket.upgradeRequest("")
              .replace(missing, "X-Nothing: 1\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 426 ")
          .containsIgnoringCase("sec-websocket-version: 13");
    }
    assertThat(FakeFleet.MESSAGE_1.seen).isEmpty();
    assertThat(FakeFleet.MESSAGE_2.seen).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "not base64 at all!", "dGhlIHNhbXBsZSBub25jZQ==, x"})
  void aWrongKeyShouldBe400(String key) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          RawSocket.upgradeRequest("")
              .replace("dGhlIHNhbXBsZSBub25jZQ==", key)
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
      assertThat(client.readRest()).contains("invalid-request");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate;server_max_window_bits=10, permessage-deflate",
        "permessage-deflate; server_max_window_bits=99; unknown; more=\"a;b,\\\"c\"",
        "x-webkit-deflate-frame,, bbf-usp-protocol; eid=\"d\""
      })
  void extensionsShouldBeDeclinedWhateverIsOffered(String offered) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(withHeader("Sec-WebSocket-Extensions: " + offered));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 101 ")
          .doesNotContainIgnoringCase("sec-websocket-extensions");
      client.send("plain");
      assertThat(client.read().text()).isEqualTo("plain");
    }
    assertThat(seenUpgrade().headers().contains("Sec-WebSocket-Extensions")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-WebSocket-Extensions: ;;,=",
        "Sec-WebSocket-Extensions: a b",
        "Sec-WebSocket-Extensions: a;b=",
        "Sec-WebSocket-Extensions: a;b=\"c",
        "Origin: http://a|b",
        "Host: other.example",
        "Host: chat.example"
      })
  void aHeaderThatBreaksItsStandardShouldBeA400Problem(String header) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(withHeader(header));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 400 ")
          .containsIgnoringCase("content-type: application/problem+json");
      assertThat(client.readRest()).contains("invalid-request");
    }
    assertThat(FakeFleet.MESSAGE_1.seen).isEmpty();
    assertThat(FakeFleet.MESSAGE_2.seen).isEmpty();
  }

  private static byte[] withHeader(String header) {
    String request = RawSocket.upgradeRequest("");
    if (header.startsWith("Origin:")) {
      request = request.replaceAll("Origin: [^\r]*\r\n", "");
    }
    return request.replace("Upgrade:", header + "\r\nUpgrade:").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anUpgradeByHttp10ShouldBeRefusedAsAProblem() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          RawSocket.upgradeRequest("")
              .replace("HTTP/1.1", "HTTP/1.0")
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead())
          .matches("(?s)HTTP/1\\.[01] 426 .*")
          .containsIgnoringCase("content-type: application/problem+json");
      assertThat(client.readRest()).contains("upgrade-required");
    }
  }

  @Test
  void anUpgradeElsewhereShouldBe404() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          RawSocket.upgradeRequest("")
              .replace("/ws", "/wss")
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead()).startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void anUpgradeAfterOtherRequestsOfTheSameConnectionShouldWork() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      byte[] request =
          "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
      for (int i = 0; i < 3; i++) {
        client.write(request);
        String head = client.readHead();
        assertThat(head).startsWith("HTTP/1.1 404 ");
        client.skip(contentLength(head));
      }
      client.upgrade("");
      client.send("after all");
      assertThat(client.read().text()).isEqualTo("after all");
    }
  }

  private static int contentLength(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).trim()))
        .findFirst()
        .orElseThrow();
  }

  private static FakeNode.Seen seenUpgrade() throws InterruptedException {
    FakeNode.Seen seen = FakeFleet.MESSAGE_1.seen.poll(1, TimeUnit.SECONDS);
    return seen != null ? seen : FakeFleet.MESSAGE_2.seen.poll(1, TimeUnit.SECONDS);
  }
}

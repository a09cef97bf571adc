package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Clients that hold what they have for as long as they are let. */
class SlowClientsIT {

  private static final int AT_ONCE = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ConfigurableApplicationContext gateway;
  private static int port;

  @BeforeAll
  static void start() {
    gateway =
        Gateways.start(
            Map.of(
                "parley.gateway.edge.head-timeout", "1s",
                "parley.gateway.edge.answer-grace", "1s",
                "parley.gateway.edge.answer-min-rate", "8MB",
                "parley.gateway.at-once.by-user", AT_ONCE));
    port = Gateways.port(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Slowloris: each byte is a sign of life, and the request never ends. */
  @Test
  void headByteByByteShouldBeCut() throws Exception {
    try (Socket client = connected(0)) {
      send(client, "GET /api/v1/groups HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      client.setSoTimeout(100);
      StringBuilder answer = new StringBuilder();
      Instant end = Instant.now().plus(PATIENCE);
      boolean open = true;
      while (open && Instant.now().isBefore(end)) {
        if (answer.isEmpty()) {
          drip(client);
        }
        open = read(client, answer);
      }

      assertThat(open).as("the connection is still open").isFalse();
      assertThat(answer.toString()).startsWith("HTTP/1.1 408 ");
    }
  }

  private static void drip(Socket client) {
    try {
      send(client, "a");
    } catch (IOException e) {
      // It is cut: what was answered before is still to be read.
    }
  }

  /** False at the end, however it comes. */
  private static boolean read(Socket client, StringBuilder answer) {
    try {
      int read = client.getInputStream().read();
      if (read >= 0) {
        answer.append((char) read);
      }
      return read >= 0;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The time counts anew for each request of a connection, and not between two. */
  @Test
  void connectionShouldGoOnAfterAPauseBetweenRequests() throws Exception {
    try (Socket client = connected(0)) {
      client.setSoTimeout((int) PATIENCE.toMillis());
      for (int i = 0; i < 2; i++) {
        send(client, "GET /docs/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 404 ");
        // Longer than a head may take.
        Thread.sleep(1_500);
      }
    }
  }

  /** Whoever does not read an answer would keep it in memory here, and the service writing. */
  @Test
  void answerThatIsNotReadShouldBeCut() throws Exception {
    try (Socket client = connected(4096)) {
      client.setSoTimeout((int) PATIENCE.toMillis());
      send(client, large());
      assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200 ");

      assertThat(readSlowly(client)).isLessThan(FakeNode.LARGE);
    }
  }

  @Test
  void answerThatIsReadShouldArriveWhole() throws Exception {
    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(request("/api/v1/groups?do=large"), HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.body()).hasSize(FakeNode.LARGE);
  }

  /** A service that takes its time is not the client's fault. */
  @Test
  void answerOfASlowServiceShouldArriveWhole() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(request("/api/v1/groups?do=stream"), HttpResponse.BodyHandlers.ofString());

    assertThat(answer.body()).isEqualTo("part".repeat(16));
  }

  @Test
  void oneMoreRequestAtOnceShouldBeRefusedUntilOneHasEnded() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    FakeFleet.GROUP.seen.clear();
    List<CompletableFuture<HttpResponse<String>>> underWay = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      underWay.add(
          http.sendAsync(
              request("/api/v1/groups?do=stream"), HttpResponse.BodyHandlers.ofString()));
    }
    Instant end = Instant.now().plus(PATIENCE);
    while (FakeFleet.GROUP.seen.size() < AT_ONCE && Instant.now().isBefore(end)) {
      Thread.sleep(10);
    }

    HttpResponse<String> refused =
        http.send(request("/api/v1/groups"), HttpResponse.BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("rate-limited", "\"limiter\":\"at-once\"");
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");

    for (CompletableFuture<HttpResponse<String>> request : underWay) {
      assertThat(request.get().statusCode()).isEqualTo(200);
    }
    int status;
    do {
      status =
          http.send(request("/api/v1/groups"), HttpResponse.BodyHandlers.ofString()).statusCode();
    } while (status == 429 && Instant.now().isBefore(end));
    assertThat(status).isEqualTo(200);
  }

  /** 8 kB and a rest, until the other end has had enough. */
  private static long readSlowly(Socket client) throws InterruptedException {
    byte[] some = new byte[8192];
    long total = 0;
    Instant end = Instant.now().plus(PATIENCE);
    try {
      while (Instant.now().isBefore(end)) {
        int read = client.getInputStream().read(some);
        if (read < 0) {
          return total;
        }
        total += read;
        Thread.sleep(20);
      }
    } catch (IOException e) {
      return total;
    }
    throw new AssertionError("still being sent after " + total + " bytes");
  }

  private static String large() {
    return "GET /api/v1/groups?do=large HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + FakeFleet.TOKENS.valid()
        + "\r\n\r\n";
  }

  private static HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .header("Authorization", "Bearer " + FakeFleet.TOKENS.valid())
        .build();
  }

  private static Socket connected(int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** With its body, when that has a length. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int read = in.read();
      if (read < 0) {
        break;
      }
      head.append((char) read);
    }
    String text = head.toString();
    if (text.startsWith("HTTP/1.1 404 ")) {
      int length = Integer.parseInt(text.replaceAll("(?is).*content-length: *(\\d+).*", "$1"));
      in.readNBytes(length);
    }
    return text;
  }
}

package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

class TlsIT {

  private static final SSLContext TLS = Certificates.trustingAll();

  @TempDir private static Path folder;

  private static ConfigurableApplicationContext gateway;
  private static Certificates first;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    first = Certificates.make(folder);
    first.write(certificate(), key());
    gateway =
        Gateways.start(
            Map.of(
                "parley.gateway.tls.certificate",
                certificate(),
                "parley.gateway.tls.key",
                key(),
                "spring.ssl.bundle.watch.file.quiet-period",
                "500ms",
                "parley.gateway.socket-linger",
                "10s"));
    port = Gateways.port(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Path certificate() {
    return folder.resolve("edge.crt");
  }

  private static Path key() {
    return folder.resolve("edge.key");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void bothVersionsOfHttpShouldBeSpokenOverTls(HttpClient.Version version) throws Exception {
    if (version.ordinal() > HttpClient.Version.HTTP_2.ordinal()) {
      return;
    }
    FakeFleet.USER.seen.clear();
    HttpResponse<String> answer =
        send(
            version,
            HttpRequest.newBuilder(url("/api/v1/users/me"))
                .header("Authorization", "Bearer " + FakeFleet.TOKENS.valid()));
    assertThat(answer.version()).isEqualTo(version);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Strict-Transport-Security"))
        .hasValue("max-age=31536000");
    assertThat(answer.headers().allValues("X-Request-Id")).hasSize(1);
    FakeNode.Seen seen = FakeFleet.seen("user");
    assertThat(seen.headers().getAll("X-Forwarded-Proto")).containsExactly("https");
    assertThat(seen.headers().getAll("X-Forwarded-Host")).containsExactly("127.0.0.1:" + port);
    assertThat(send(version, HttpRequest.newBuilder(url("/"))).body()).contains("<title>Parley");
  }

  @ParameterizedTest
  @CsvSource({"/api/v1/groups, 413, body-too-large", "/ws, 426, upgrade-required"})
  void refusalsShouldBeProblemsOverHttp2Too(String path, int status, String slug) throws Exception {
    byte[] body = path.equals("/ws") ? new byte[0] : new byte[600_000];
    HttpResponse<String> answer =
        send(
            HttpClient.Version.HTTP_2,
            HttpRequest.newBuilder(url(path))
                .method(
                    body.length == 0 ? "GET" : "POST",
                    HttpRequest.BodyPublishers.ofByteArray(body)));
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(slug);
  }

  @Test
  void healthShouldStayPlainOnItsOwnPort() throws Exception {
    String managementPort = gateway.getEnvironment().getProperty("local.management.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:" + managementPort + "/actuator/health/liveness"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void manyRequestsShouldShareOneHttp2Connection() {
    try (HttpClient client = client(HttpClient.Version.HTTP_2)) {
      HttpRequest request =
          HttpRequest.newBuilder(url("/api/v1/conversations"))
              .header("Authorization", "Bearer " + FakeFleet.TOKENS.valid())
              .build();
      client.sendAsync(request, HttpResponse.BodyHandlers.discarding()).join();
      Stream.generate(() -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
          .limit(50)
          .toList()
          .forEach(
              answer -> {
                assertThat(answer.join().statusCode()).isEqualTo(200);
                assertThat(answer.join().version()).isEqualTo(HttpClient.Version.HTTP_2);
              });
    }
  }

  @Test
  void aSocketShouldPassBytesBothWaysOverTls() throws Exception {
    try (RawSocket client = raw().upgrade("do=greet")) {
      assertThat(client.read().text()).isEqualTo("hello");
      String large = "x".repeat(200_000);
      client.send(large);
      assertThat(client.read().text()).isEqualTo(large);
      client.sendClose(1000, "");
      assertThat(client.read().opcode()).isEqualTo(RawSocket.CLOSE);
      assertThat(client.isEndedWithin(30_000)).isTrue();
    }
  }

  @Test
  void aHastyClientShouldBeServedOverTls() throws Exception {
    try (RawSocket client = raw()) {
      byte[] request = RawSocket.upgradeRequest("").getBytes(StandardCharsets.ISO_8859_1);
      byte[] frame =
          RawSocket.frame(true, RawSocket.TEXT, "early".getBytes(StandardCharsets.US_ASCII));
      byte[] both = new byte[request.length + frame.length];
      System.arraycopy(request, 0, both, 0, request.length);
      System.arraycopy(frame, 0, both, request.length, frame.length);
      client.write(both);
      assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
      assertThat(client.read().text()).isEqualTo("early");
    }
  }

  @Test
  void theJdksWebSocketClientShouldConnect() throws Exception {
    CompletableFuture<String> greeting = new CompletableFuture<>();
    try (HttpClient client = client(HttpClient.Version.HTTP_2)) {
      java.net.http.WebSocket socket =
          client
              .newWebSocketBuilder()
              .subprotocols("v12.stomp")
              .buildAsync(
                  URI.create("wss://127.0.0.1:" + port + "/ws?do=greet"),
                  new java.net.http.WebSocket.Listener() {
                    @Override
                    public java.util.concurrent.CompletionStage<?> onText(
                        java.net.http.WebSocket webSocket, CharSequence data, boolean last) {
                      greeting.complete(data.toString());
                      return CompletableFuture.completedStage("read");
                    }
                  })
              .get(20, java.util.concurrent.TimeUnit.SECONDS);
      assertThat(greeting.get(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("hello");
      socket.abort();
    }
  }

  @Test
  void anAnswerShouldReachAClientThatIsStillSendingOverTls() throws Exception {
    EdgeIT.assertAnsweredWhileSending(TlsIT::raw);
  }

  @ParameterizedTest
  @ValueSource(ints = {60_000, 500_000})
  void lastWordsOfANodeShouldReachAClientThatIsStillSending(int bytes) throws Exception {
    for (int i = 0; i < 20; i++) {
      try (RawSocket client = raw().upgrade("do=quit")) {
        SocketRelayIT.assertLastWords(client, bytes);
      }
    }
  }

  @Test
  void whatIsNoHttpShouldBeAProblemOverTlsToo() throws Exception {
    try (RawSocket client = raw()) {
      client.write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
      assertThat(client.readRest()).contains("invalid-request");
    }
  }

  @Test
  void plainHttpShouldNotBeAnswered() throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(client::readHead).isInstanceOf(java.io.IOException.class);
    }
  }

  @Test
  void aRenewedCertificateShouldBeServedWhileSocketsGoOn() throws Exception {
    try (RawSocket open = raw().upgrade("")) {
      open.send("before");
      assertThat(open.read().text()).isEqualTo("before");
      Certificate before = served();
      // Half a renewal, or nonsense, changes nothing.
      Files.writeString(certificate(), "nonsense");
      Thread.sleep(1_500);
      assertThat(served()).isEqualTo(before);
      Certificates second = Certificates.make(folder);
      second.write(certificate(), key());
      Certificate now = served();
      for (int i = 0; i < 100 && !now.equals(second.certificate()); i++) {
        Thread.sleep(200);
        now = served();
      }
      assertThat(now).isEqualTo(second.certificate()).isNotEqualTo(before);
      open.send("after");
      assertThat(open.read().text()).isEqualTo("after");
    }
  }

  @ParameterizedTest
  @CsvSource({"parley.gateway.tls.certificate, belong together", "parley.gateway.tls.key, belong"})
  void halfACertificateShouldStopTheStart(String setting, String message) {
    assertThatThrownBy(() -> Gateways.start(Map.of(setting, "/nowhere")).close())
        .hasStackTraceContaining(message);
  }

  private static Certificate served() throws Exception {
    try (SSLSocket socket = (SSLSocket) TLS.getSocketFactory().createSocket("127.0.0.1", port)) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static RawSocket raw() throws Exception {
    return new RawSocket(TLS.getSocketFactory().createSocket(), port, 0);
  }

  private static URI url(String path) {
    return URI.create("https://127.0.0.1:" + port + path);
  }

  private static HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder().version(version).sslContext(TLS).build();
  }

  private static HttpResponse<String> send(HttpClient.Version version, HttpRequest.Builder request)
      throws Exception {
    try (HttpClient client = client(version)) {
      return client.send(
          request.timeout(java.time.Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}

package io.parley.notification.webpush;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.net.httpserver.HttpServer;
import io.parley.common.access.AccessProperties;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.device.Device;
import io.parley.notification.device.WebPushEndpointProperties;
import io.parley.notification.device.WebPushEndpoints;
import io.parley.notification.fakefcm.FakeFcm;
import io.parley.notification.fakefcm.WebPushReceiver;
import io.parley.notification.push.Notice;
import io.parley.notification.push.Notice.Kind;
import io.parley.notification.push.Outcome;
import io.parley.notification.push.Push;
import io.parley.notification.push.PushResult;
import io.parley.notification.push.PushTexts;
import io.parley.notification.push.TestDevice;
import io.parley.notification.push.Words;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an endpoint gets, opened with a browser's keys, and what becomes of its answers. */
class WebPushSenderTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=";
  private static final String CONVERSATION = "00000000-0000-0000-0000-000000000007";
  private static final Words WORDS = new Words("Hikers", "Ann", "Hello");
  private static final Clock CLOCK = Clock.systemUTC();
  private static final KeyPair KEYS = pair();

  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeFcm service;
  private final WebPushSender sender = sender(true, Duration.ofSeconds(10));

  WebPushSenderTest() throws IOException {
    service = new FakeFcm(0);
  }

  @AfterEach
  void stop() {
    sender.close();
    service.close();
    http.close();
  }

  @Test
  void aBrowserShouldReadWhatWasPushed() throws Exception {
    Device device = subscribed();

    PushResult result = send(sender, device, notice(Kind.RING, WORDS, true));

    assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.SENT);
    JsonNode push = lastPush(device);
    JsonNode message = push.get("message");
    assertThat(message.get("kind").asString()).isEqualTo("RING");
    assertThat(message.get("title").asString()).isEqualTo("\u2068Ann\u2069 · \u2068Hikers\u2069");
    assertThat(message.get("body").asString()).isEqualTo("Hello");
    assertThat(message.get("lang").asString()).isEqualTo("de");
    assertThat(message.get("tag").asString()).isEqualTo(CONVERSATION);
    assertThat(message.get("conversationId").asString()).isEqualTo(CONVERSATION);
    assertThat(message.get("seq").asString()).isEqualTo("41");
    assertThat(message.get("badge").asString()).isEqualTo("12");
    JsonNode headers = push.get("headers");
    assertThat(headers.get("Topic").asString()).isEqualTo(CONVERSATION.replace("-", ""));
    assertThat(headers.get("Urgency").asString()).isEqualTo("high");
    assertThat(headers.get("TTL").asLong()).isEqualTo(Duration.ofDays(28).toSeconds());
  }

  @Test
  void whatDisappearsShouldNotBeKeptForLonger() throws Exception {
    Device device = subscribed();
    Instant until = CLOCK.instant().plus(Duration.ofHours(1));

    send(sender, device, notice(Kind.RING, WORDS, true, until));

    assertThat(lastPush(device).at("/headers/TTL").asLong()).isBetween(3_500L, 3_600L);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsNotUrgentShouldWakeNobody(Kind kind) throws Exception {
    Device device = subscribed();

    send(sender, device, notice(kind, WORDS, kind != Kind.RING));

    assertThat(lastPush(device).at("/headers/Urgency").asString()).isEqualTo("normal");
    assertThat(lastPush(device).at("/message/kind").asString()).isEqualTo(kind.name());
  }

  @Test
  void aWithdrawalShouldSayNothing() throws Exception {
    Device device = subscribed();

    send(sender, device, notice(Kind.WITHDRAW, WORDS, true));

    assertThat(lastPush(device).get("message").propertyNames())
        .contains("tag", "seq", "badge")
        .doesNotContain("title", "body");
  }

  @Test
  void theSignatureShouldSayWhoPushesToWhom() throws Exception {
    AtomicReference<String> authorization = new AtomicReference<>();
    HttpServer server = server(exchange -> authorization.set(exchange.get("Authorization")), 201);
    try {
      send(sender, device(url(server) + "/x"), notice(Kind.RING, WORDS, true));
    } finally {
      server.stop(0);
    }

    Map<?, ?> claims = WebPushReceiver.vapid(authorization.get());
    assertThat(claims.get("aud")).isEqualTo(url(server));
    assertThat(claims.get("sub")).isEqualTo("mailto:admin@chat.example");
    assertThat(Instant.ofEpochSecond(((Number) requireNonNull(claims.get("exp"))).longValue()))
        .isBetween(
            CLOCK.instant().plus(Duration.ofHours(11)), CLOCK.instant().plus(Duration.ofHours(13)));
    assertThat(authorization.get()).endsWith("k=" + publicKey());
  }

  @Test
  void outcomesShouldBeToldApart() {
    service.retryAfterSeconds(30);
    List<Push> pushes = new ArrayList<>();
    for (String name :
        List.of("good", "unregistered-x", "mismatch-x", "quota-x", "internal-x", "unavailable-x")) {
      pushes.add(
          new Push(
              notice(Kind.RING, WORDS, true), device(service.endpoint() + "/web-push/" + name)));
    }

    List<PushResult> results = sender.send(pushes);

    assertThat(results.stream().map(PushResult::device))
        .containsExactlyElementsOf(pushes.stream().map(push -> push.device().id()).toList());
    assertThat(results.stream().map(PushResult::outcome))
        .containsExactly(
            Outcome.SENT,
            Outcome.GONE,
            Outcome.REFUSED,
            Outcome.DEFERRED,
            Outcome.DEFERRED,
            Outcome.DEFERRED);
    assertThat(results.stream().map(PushResult::error))
        .containsExactly(null, "HTTP_404", "HTTP_403", "HTTP_429", "HTTP_500", "HTTP_503");
    assertThat(results.get(3).retryAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(results.get(4).retryAfter()).isZero();
  }

  @Test
  void anEndedSubscriptionShouldBeGone() throws Exception {
    Device device = subscribed();
    http.send(
        HttpRequest.newBuilder(URI.create(device.token())).DELETE().build(),
        HttpResponse.BodyHandlers.discarding());

    assertThat(send(sender, device, notice(Kind.RING, WORDS, true)))
        .isEqualTo(PushResult.of(device.id(), Outcome.GONE, "HTTP_410"));
  }

  @Test
  void whatIsTooLargeForAServiceShouldComeWithoutItsText() throws Exception {
    Device device = subscribed();
    rule("{\"status\":413,\"times\":1}");

    PushResult result = send(sender, device, notice(Kind.RING, WORDS, true));

    assertThat(result.outcome()).isEqualTo(Outcome.SENT);
    assertThat(lastPush(device).at("/message/title").asString()).contains("Ann");
    assertThat(lastPush(device).get("message").has("body")).isFalse();
    rule("{\"status\":413}");
    assertThat(send(sender, device, notice(Kind.RING, WORDS, true)))
        .isEqualTo(PushResult.of(device.id(), Outcome.REFUSED, "HTTP_413"));
  }

  @Test
  void aServiceThatIsAwayOrSlowShouldDelayNobodyForLong() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Device away = device("http://127.0.0.1:" + free + "/x");
    Device slow = device(service.endpoint() + "/web-push/slow-60000-x");
    Device good = subscribed();
    try (WebPushSender impatient = sender(true, Duration.ofSeconds(1))) {
      long start = System.nanoTime();

      List<PushResult> results =
          impatient.send(
              List.of(away, slow, good).stream()
                  .map(device -> new Push(notice(Kind.RING, WORDS, true), device))
                  .toList());

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      assertThat(results.get(0))
          .isEqualTo(PushResult.of(away.id(), Outcome.DEFERRED, "UNREACHABLE"));
      assertThat(results.get(1).outcome()).isEqualTo(Outcome.DEFERRED);
    }
    assertThat(send(sender, good, notice(Kind.RING, WORDS, true)).outcome())
        .isEqualTo(Outcome.SENT);
  }

  @Test
  void noPrivateAddressShouldBeConnectedToUnderWhateverName() {
    try (WebPushSender strict = sender(false, Duration.ofSeconds(10))) {
      for (String host : List.of("localhost", "127.0.0.1", "[::1]", "0.0.0.0")) {
        Device device =
            device(
                "http://" + host + ":" + URI.create(service.endpoint()).getPort() + "/web-push/x");

        assertThat(send(strict, device, notice(Kind.RING, WORDS, true)))
            .as(host)
            .isEqualTo(PushResult.of(device.id(), Outcome.REFUSED, "PRIVATE_ADDRESS"));
      }
    }
    assertThat(service.begun("x")).isZero();
  }

  @Test
  void noRedirectShouldBeFollowed() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Location", service.endpoint() + "/web-push/target");
            exchange.sendResponseHeaders(307, -1);
          }
        });
    server.start();
    try {
      PushResult result = send(sender, device(url(server) + "/x"), notice(Kind.RING, WORDS, true));

      assertThat(result.error()).isEqualTo("HTTP_307");
      assertThat(result.outcome()).isEqualTo(Outcome.REFUSED);
      assertThat(service.begun("target")).isZero();
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "ع", "你", "😀", "👩‍👩‍👧", "\"", "\u0001"})
  void noScriptShouldMakeAPushTooLong(String character) throws Exception {
    Words words = new Words(character.repeat(400), character.repeat(400), character.repeat(400));
    Device device = subscribed();

    PushResult result = send(sender, device, notice(Kind.RING, words, true));

    assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.SENT);
    assertThat(lastPush(device).get("message").has("body")).isTrue();
  }

  @Test
  void keysThatAreNoPairShouldBeRefusedAtStart() {
    String other = privateKey(pair());
    assertThatIllegalStateException()
        .isThrownBy(() -> keys(properties(publicKey(), other, Duration.ofSeconds(1))))
        .withMessageContaining("PARLEY_VAPID_PUBLIC_KEY");
    assertThatIllegalStateException()
        .isThrownBy(() -> keys(properties("AAAA", other, Duration.ofSeconds(1))));
    assertThatIllegalStateException()
        .isThrownBy(() -> keys(properties(publicKey(), "§", Duration.ofSeconds(1))));
    assertThat(new WebPushProperties(true, "x", "", "", Duration.ZERO).isPair()).isFalse();
  }

  private static PushResult send(WebPushSender sender, Device device, Notice notice) {
    return sender.send(List.of(new Push(notice, device))).getFirst();
  }

  /** Whose keys the fake service knows. */
  private Device subscribed() throws Exception {
    JsonNode subscription =
        JSON.readTree(
            http.send(
                    HttpRequest.newBuilder(URI.create(service.endpoint() + "/web-push"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    return TestDevice.webPush(
        subscription.get("endpoint").asString(),
        Base64.getUrlDecoder().decode(subscription.at("/keys/p256dh").asString()),
        Base64.getUrlDecoder().decode(subscription.at("/keys/auth").asString()));
  }

  /** Whose keys nobody needs. */
  private static Device device(String endpoint) {
    WebPushReceiver receiver = new WebPushReceiver();
    return TestDevice.webPush(
        endpoint,
        Base64.getUrlDecoder().decode(receiver.p256dh()),
        Base64.getUrlDecoder().decode(receiver.auth()));
  }

  private JsonNode lastPush(Device device) throws Exception {
    String name = device.token().substring(device.token().lastIndexOf('/') + 1);
    return JSON.readTree(
            http.send(
                    HttpRequest.newBuilder(URI.create(service.endpoint() + "/pushes?token=" + name))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body())
        .at("/items/0");
  }

  private void rule(String rule) throws Exception {
    http.send(
        HttpRequest.newBuilder(URI.create(service.endpoint() + "/rules"))
            .POST(HttpRequest.BodyPublishers.ofString(rule))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }

  private interface Request {
    void take(Headers headers);
  }

  private interface Headers {
    @Nullable String get(String name);
  }

  private static HttpServer server(Request request, int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            request.take(exchange.getRequestHeaders()::getFirst);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, -1);
          }
        });
    server.start();
    return server;
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static Notice notice(Kind kind, Words words, boolean urgent) {
    return notice(kind, words, urgent, null);
  }

  private static Notice notice(
      Kind kind, Words words, boolean urgent, @Nullable Instant expiresAt) {
    return new Notice(
        ConversationId.valueOf(CONVERSATION),
        "GROUP",
        41,
        "message",
        new UserId(new UUID(0, 1)),
        Instant.parse("2026-03-01T09:59:00Z"),
        kind,
        words,
        urgent,
        12,
        false,
        expiresAt);
  }

  private static WebPushSender sender(boolean allowPrivate, Duration timeout) {
    WebPushProperties properties = properties(publicKey(), privateKey(KEYS), timeout);
    return new WebPushSender(
        keys(properties),
        properties,
        new WebPushEndpoints(new WebPushEndpointProperties(allowPrivate, List.of())),
        new PushTexts(),
        JSON,
        CLOCK);
  }

  private static WebPushProperties properties(
      String publicKey, String privateKey, Duration timeout) {
    return new WebPushProperties(true, publicKey, privateKey, "mailto:admin@chat.example", timeout);
  }

  /** With a store that is never asked. */
  private static VapidKeys keys(WebPushProperties properties) {
    return new VapidKeys(
        properties,
        new VapidKeyStore(JdbcClient.create(new DriverManagerDataSource())),
        new AccessProperties(SECRET, List.of(), null, List.of()));
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String publicKey() {
    ECPublicKey key = (ECPublicKey) KEYS.getPublic();
    byte[] point = new byte[65];
    point[0] = 4;
    System.arraycopy(bytes(key.getW().getAffineX()), 0, point, 1, 32);
    System.arraycopy(bytes(key.getW().getAffineY()), 0, point, 33, 32);
    return BASE64.encodeToString(point);
  }

  private static String privateKey(KeyPair pair) {
    return BASE64.encodeToString(bytes(((ECPrivateKey) pair.getPrivate()).getS()));
  }

  /** 32 of them. */
  private static byte[] bytes(BigInteger number) {
    byte[] all = number.toByteArray();
    byte[] fixed = new byte[32];
    int length = Math.min(all.length, 32);
    System.arraycopy(all, all.length - length, fixed, 32 - length, length);
    return fixed;
  }
}

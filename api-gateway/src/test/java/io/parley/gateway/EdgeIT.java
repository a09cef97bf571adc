package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class EdgeIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @LocalServerPort private int port;
  @LocalManagementPort private int managementPort;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
    registry.add("spring.cloud.gateway.server.webflux.httpclient.response-timeout", () -> "6s");
  }

  @BeforeEach
  void forget() {
    for (FakeNode node : FakeFleet.ALL) {
      node.seen.clear();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/users/me, user",
    "/api/v1/users/me/privacy, user",
    "/api/v1/users/me/presence, message",
    "/api/v1/presence?userIds=1%2C2, message",
    "/api/v1/users?query=%E2%98%83&limit=2, user",
    "/api/v1/usernames/ann, user",
    "/api/v1/contacts, user",
    "/api/v1/blocks/1, user",
    "/api/v1/bots, user",
    "/api/v1/erasures/x, user",
    "/api/v1/admin/users?locked=true, user",
    "/api/v1/admin/audit, user",
    "/api/v1/groups, group",
    "/api/v1/invitations/abc, group",
    "/api/v1/reports, group",
    "/api/v1/admin/groups/1, group",
    "/api/v1/admin/reports, group",
    "/api/v1/admin/conversations/1, message",
    "/api/v1/admin/reconciliation, message",
    "/api/v1/groups/1/members, group",
    "/api/v1/conversations, message",
    "/api/v1/conversations/1/events?after=3, message",
    "/api/v1/users/me/drafts?limit=2, message",
    "/api/v1/users/me/saved, message",
    "/api/v1/users/me/saved/1/2, message",
    "/api/v1/users/me/savedx, user",
    "/api/v1/sync?since=1, message",
    "/api/v1/users/me/threads?unread=true, message",
    "/api/v1/users/me/scheduled, message",
    "/api/v1/users/me/scheduledx, user",
    "/api/v1/devices, notification",
    "/api/v1/notifications/settings, notification",
    "/api/v1/mail/bounces, notification",
    "/api/v1/notifications/unsubscribe?token=a, notification",
    "/.well-known/jwks.json, user"
  })
  void aPathShouldReachItsService(String path, String service) throws Exception {
    HttpResponse<String> answer = send(request(path));
    assertThat(answer.statusCode()).isEqualTo(200);
    FakeNode.Seen seen = FakeFleet.seen(service);
    assertThat(seen.uri()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/internal/users/lookup",
        "/api/v1/internal/users",
        "/api/v2/users",
        "/actuator/health",
        "/actuator",
        "/v3/api-docs",
        "/nothing/here"
      })
  void anyOtherPathShouldBeA404Problem(String path) throws Exception {
    HttpResponse<String> answer = send(request(path));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertProblem(answer, "not-found");
    assertNothingSeen();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//internal/users/lookup",
        "/api/v1/users/../../../internal/users/lookup",
        "/api/v1/users/%2e%2e/%2e%2e/%2e%2e/internal/users/lookup",
        "/api/v1/users/..%2f..%2f..%2finternal/users/lookup",
        "/api/v1/users/..%5c..%5cinternal",
        "/api/v1/users/.;x=y/internal",
        "/api/v1/users/..;/..;/..;/internal/users/lookup",
        "/api/v1/users;x=y/me",
        "/api/v1/users/%252e%252e/internal",
        "/api/v1//users/me",
        "/api/v1/users/\\internal",
        "/api/v1/users/%00",
        "/%61pi/v1/users/me",
        "/api/v1/users/%6de",
        "/api/v1/users/%zz",
        "/api/v1/users/a%"
      })
  void anAmbiguousPathShouldReachNothing(String path) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          ("GET "
                  + path
                  + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                  + FakeFleet.TOKENS.valid()
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
    }
    assertNothingSeen();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: x\r\nOrigin: http://a|b",
        "Host: x\r\nOrigin: http://x\r\nOrigin: http://x",
        "Host: x\r\nHost: x",
        "Host: x\r\nHost: y",
        "Host: a|b",
        "X-Nothing: 1"
      })
  void aHostOrOriginThatIsNoneShouldBeA400Problem(String headers) throws Exception {
    for (String path : List.of("/api/v1/users/me", "/api/v1/auth/login", "/", "/nothing")) {
      try (RawSocket client = new RawSocket(port)) {
        client.write(
            ("GET " + path + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(client.readHead())
            .as(path)
            .startsWith("HTTP/1.1 400 ")
            .containsIgnoringCase("content-type: application/problem+json");
        assertThat(client.readRest()).contains("invalid-request");
      }
    }
    assertNothingSeen();
  }

  /** A connection that is closed with bytes unread is reset, and the answer may be lost. */
  @Test
  void anAnswerShouldReachAClientThatIsStillSending() throws Exception {
    assertAnsweredWhileSending(() -> new RawSocket(port));
  }

  /** The gateway waits for the rest for two seconds: a client held up for longer is reset. */
  static void assertAnsweredWhileSending(Callable<RawSocket> clients) throws Exception {
    int heldUp = 0;
    for (int i = 0; i < 20; i++) {
      try (RawSocket client = clients.call()) {
        long start = System.nanoTime();
        try {
          assertAnsweredWhileSending(client);
        } catch (IOException e) {
          heldUp++;
          if (heldUp > 2 || System.nanoTime() - start < 1_500_000_000L) {
            throw e;
          }
        }
      }
    }
  }

  private static void assertAnsweredWhileSending(RawSocket client) throws Exception {
    byte[] body = new byte[5_000_000];
    client.write(
        ("PUT /api/v1/users/me/password HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    client.write(body);
    assertThat(client.readHead()).startsWith("HTTP/1.1 413 ");
    assertThat(client.readRest()).contains("body-too-large");
  }

  @Test
  void aRequestShouldArriveAsSentButForWhatTheEdgeVouchesFor() throws Exception {
    String body = "{\"text\":\"\u202Eרtl \uD83D\uDE00\"}";
    HttpResponse<String> answer =
        send(
            request("/api/v1/conversations/1/messages")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .header("X-Forwarded-For", "6.6.6.6")
                .header("X-Forwarded-Host", "evil.example")
                .header("Forwarded", "for=6.6.6.6")
                .header("X-Real-IP", "6.6.6.6")
                .header("X-Parley-User", "root")
                .header("X-Request-Id", "req-1"));
    assertThat(answer.body()).contains("smile \uD83D\uDE00");
    FakeNode.Seen seen = FakeFleet.seen("message");
    assertThat(seen.method()).isEqualTo("POST");
    assertThat(seen.body()).isEqualTo(body);
    assertThat(seen.headers().getAll("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(seen.headers().getAll("X-Forwarded-Proto")).containsExactly("http");
    assertThat(seen.headers().getAll("X-Forwarded-Host")).containsExactly("127.0.0.1:" + port);
    assertThat(seen.headers().contains("Forwarded")).isFalse();
    assertThat(seen.headers().contains("X-Real-IP")).isFalse();
    assertThat(seen.headers().contains("X-Parley-User")).isFalse();
    assertThat(seen.headers().getAll("X-Request-Id"))
        .containsExactly(answer.headers().firstValue("X-Request-Id").orElseThrow())
        .doesNotContain("req-1");
    assertThat(seen.headers().get("Authorization")).startsWith("Bearer ey");
  }

  @Test
  void anAnswerShouldCarryTheRequestIdAndSecurityHeadersOnce() throws Exception {
    HttpResponse<String> answer =
        send(request("/api/v1/users/me").header("X-Request-Id", "bad id\u00e4".substring(0, 6)));
    assertThat(answer.headers().allValues("X-Request-Id")).hasSize(1);
    assertThat(answer.headers().firstValue("X-Request-Id").orElseThrow())
        .matches("[0-9a-f-]{36}")
        .isEqualTo(FakeFleet.seen("user").headers().get("X-Request-Id"));
    assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(answer.headers().allValues("X-Frame-Options")).containsExactly("DENY");
    assertThat(answer.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .isEqualTo("default-src 'none'; frame-ancestors 'none'");
    assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/auth/refresh"})
  void signingInShouldNeedNoToken(String path) throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(url(path)).POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  static Stream<String> forgeries() throws Exception {
    String valid = FakeFleet.TOKENS.valid();
    String[] parts = valid.split("\\.");
    Instant later = Instant.now().plusSeconds(300);
    var publicKey = FakeFleet.TOKENS.keys().getPublic();
    return Stream.of(
        "",
        "Basic YTpi",
        "Bearer",
        "Bearer nonsense",
        "Bearer " + unsecured(),
        "Bearer " + parts[0] + "." + parts[1] + ".",
        "Bearer " + parts[0] + "." + parts[1] + "." + new StringBuilder(parts[2]).reverse(),
        "Bearer " + parts[0] + "." + base64("{\"sub\":\"x\"}") + "." + parts[2],
        "Bearer "
            + TestTokens.claims(later)
                .signWith(Jwts.SIG.ES256.keyPair().build().getPrivate())
                .compact(),
        "Bearer " + hs256WithPublicKey(publicKey.getEncoded()),
        "Bearer "
            + TestTokens.claims(later)
                .header()
                .keyId("unknown")
                .and()
                .signWith(FakeFleet.TOKENS.keys().getPrivate())
                .compact(),
        "Bearer "
            + TestTokens.claims(later)
                .audience()
                .remove("parley")
                .add("another")
                .and()
                .signWith(FakeFleet.TOKENS.keys().getPrivate())
                .compact(),
        "Bearer "
            + TestTokens.claims(later)
                .issuer("another")
                .signWith(FakeFleet.TOKENS.keys().getPrivate())
                .compact(),
        "Bearer "
            + TestTokens.claims(later)
                .header()
                .type("JWT")
                .and()
                .signWith(FakeFleet.TOKENS.keys().getPrivate())
                .compact());
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void aForgedTokenShouldBe401(String authorization) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(url("/api/v1/users/me"));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> answer = send(request);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertProblem(answer, "unauthenticated");
    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(answer.body()).doesNotContain("Exception");
    // The keys may be fetched; the request itself goes nowhere.
    assertThat(FakeFleet.USER.seen).noneMatch(seen -> seen.uri().startsWith("/api"));
  }

  @Test
  void anExpiredTokenShouldSaySo() throws Exception {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(url("/api/v1/groups"))
                .header("Authorization", "Bearer " + FakeFleet.TOKENS.expired()));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertProblem(answer, "token-expired");
    assertNothingSeen();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/groups/1/members, 65536",
    "POST, /api/v1/groups, 524288",
    "PUT, /api/v1/users/me/avatar, 1048576",
    "PUT, /api/v1/groups/1/avatar, 1048576",
    "PUT, /api/v1/users/me/password, 65536"
  })
  void aBodyOverTheLimitShouldBe413WithOrWithoutALength(String method, String path, int limit)
      throws Exception {
    byte[] large = new byte[limit + 1];
    for (HttpRequest.BodyPublisher body :
        List.of(
            HttpRequest.BodyPublishers.ofByteArray(large),
            HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))) {
      HttpResponse<String> answer = send(request(path).method(method, body));
      assertThat(answer.statusCode()).isEqualTo(413);
      assertProblem(answer, "body-too-large");
    }
    assertNothingSeen();
    HttpResponse<String> fits =
        send(request(path).method(method, HttpRequest.BodyPublishers.ofByteArray(new byte[limit])));
    assertThat(fits.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /api HTTP/1.1\r\nHost: x\r\nX-Large: %s\r\n\r\n', 431, headers-too-large",
    "'GET /%s HTTP/1.1\r\nHost: x\r\n\r\n', 414, uri-too-long",
    "'GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400, invalid-request",
    "'nonsense\r\n\r\n', 400, invalid-request",
    "'POST /api/v1/auth/login HTTP/1.1\r\n"
        + "Host: x\r\n"
        + "Content-Length: 1\r\n"
        + "Content-Length: 2\r\n\r\n"
        + "ab', 400, invalid-request"
  })
  void whatIsNoHttpShouldBeAProblemToo(String request, int status, String slug) throws Exception {
    try (RawSocket client = new RawSocket(port)) {
      client.write(request.replace("%s", "x".repeat(20_000)).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 " + status + " ")
          .containsIgnoringCase("content-type: application/problem+json")
          .containsIgnoringCase("connection: close");
      assertThat(client.readRest()).contains(slug);
    }
    assertNothingSeen();
  }

  /** Reactor Netty before 1.3.8 never read such a connection again (its issue 4361). */
  @Test
  void aConnectionShouldGoOnAfterRequestsThatCameAtOnce() throws Exception {
    String asked =
        "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + FakeFleet.TOKENS.valid()
            + "\r\n\r\n";
    String forwarded = asked.formatted("/api/v1/groups");
    String answeredHere = "GET /api/v1/users/%6de HTTP/1.1\r\nHost: x\r\n\r\n";
    try (RawSocket client = new RawSocket(port)) {
      for (int i = 0; i < 20; i++) {
        client.write((forwarded + answeredHere).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(readAnswer(client)).startsWith("HTTP/1.1 200 ");
        assertThat(readAnswer(client)).startsWith("HTTP/1.1 400 ");
      }
    }
  }

  private static String readAnswer(RawSocket client) throws IOException {
    String head = client.readHead();
    Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
    assertThat(length.find()).as(head).isTrue();
    client.skip(Integer.parseInt(length.group(1)));
    return head;
  }

  @Test
  void aServiceThatDoesNotAnswerShouldBeA504() throws Exception {
    HttpResponse<String> answer = send(request("/api/v1/groups?do=slow"));
    assertThat(answer.statusCode()).isEqualTo(504);
    assertProblem(answer, "service-timeout");
    assertThat(FakeFleet.GROUP.seen).hasSize(1);
  }

  /** The response timeout here is 6 s; this answer takes longer in all, and never stalls. */
  @Test
  void aLongAnswerShouldStreamAndNotBeCut() throws Exception {
    long start = System.nanoTime();
    HttpResponse<java.io.InputStream> answer =
        HTTP.send(
            request("/api/v1/users/me/export?do=stream").build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (java.io.InputStream body = answer.body()) {
      assertThat(new String(body.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("part");
      long first = System.nanoTime() - start;
      assertThat(new String(body.readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("part".repeat(15));
      long all = System.nanoTime() - start;
      assertThat(all).isGreaterThan(6_000_000_000L);
      assertThat(all - first).isGreaterThan(1_000_000_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "group", "message", "notification"})
  void theDocumentOfAServiceShouldNeedNoToken(String service) throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(url("/api/v1/openapi/" + service + ".json")));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(FakeFleet.seen(service).uri()).isEqualTo("/openapi.json");
  }

  @Test
  void theDocumentOfTheSocketShouldNeedNoToken() throws Exception {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(url("/docs/asyncapi.yaml")));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(FakeFleet.seen("message").uri()).isEqualTo("/asyncapi.yaml");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/auth/email/verify, 200",
    "POST, /api/v1/auth/password/forgot, 200",
    "POST, /api/v1/auth/password/reset, 200",
    "GET, /api/v1/erasures/abc, 200",
    "DELETE, /api/v1/erasures/abc, 401",
    "POST, /api/v1/mail/bounces, 200",
    "GET, /api/v1/mail/bounces, 401",
    "POST, /api/v1/notifications/unsubscribe?token=a, 200",
    "GET, /api/v1/notifications/unsubscribe?token=a, 200",
    "DELETE, /api/v1/notifications/unsubscribe?token=a, 401",
    "GET, /api/v1/notifications/settings, 401",
    "POST, /api/v1/auth/logout, 401",
    "POST, /api/v1/auth/email/resend, 401",
    "GET, /api/v1/auth/login, 401",
    "GET, /api/v1/openapi/other.json, 404",
    "GET, /openapi.json, 404"
  })
  void onlyPublicPathsShouldNeedNoToken(String method, String path, int status) throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(url(path)).method(method, HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @Test
  void onlyAGetShouldBeRepeatedAfterItMayHaveArrived() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/api/v1/conversations/1/messages?do=break")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(answer.statusCode()).isEqualTo(502);
    assertProblem(answer, "bad-gateway");
    assertThat(FakeFleet.MESSAGE_1.seen.size() + FakeFleet.MESSAGE_2.seen.size()).isEqualTo(1);
    forget();
    assertThat(send(request("/api/v1/conversations?do=break")).statusCode()).isEqualTo(502);
    assertThat(FakeFleet.MESSAGE_1.seen.size()).isEqualTo(1);
    assertThat(FakeFleet.MESSAGE_2.seen.size()).isEqualTo(1);
  }

  @Test
  void aUserShouldStayWithOneNodeAndUsersSpread() throws Exception {
    for (int i = 0; i < 10; i++) {
      send(request("/api/v1/conversations"));
    }
    assertThat(List.of(FakeFleet.MESSAGE_1.seen.size(), FakeFleet.MESSAGE_2.seen.size()))
        .containsExactlyInAnyOrder(10, 0);
    forget();
    for (int i = 0; i < 40; i++) {
      send(
          HttpRequest.newBuilder(url("/api/v1/conversations"))
              .header("Authorization", "Bearer " + FakeFleet.TOKENS.of(UUID.randomUUID())));
    }
    assertThat(FakeFleet.MESSAGE_1.seen).hasSizeBetween(5, 35);
    assertThat(FakeFleet.MESSAGE_2.seen).hasSizeBetween(5, 35);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/account",
        "/verify-email",
        "/keep-email",
        "/reset-password",
        "/unsubscribe",
        "/docs/api"
      })
  void pagesShouldBeServedWithAStrictPolicyAndAllTheirParts(String path) throws Exception {
    HttpResponse<String> page = send(HttpRequest.newBuilder(url(path)));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-cache");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.body()).doesNotContain("onclick", "javascript:", "style=");
    List<String> parts =
        Pattern.compile("(?:src|href)=\"(/[^\"]*)\"")
            .matcher(page.body())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(parts).hasSizeGreaterThanOrEqualTo(3);
    for (String part : parts) {
      HttpResponse<String> answer = send(HttpRequest.newBuilder(url(part)));
      assertThat(answer.statusCode()).as(part).isEqualTo(200);
    }
  }

  static Stream<String> scripts() throws Exception {
    List<String> paths = new ArrayList<>();
    for (Resource script :
        new PathMatchingResourcePatternResolver().getResources("classpath:/static/**/*.js")) {
      String url = script.getURL().toString();
      paths.add(url.substring(url.lastIndexOf("/static/") + "/static".length()));
    }
    assertThat(paths).contains("/client.js", "/chat/main.js", "/parley/client.js");
    return paths.stream();
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void scriptsShouldBeServedAsSuchWithAllTheyImport(String path) throws Exception {
    HttpResponse<String> script = send(HttpRequest.newBuilder(url(path)));
    assertThat(script.statusCode()).isEqualTo(200);
    // Browsers run a module of no other type.
    assertThat(script.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/javascript");
    assertThat(script.headers().firstValue("Cache-Control")).hasValue("no-cache");
    for (String imported : imports(script.body())) {
      URI there = url(path).resolve(imported);
      assertThat(send(HttpRequest.newBuilder(there)).statusCode()).as(imported).isEqualTo(200);
    }
  }

  private static List<String> imports(String script) {
    return Pattern.compile("(?:from|import) '(\\.[^']*)'")
        .matcher(script)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void scriptsShouldNeverInsertTextAsMarkup(String path) throws Exception {
    String script = send(HttpRequest.newBuilder(url(path))).body();
    assertThat(script)
        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
        // The policy would forbid it.
        .doesNotContain("setAttribute('style'");
  }

  @Test
  void healthAndMetricsShouldBeOnThePortForManagementOnly() throws Exception {
    send(request("/api/v1/groups"));
    for (String path : List.of("/actuator/health/readiness", "/actuator/health/liveness")) {
      HttpResponse<String> health = manage(path);
      assertThat(health.statusCode()).as(path).isEqualTo(200);
      assertThat(health.body()).contains("UP");
    }
    assertThat(manage("/actuator/prometheus").body())
        .contains(
            "parley_gateway_sockets{",
            "parley_gateway_socket_bytes_total{",
            "http_server_requests");
  }

  private HttpResponse<String> manage(String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path)));
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url(path))
        .header("Authorization", "Bearer " + FakeFleet.TOKENS.valid());
  }

  /** Again when Redis took too long to count it, which refuses some before they are forwarded. */
  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = sendOnce(request);
    for (int i = 0; i < 2 && answer.statusCode() == 429; i++) {
      TimeUnit.SECONDS.sleep(1);
      answer = sendOnce(request);
    }
    return answer;
  }

  private static HttpResponse<String> sendOnce(HttpRequest.Builder request) throws Exception {
    return HTTP.send(
        request.timeout(java.time.Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void assertProblem(HttpResponse<String> answer, String slug) {
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body())
        .contains("\"type\":\"https://parley.chat/problems/" + slug + "\"")
        .contains("\"status\":" + answer.statusCode());
    assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
  }

  private static void assertNothingSeen() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(20);
    for (FakeNode node : FakeFleet.ALL) {
      assertThat(node.seen).noneMatch(seen -> !seen.uri().equals("/.well-known/jwks.json"));
    }
  }

  private static String unsecured() {
    return base64("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"key-1\"}")
        + "."
        + FakeFleet.TOKENS.valid().split("\\.")[1]
        + ".";
  }

  /** The classic confusion: the public key, which anybody has, used as the secret of an HMAC. */
  private static String hs256WithPublicKey(byte[] publicKey) throws Exception {
    String signed =
        base64("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"key-1\"}")
            + "."
            + FakeFleet.TOKENS.valid().split("\\.")[1];
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(publicKey, "HmacSHA256"));
    return signed
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Two gateways on one Redis. Both trust the proxies in 127.0.0.0/8 that the tests play, so that
 * each test can come from an address of its own. The first reaches Redis through a proxy.
 */
class LimitsIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static TcpProxy redis;
  private static ConfigurableApplicationContext first;
  private static ConfigurableApplicationContext second;
  private static ConfigurableApplicationContext distrustful;

  private String address = randomAddress();

  @BeforeAll
  static void start() {
    URI store = URI.create(Stores.shared().addresses().redisUrl());
    redis = TcpProxy.to(store);
    Map<String, Object> settings = settings();
    settings.put("parley.gateway.edge.trusted-proxies", "127.0.0.0/8,10.1.0.0/16,fd00::/8");
    second = Gateways.start(settings);
    settings.put("parley.redis.url", "redis://127.0.0.1:" + redis.port() + store.getPath());
    first = Gateways.start(settings);
    distrustful = Gateways.start(settings());
  }

  private static Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("parley.gateway.limit-scale", "1");
    limit(settings, "login", 3);
    limit(settings, "register", 2);
    limit(settings, "mail", 2);
    limit(settings, "anonymous", 6);
    limit(settings, "bad-tokens", 5);
    limit(settings, "sockets", 2);
    limit(settings, "user", 8);
    limit(settings, "credentials", 2);
    limit(settings, "send", 3);
    limit(settings, "upload", 2);
    limit(settings, "search", 2);
    return settings;
  }

  private static void limit(Map<String, Object> settings, String name, int capacity) {
    settings.put("parley.gateway.limits." + name + ".capacity", capacity);
    settings.put("parley.gateway.limits." + name + ".refill", "1h");
  }

  @AfterAll
  static void stop() throws Exception {
    for (ConfigurableApplicationContext gateway :
        new ConfigurableApplicationContext[] {first, second, distrustful}) {
      gateway.close();
    }
    redis.close();
  }

  @BeforeEach
  void forget() {
    FakeFleet.ALL.forEach(node -> node.seen.clear());
  }

  @Test
  void twoGatewaysShouldShareTheLimitOfAnAddress() throws Exception {
    whileRedisAnswers(this::assertTwoGatewaysShareTheLimitOfAnAddress);
  }

  private void assertTwoGatewaysShareTheLimitOfAnAddress() throws Exception {
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> answer = anonymous(left % 2 == 0 ? first : second, login());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "RateLimit-Limit")).isEqualTo("3");
      assertThat(header(answer, "RateLimit-Remaining")).isEqualTo("" + left);
      assertThat(header(answer, "RateLimit"))
          .contains("\"login\";r=" + left + ";t=")
          .contains("\"anonymous\";r=" + (left + 3) + ";t=");
      assertThat(header(answer, "RateLimit-Policy"))
          .isEqualTo("\"anonymous\";q=6;w=3600, \"login\";q=3;w=3600");
    }
    int seen = FakeFleet.USER.seen.size();
    for (ConfigurableApplicationContext gateway :
        new ConfigurableApplicationContext[] {first, second}) {
      HttpResponse<String> answer = anonymous(gateway, login());
      assertRefused(answer, "login");
      assertThat(Integer.parseInt(header(answer, "RateLimit-Reset"))).isBetween(3_000, 3_600);
      assertThat(Integer.parseInt(header(answer, "Retry-After"))).isBetween(1_000, 1_201);
    }
    // Before anything is forwarded.
    assertThat(FakeFleet.USER.seen).hasSize(seen);
    // Others are not concerned.
    assertThat(anonymous(first, login().header("X-Forwarded-For", randomAddress())).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/auth/register, register, 2",
    "POST, /api/v1/auth/password/forgot, mail, 2",
    "POST, /api/v1/auth/password/reset, mail, 2",
    "POST, /api/v1/auth/email/verify, mail, 2",
    "POST, /api/v1/auth/refresh, anonymous, 6",
    "GET, /.well-known/jwks.json, anonymous, 6",
    "GET, /api/v1/users/me, anonymous, 6",
    "GET, /ws, sockets, 2"
  })
  void requestsWithoutATokenShouldBeCountedByAddress(
      String method, String path, String limiter, int capacity) throws Exception {
    whileRedisAnswers(
        () -> {
          for (int i = 0; i < capacity; i++) {
            assertThat(anonymous(first, request(method, path)).statusCode()).isNotEqualTo(429);
          }
          assertRefused(anonymous(second, request(method, path)), limiter);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/conversations, user, 8",
    "POST, /api/v1/conversations/1/messages, send, 3",
    "PUT, /api/v1/users/me/avatar, upload, 2",
    "PUT, /api/v1/groups/1/avatar, upload, 2",
    "GET, /api/v1/users?query=a, search, 2",
    "GET, /api/v1/groups/search?query=a, search, 2",
    "GET, /api/v1/groups/1/members?query=a, search, 2",
    "PUT, /api/v1/users/me/password, credentials, 2",
    "POST, /api/v1/users/me/totp/confirm, credentials, 2"
  })
  void requestsWithATokenShouldBeCountedByUser(
      String method, String path, String limiter, int capacity) throws Exception {
    whileRedisAnswers(() -> assertCountedByUser(method, path, limiter, capacity));
  }

  private void assertCountedByUser(String method, String path, String limiter, int capacity)
      throws Exception {
    String user = "Bearer " + FakeFleet.TOKENS.of(UUID.randomUUID());
    for (int i = 0; i < capacity; i++) {
      // From another address each time: it is the user that counts.
      HttpResponse<String> answer =
          anonymous(
              i % 2 == 0 ? first : second,
              request(method, path)
                  .header("Authorization", user)
                  .header("X-Forwarded-For", randomAddress()));
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    assertRefused(anonymous(second, request(method, path).header("Authorization", user)), limiter);
    HttpResponse<String> other =
        anonymous(
            second,
            request(method, path)
                .header("Authorization", "Bearer " + FakeFleet.TOKENS.of(UUID.randomUUID())));
    assertThat(other.statusCode()).isEqualTo(200);
  }

  @Test
  void worthlessTokensShouldBeCountedByAddress() throws Exception {
    whileRedisAnswers(this::assertWorthlessTokensAreCountedByAddress);
  }

  private void assertWorthlessTokensAreCountedByAddress() throws Exception {
    String known = "Bearer " + FakeFleet.TOKENS.of(UUID.randomUUID());
    anonymous(first, request("GET", "/api/v1/users/me").header("Authorization", known));
    for (int i = 0; i < 5; i++) {
      HttpResponse<String> answer =
          anonymous(
              first, request("GET", "/api/v1/users/me").header("Authorization", "Bearer x" + i));
      assertThat(answer.statusCode()).isEqualTo(401);
    }
    assertRefused(
        anonymous(first, request("GET", "/api/v1/users/me").header("Authorization", "Bearer x")),
        "bad-tokens");
    // A user behind the same address whose token is known is not cut off.
    assertThat(
            anonymous(first, request("GET", "/api/v1/users/me").header("Authorization", known))
                .statusCode())
        .isEqualTo(200);
  }

  /** Only the proxies themselves are believed, and of the header only what they wrote. */
  @Test
  void aForgedForwardedForShouldNotHelp() throws Exception {
    whileRedisAnswers(this::assertAForgedForwardedForDoesNotHelp);
  }

  private void assertAForgedForwardedForDoesNotHelp() throws Exception {
    for (int i = 0; i < 3; i++) {
      anonymous(first, login().header("X-Forwarded-For", randomAddress() + ", " + address));
    }
    assertRefused(
        anonymous(first, login().header("X-Forwarded-For", randomAddress() + ", " + address)),
        "login");
    assertRefused(
        anonymous(first, login().header("X-Forwarded-For", "nonsense, " + address + ", 10.1.2.3")),
        "login");
    // Without trusted proxies everybody here is 127.0.0.1, which other tests use too.
    boolean refused = false;
    for (int i = 0; i < 4 && !refused; i++) {
      HttpResponse<String> answer =
          send(
              HttpRequest.newBuilder(url(distrustful, "/api/v1/auth/login"))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .header("X-Forwarded-For", randomAddress())
                  .header("Forwarded", "for=" + randomAddress())
                  .header("X-Real-IP", randomAddress()));
      refused = answer.statusCode() == 429;
    }
    assertThat(refused).isTrue();
  }

  @Test
  void addressesOfOneIpv6NetworkShouldCountAsOne() throws Exception {
    whileRedisAnswers(this::assertAddressesOfOneIpv6NetworkCountAsOne);
  }

  private void assertAddressesOfOneIpv6NetworkCountAsOne() throws Exception {
    String network = "2001:db8:%x:%x:".formatted(random(), random());
    for (int i = 0; i < 3; i++) {
      anonymous(first, login().header("X-Forwarded-For", network + ":%x".formatted(random())));
    }
    assertRefused(
        anonymous(second, login().header("X-Forwarded-For", network + "1:2:3:4")), "login");
    assertThat(
            anonymous(
                    second,
                    login()
                        .header(
                            "X-Forwarded-For", "2001:db8:%x:%x::1".formatted(random(), random())))
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutRedisEachLimitShouldTakeItsChoice(boolean silent) throws Exception {
    String user = "Bearer " + FakeFleet.TOKENS.of(UUID.randomUUID());
    double open = count("user", "unavailable");
    double closed = count("login", "unavailable");
    try (AutoCloseable away = silent ? redis.silence() : cut()) {
      for (int i = 0; i < 12; i++) {
        HttpResponse<String> through =
            anonymous(first, request("GET", "/api/v1/conversations").header("Authorization", user));
        assertThat(through.statusCode()).isEqualTo(200);
        assertThat(through.headers().firstValue("RateLimit-Remaining")).isEmpty();
      }
      HttpResponse<String> refused = anonymous(first, login());
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(header(refused, "Retry-After")).isEqualTo("5");
      assertThat(refused.body()).contains("\"limiter\":\"login\"");
    }
    assertThat(count("user", "unavailable") - open).isGreaterThanOrEqualTo(12);
    assertThat(count("login", "unavailable") - closed).isGreaterThanOrEqualTo(1);
    boolean back = false;
    for (int i = 0; i < 600 && !back; i++) {
      back =
          anonymous(first, login().header("X-Forwarded-For", randomAddress())).statusCode() == 200;
      Thread.sleep(back ? 0 : 50);
    }
    assertThat(back).isTrue();
    assertThat(prometheus()).contains("parley_limits_total{");
  }

  /** Each try is from another address. */
  private void whileRedisAnswers(Gateways.Scenario scenario) throws Exception {
    Gateways.whileRedisAnswers(
        List.of(first, second, distrustful),
        scenario,
        () -> {
          address = randomAddress();
          forget();
        });
  }

  private static AutoCloseable cut() {
    redis.cut();
    return redis::restore;
  }

  private static double count(String limiter, String outcome) {
    return first
        .getBean(MeterRegistry.class)
        .counter("parley.limits", "limiter", limiter, "outcome", outcome)
        .count();
  }

  private static String prometheus() throws Exception {
    String port = first.getEnvironment().getRequiredProperty("local.management.port");
    return send(HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + "/actuator/prometheus")))
        .body();
  }

  private static HttpRequest.Builder login() {
    return request("POST", "/api/v1/auth/login");
  }

  /** Gets its host and, unless it has one, its address from {@link #anonymous}. */
  private static HttpRequest.Builder request(String method, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1" + path))
        .method(method, HttpRequest.BodyPublishers.noBody());
  }

  private HttpResponse<String> anonymous(
      ConfigurableApplicationContext gateway, HttpRequest.Builder request) throws Exception {
    HttpRequest made = request.build();
    URI uri = made.uri();
    String target = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    request.uri(url(gateway, target));
    if (made.headers().firstValue("X-Forwarded-For").isEmpty()) {
      request.header("X-Forwarded-For", address);
    }
    return send(request);
  }

  private static URI url(ConfigurableApplicationContext gateway, String target) {
    return URI.create("http://127.0.0.1:" + Gateways.port(gateway) + target);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(
        request.timeout(java.time.Duration.ofSeconds(20)).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static void assertRefused(HttpResponse<String> answer, String limiter) {
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.body())
        .contains("https://parley.chat/problems/rate-limited")
        .contains("\"limiter\":\"" + limiter + "\"")
        .contains("\"retryAfter\":" + header(answer, "Retry-After"));
    assertThat(header(answer, "RateLimit-Remaining")).isEqualTo("0");
    assertThat(header(answer, "RateLimit")).contains("\"" + limiter + "\";r=0;t=");
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElseThrow(() -> new AssertionError("no " + name));
  }

  private static String randomAddress() {
    return "203." + random() % 256 + "." + random() % 256 + "." + random() % 256;
  }

  private static int random() {
    return ThreadLocalRandom.current().nextInt(0x10000);
  }
}

package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Tokens that are made up, against a gateway with two nodes of user-service. */
class TokenFloodIT {

  private static final int CAPACITY = 5;
  private static final int FLOOD = 40;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static FakeNode one;
  private static FakeNode two;
  private static ConfigurableApplicationContext gateway;

  private String address = randomAddress();

  @BeforeAll
  static void start() {
    one = new FakeNode("user");
    two = new FakeNode("user");
    one.publish(FakeFleet.TOKENS.jwks());
    two.publish(FakeFleet.TOKENS.jwks());
    Map<String, Object> settings = new HashMap<>();
    settings.put("parley.gateway.services.user", one.url() + "," + two.url());
    settings.put("parley.gateway.edge.trusted-proxies", "127.0.0.0/8");
    settings.put("parley.gateway.limit-scale", "1");
    settings.put("parley.gateway.limits.bad-tokens.capacity", CAPACITY);
    settings.put("parley.gateway.limits.bad-tokens.refill", "1h");
    gateway = Gateways.start(settings);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    one.close();
    two.close();
    FakeFleet.ALL.forEach(node -> node.seen.clear());
  }

  @BeforeEach
  void forget() {
    for (FakeNode node : List.of(one, two)) {
      node.introspection = "{\"active\":false}";
      node.seen.clear();
    }
  }

  @Test
  void madeUpPersonalTokensShouldMakeNoMoreQuestionsThanTheirAddressMayFail() throws Exception {
    whileRedisAnswers(this::assertMadeUpPersonalTokensMakeNoMoreQuestions);
  }

  private void assertMadeUpPersonalTokensMakeNoMoreQuestions() {
    List<HttpResponse<String>> answers = flood(TokenFloodIT::personalToken);

    assertThat(answers.stream().filter(answer -> answer.statusCode() == 401)).hasSize(CAPACITY);
    assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
        .hasSize(FLOOD - CAPACITY)
        .allSatisfy(
            answer -> {
              assertThat(answer.body()).contains("\"limiter\":\"bad-tokens\"");
              assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            });
    assertThat(questions(one) + questions(two)).isEqualTo(CAPACITY);
    // All nodes of user-service share them.
    assertThat(questions(one)).isGreaterThanOrEqualTo(CAPACITY / 2);
    assertThat(questions(two)).isGreaterThanOrEqualTo(CAPACITY / 2);
    // Another address is not concerned.
    assertThat(call(personalToken(), randomAddress()).join().statusCode()).isEqualTo(401);
  }

  @Test
  void madeUpSignaturesShouldNotBeCheckedWhenTheirAddressHasFailedTooOften() throws Exception {
    whileRedisAnswers(this::assertMadeUpSignaturesAreNotChecked);
  }

  private void assertMadeUpSignaturesAreNotChecked() {
    String known = FakeFleet.TOKENS.of(UUID.randomUUID());
    assertThat(call(known, address).join().statusCode()).isEqualTo(200);

    List<HttpResponse<String>> answers =
        flood(() -> withOtherSignature(FakeFleet.TOKENS.of(UUID.randomUUID())));

    assertThat(answers.stream().filter(answer -> answer.statusCode() == 401)).hasSize(CAPACITY);
    assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
        .hasSize(FLOOD - CAPACITY);
    // What is known already is answered from memory, for good and for ill.
    assertThat(call(known, address).join().statusCode()).isEqualTo(200);
    assertThat(call(FakeFleet.TOKENS.of(UUID.randomUUID()), address).join().statusCode())
        .isEqualTo(429);
  }

  @Test
  void whatIsKnownToBeWorthNothingShouldNotBeAskedAgain() {
    String token = personalToken();

    for (int i = 0; i < 3 * CAPACITY; i++) {
      assertThat(call(token, address).join().statusCode()).isEqualTo(401);
    }

    assertThat(questions(one) + questions(two)).isEqualTo(1);
  }

  @Test
  void goodTokensShouldCostTheirAddressNothing() {
    one.introspection = two.introspection = active();

    for (int i = 0; i < 3 * CAPACITY; i++) {
      assertThat(call(personalToken(), address).join().statusCode()).isEqualTo(200);
      assertThat(call(FakeFleet.TOKENS.of(UUID.randomUUID()), address).join().statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void deadNodeShouldNotKeepPersonalTokensOut() {
    FakeNode dead = new FakeNode("user");
    dead.kill();
    two.introspection = active();
    Map<String, Object> settings = new HashMap<>();
    settings.put("parley.gateway.services.user", dead.url() + "," + two.url());
    try (ConfigurableApplicationContext other = Gateways.start(settings)) {
      for (int i = 0; i < 4; i++) {
        assertThat(call(other, personalToken(), address).join().statusCode()).isEqualTo(200);
        assertThat(call(other, FakeFleet.TOKENS.valid(), address).join().statusCode())
            .isEqualTo(200);
      }
    } finally {
      dead.close();
    }
  }

  /** Each try is from another address. */
  private void whileRedisAnswers(Gateways.Scenario scenario) throws Exception {
    Gateways.whileRedisAnswers(
        List.of(gateway),
        scenario,
        () -> {
          address = randomAddress();
          forget();
        });
  }

  private List<HttpResponse<String>> flood(Supplier<String> tokens) {
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      calls.add(call(tokens.get(), address));
    }
    return calls.stream().map(CompletableFuture::join).toList();
  }

  private static CompletableFuture<HttpResponse<String>> call(String token, String address) {
    return call(gateway, token, address);
  }

  private static CompletableFuture<HttpResponse<String>> call(
      ConfigurableApplicationContext gateway, String token, String address) {
    URI uri = URI.create("http://127.0.0.1:" + Gateways.port(gateway) + "/api/v1/groups");
    return HTTP.sendAsync(
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + token)
            .header("X-Forwarded-For", address)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static long questions(FakeNode node) {
    return node.seen.stream().filter(seen -> seen.uri().endsWith("/introspect")).count();
  }

  private static String personalToken() {
    return "parley_pat_" + UUID.randomUUID();
  }

  private static String withOtherSignature(String token) {
    String other = FakeFleet.TOKENS.of(UUID.randomUUID());
    return token.substring(0, token.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));
  }

  private static String active() {
    return "{\"active\":true,\"userId\":\"%s\",\"username\":\"bot\",\"tokenId\":\"%s\",\"role\":\"user\",\"scopes\":\"groups:read\",\"expiresAt\":\"%s\"}"
        .formatted(UUID.randomUUID(), UUID.randomUUID(), Instant.now().plusSeconds(600));
  }

  private static String randomAddress() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "198." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
  }
}

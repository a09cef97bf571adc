package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.common.access.CallProperties;
import io.parley.common.access.FleetService;
import io.parley.common.access.ServiceTokens;
import io.parley.common.ids.UserId;
import io.parley.common.sessions.EndedSession;
import io.parley.common.sessions.EndedSessionStream;
import io.parley.localstack.Stores;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class SessionsIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @LocalServerPort private int port;

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
  }

  @BeforeEach
  @AfterEach
  void forget() {
    FakeFleet.USER.introspection = "{\"active\":false}";
    FakeFleet.ALL.forEach(node -> node.seen.clear());
  }

  @Test
  void callsOfAnEndedSessionShouldBeRefusedAtOnce() throws Exception {
    UUID ended = UUID.randomUUID();
    String token = FakeFleet.TOKENS.ofSession(ended);
    assertThat(call(token).statusCode()).isEqualTo(200);
    end(ended);
    HttpResponse<String> answer = untilRefused(token);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("problems/unauthenticated");
    FakeFleet.GROUP.seen.clear();
    call(token);
    assertThat(FakeFleet.GROUP.seen).isEmpty();
    assertThat(call(FakeFleet.TOKENS.valid()).statusCode()).isEqualTo(200);
  }

  @Test
  void aPersonalTokenShouldBeAcceptedUntilItIsRevoked() throws Exception {
    UUID id = UUID.randomUUID();
    String token = "parley_pat_" + id.toString().replace("-", "");
    FakeFleet.USER.introspection =
        "{\"active\":true,\"userId\":\"%s\",\"username\":\"bot\",\"tokenId\":\"%s\",\"role\":\"user\",\"scopes\":\"groups:read\",\"expiresAt\":\"%s\"}"
            .formatted(TestTokens.USER, id, Instant.now().plusSeconds(600));
    assertThat(call(token).statusCode()).isEqualTo(200);
    assertThat(FakeFleet.seen("group").headers().get("Authorization")).isEqualTo("Bearer " + token);
    FakeNode.Seen asked = FakeFleet.seen("user");
    assertThat(asked.uri()).isEqualTo("/internal/tokens/introspect");
    assertThat(
            new ServiceTokens(
                    "",
                    new CallProperties(List.of(FakeFleet.CALL_KEY), CallProperties.Tokens.OWN),
                    "user-service",
                    Clock.systemUTC())
                .caller(asked.headers().get("Authorization").substring("Bearer ".length())))
        .isEqualTo(FleetService.API_GATEWAY);
    end(id);
    assertThat(untilRefused(token).statusCode()).isEqualTo(401);
  }

  @Test
  void anUnknownPersonalTokenShouldBe401() throws Exception {
    for (String token :
        new String[] {"parley_pat_", "parley_pat_x", "parley_pat_" + "y".repeat(500)}) {
      assertThat(call(token).statusCode()).isEqualTo(401);
    }
    assertThat(FakeFleet.GROUP.seen).isEmpty();
  }

  private HttpResponse<String> untilRefused(String token) throws Exception {
    HttpResponse<String> answer = call(token);
    for (int i = 0; i < 600 && answer.statusCode() == 200; i++) {
      Thread.sleep(50);
      answer = call(token);
    }
    return answer;
  }

  private static void end(UUID session) {
    RedisClient client = RedisClient.create(Stores.shared().addresses().redisUrl());
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      Instant now = Instant.now();
      EndedSessionStream.add(
          redis.sync(), new EndedSession(session, new UserId(TestTokens.USER), now), now);
    } finally {
      client.shutdown();
    }
  }

  private HttpResponse<String> call(String token) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/groups"))
            .header("Authorization", "Bearer " + token)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}

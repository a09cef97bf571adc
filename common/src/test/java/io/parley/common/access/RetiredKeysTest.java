package io.parley.common.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.jsonwebtoken.Jwts;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.testing.SetClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What whoever has stolen a signing key can do with it once user-service has retired it. */
class RetiredKeysTest {

  private final Map<String, KeyPair> published = new ConcurrentHashMap<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private final SetClock clock = new SetClock();
  private final KeyPair stolen = Jwts.SIG.ES256.keyPair().build();
  private volatile int status = 200;
  private HttpServer userService;
  private ExecutorService threads;
  private AccessTokens tokens;

  @BeforeEach
  void start() throws IOException {
    published.put("stolen", stolen);
    threads = Executors.newVirtualThreadPerTaskExecutor();
    userService = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    userService.setExecutor(threads);
    userService.createContext(
        "/.well-known/jwks.json",
        exchange -> {
          fetches.incrementAndGet();
          byte[] body = keySet().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    userService.start();
    URI uri =
        URI.create(
            "http://127.0.0.1:" + userService.getAddress().getPort() + "/.well-known/jwks.json");
    tokens =
        new AccessTokens(
            new Jwks(() -> List.of(uri), clock),
            token -> {
              throw new ProblemException(CommonProblem.UNAUTHENTICATED);
            },
            session -> false,
            clock);
  }

  @AfterEach
  void stop() {
    userService.stop(0);
    threads.close();
  }

  @Test
  void tokenOfARetiredKeyShouldBeRefusedAMinuteLater() {
    assertThat(tokens.verify(forged())).isNotNull();
    published.remove("stolen");
    published.put("next", Jwts.SIG.ES256.keyPair().build());

    clock.forward(Duration.ofMinutes(1));

    refused(forged());
  }

  /** Nobody checks the signature of a token that was seen before. */
  @Test
  void tokenThatWasSeenBeforeShouldBeRefusedAsWell() {
    String seen = forged();
    assertThat(tokens.verify(seen)).isNotNull();
    published.remove("stolen");
    published.put("next", Jwts.SIG.ES256.keyPair().build());

    clock.forward(Duration.ofMinutes(1));

    refused(seen);
    assertThat(tokens.isKnown(seen)).isFalse();
  }

  @Test
  void keysShouldServeOnWhileUserServiceDoesNotAnswerAndBeDroppedWhenItDoes() {
    String seen = forged();
    assertThat(tokens.verify(seen)).isNotNull();
    status = 503;
    clock.forward(Duration.ofMinutes(1));
    assertThat(tokens.verify(seen)).isNotNull();
    assertThat(tokens.verify(forged())).isNotNull();
    int asked = fetches.get();
    tokens.verify(seen);
    assertThat(fetches).as("no one asks again at once").hasValue(asked);

    published.remove("stolen");
    published.put("next", Jwts.SIG.ES256.keyPair().build());
    status = 200;
    clock.forward(Duration.ofMinutes(1));

    // The first to come afterwards asks, and does not wait for the answer.
    Instant end = Instant.now().plusSeconds(10);
    while (isGood(seen) && Instant.now().isBefore(end)) {
      Thread.onSpinWait();
    }
    refused(seen);
  }

  private boolean isGood(String token) {
    try {
      tokens.verify(token);
      return true;
    } catch (ProblemException e) {
      return false;
    }
  }

  private void refused(String token) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> tokens.verify(token))
        .satisfies(e -> assertThat(e.type()).isEqualTo(CommonProblem.UNAUTHENTICATED));
  }

  private String forged() {
    return Jwts.builder()
        .header()
        .type(AccessTokens.TYPE)
        .keyId("stolen")
        .and()
        .issuer(AccessTokens.ISSUER)
        .audience()
        .add(AccessTokens.AUDIENCE)
        .and()
        .id(UUID.randomUUID().toString())
        .subject(new UserId(UUID.randomUUID()).toString())
        .claim("name", "ann")
        .claim("sid", UUID.randomUUID().toString())
        .expiration(Date.from(clock.instant().plus(Duration.ofHours(1))))
        .signWith(stolen.getPrivate(), Jwts.SIG.ES256)
        .compact();
  }

  private String keySet() {
    return published.entrySet().stream()
        .map(
            key ->
                io.jsonwebtoken.security.Jwks.json(
                    io.jsonwebtoken.security.Jwks.builder()
                        .key((ECPublicKey) key.getValue().getPublic())
                        .id(key.getKey())
                        .build()))
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }
}

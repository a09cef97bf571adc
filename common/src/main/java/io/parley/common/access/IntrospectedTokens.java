package io.parley.common.access;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.UserId;
import io.parley.common.nodes.Nodes;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.traces.Traces;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Personal tokens as user-service knows them (in the manner of RFC 7662). Its answers are kept for
 * {@link #KEPT}; a token that is revoked meanwhile is refused as an ended session.
 */
public final class IntrospectedTokens implements PersonalTokens {

  /** Questions under way from this process; user-service has its connections for other work too. */
  static final int MAX_AT_ONCE = 16;

  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final int MAX_TOKEN_CHARS = 128;
  private static final int MAX_KEPT = 10_000;

  private final Nodes userService;
  private final ServiceTokens tokens;
  private final Traces traces;
  private final Clock clock;
  private final Semaphore places = new Semaphore(MAX_AT_ONCE);
  private final JsonMapper json =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECTS_WITHIN)
          .build();

  private final Cache<String, Caller> good = kept();

  /** Not tokens, as far as user-service knew. Apart, so that junk pushes out no good ones. */
  private final Cache<String, Boolean> bad = kept();

  public IntrospectedTokens(Nodes userService, ServiceTokens tokens, Traces traces, Clock clock) {
    this.userService = userService;
    this.tokens = tokens;
    this.traces = traces;
    this.clock = clock;
  }

  private static <T> Cache<String, T> kept() {
    return Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(KEPT).build();
  }

  @Override
  public boolean isKnown(String token) {
    return token.length() > MAX_TOKEN_CHARS
        || good.getIfPresent(token) != null
        || bad.getIfPresent(token) != null;
  }

  @Override
  public Caller resolve(String token) {
    if (token.length() > MAX_TOKEN_CHARS || bad.getIfPresent(token) != null) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    Caller caller = good.getIfPresent(token);
    if (caller == null) {
      caller = askInTurn(token);
      if (caller == null) {
        bad.put(token, true);
        throw new ProblemException(CommonProblem.UNAUTHENTICATED);
      }
      good.put(token, caller);
    }
    if (!caller.expiresAt().isAfter(clock.instant())) {
      throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
    }
    return caller;
  }

  private @Nullable Caller askInTurn(String token) {
    try {
      if (!places.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw unavailable();
      }
      try {
        return userService.<Introspection>ask(node -> ask(node, token)).caller();
      } finally {
        places.release();
      }
    } catch (IOException | JacksonException e) {
      throw unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable();
    }
  }

  private Introspection ask(URI node, String token) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node + "/internal/tokens/introspect"))
            .timeout(TIMEOUT)
            .header("Authorization", tokens.bearer("user-service"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    json.writeValueAsString(Map.of("token", token))));
    String traceparent = traces.current();
    if (traceparent != null) {
      request.header(Traces.HEADER, traceparent);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() == 503) {
      throw new Nodes.UnableException(node);
    }
    if (response.statusCode() != 200) {
      throw unavailable();
    }
    return json.readValue(response.body(), Introspection.class);
  }

  private static ProblemException unavailable() {
    return new ProblemException(
        CommonProblem.STORE_UNAVAILABLE, "user-service does not tell whose token this is");
  }

  /**
   * What user-service answers.
   *
   * @param active false: unknown, revoked, expired, or its owner is locked; the rest is null then
   * @param scopes separated by spaces
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Introspection(
      boolean active,
      @Nullable UserId userId,
      @Nullable String username,
      @Nullable String tokenId,
      @Nullable SystemRole role,
      @Nullable String scopes,
      @Nullable Instant expiresAt) {

    public static final Introspection INACTIVE =
        new Introspection(false, null, null, null, null, null, null);

    public static Introspection of(Caller caller) {
      return new Introspection(
          true,
          caller.id(),
          caller.username(),
          caller.sessionId(),
          caller.role(),
          Scope.format(caller.scopes()),
          caller.expiresAt());
    }

    @Nullable Caller caller() {
      return active
              && userId != null
              && username != null
              && tokenId != null
              && role != null
              && scopes != null
              && expiresAt != null
          ? new Caller(userId, username, tokenId, role, Scope.parse(scopes), expiresAt)
          : null;
    }
  }
}

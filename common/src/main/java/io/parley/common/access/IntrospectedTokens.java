package io.parley.common.access;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Personal tokens as user-service knows them (in the manner of RFC 7662). Its answers are kept for
 * {@link #KEPT}; a token that is revoked meanwhile is refused as an ended session.
 */
public final class IntrospectedTokens implements PersonalTokens {

  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_TOKEN_CHARS = 128;

  private final URI introspect;
  private final ServiceTokens tokens;
  private final Clock clock;
  private final JsonMapper json =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  /** Empty: not a token, as far as user-service knew. */
  private final Cache<String, Optional<Caller>> known =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(KEPT).build();

  /**
   * @param userService base URL
   */
  public IntrospectedTokens(URI userService, ServiceTokens tokens, Clock clock) {
    this.introspect = userService.resolve("/internal/tokens/introspect");
    this.tokens = tokens;
    this.clock = clock;
  }

  @Override
  public Caller resolve(String token) {
    if (token.length() > MAX_TOKEN_CHARS) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    Optional<Caller> found = known.getIfPresent(token);
    if (found == null) {
      found = Optional.ofNullable(ask(token));
      known.put(token, found);
    }
    Caller caller = found.orElseThrow(() -> new ProblemException(CommonProblem.UNAUTHENTICATED));
    if (!caller.expiresAt().isAfter(clock.instant())) {
      throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
    }
    return caller;
  }

  private @Nullable Caller ask(String token) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(introspect)
                  .timeout(TIMEOUT)
                  .header("Authorization", tokens.bearer("user-service"))
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          json.writeValueAsString(Map.of("token", token))))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      return json.readValue(response.body(), Introspection.class).caller();
    } catch (IOException | JacksonException e) {
      throw unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable();
    }
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

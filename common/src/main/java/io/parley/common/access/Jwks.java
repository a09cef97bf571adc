package io.parley.common.access;

import io.jsonwebtoken.security.Jwk;
import io.parley.common.nodes.Nodes;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of user-service, fetched when first needed and again when a token names a key not
 * seen before, but no more often than {@link #REFETCH_AFTER}: a flood of forged key ids must not
 * become a flood of requests.
 */
public final class Jwks implements AccessKeys {

  private static final Duration REFETCH_AFTER = Duration.ofSeconds(5);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final Supplier<List<URI>> uris;
  private final Clock clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private volatile Map<String, Key> keys = Map.of();
  private Instant fetchedAt = Instant.MIN;
  private Instant failedAt = Instant.MIN;

  /**
   * The keys as the nodes of user-service publish them.
   *
   * @param elsewhere where they are instead; null or empty: at those nodes
   */
  public static Jwks of(Nodes userService, @Nullable URI elsewhere, Clock clock) {
    return elsewhere == null || elsewhere.toString().isEmpty()
        ? new Jwks(
            () ->
                userService.inTurn().stream()
                    .map(node -> URI.create(node + "/.well-known/jwks.json"))
                    .toList(),
            clock)
        : new Jwks(() -> List.of(elsewhere), clock);
  }

  /**
   * @param uris where the keys are, in the order in which to ask: the next one when one fails
   */
  public Jwks(Supplier<List<URI>> uris, Clock clock) {
    this.uris = uris;
    this.clock = clock;
  }

  @Override
  public @Nullable Key key(String keyId) {
    Key key = keys.get(keyId);
    return key != null ? key : refetched(keyId);
  }

  private synchronized @Nullable Key refetched(String keyId) {
    Key key = keys.get(keyId);
    if (key == null && failedAt.plus(RETRY_AFTER).isAfter(clock.instant())) {
      throw unavailable();
    }
    if (key == null && fetchedAt.plus(REFETCH_AFTER).isBefore(clock.instant())) {
      try {
        keys = fetch();
        fetchedAt = clock.instant();
      } catch (ProblemException e) {
        failedAt = clock.instant();
        throw e;
      }
      key = keys.get(keyId);
    }
    return key;
  }

  private Map<String, Key> fetch() {
    for (URI uri : uris.get()) {
      try {
        return fetch(uri);
      } catch (ProblemException e) {
        // The next one.
      }
    }
    throw unavailable();
  }

  private Map<String, Key> fetch(URI uri) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      return io.jsonwebtoken.security.Jwks.setParser()
          .build()
          .parse(response.body())
          .getKeys()
          .stream()
          .collect(Collectors.toUnmodifiableMap(Jwk::getId, Jwk::toKey));
    } catch (IOException | RuntimeException e) {
      throw unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable();
    }
  }

  private static ProblemException unavailable() {
    return new ProblemException(
        CommonProblem.STORE_UNAVAILABLE, "The keys of user-service can not be had");
  }
}

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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of user-service, fetched when first needed, again when they are older than {@link
 * #FRESH_FOR}, so that one that was retired is trusted no longer, and when a token names a key not
 * seen before, but no more often than {@link #REFETCH_AFTER}: a flood of forged key ids must not
 * become a flood of requests. While user-service does not answer, the keys that are known serve on.
 */
public final class Jwks implements AccessKeys {

  private static final Logger log = LoggerFactory.getLogger(Jwks.class);

  /** A retired key is refused after this, and what user-service itself needs to know of it. */
  private static final Duration FRESH_FOR = Duration.ofSeconds(30);

  private static final Duration REFETCH_AFTER = Duration.ofSeconds(5);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final Supplier<List<URI>> uris;
  private final Clock clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final AtomicBoolean fetchingAside = new AtomicBoolean();
  private volatile Map<String, Key> keys = Map.of();
  private volatile Instant fetchedAt = Instant.MIN;

  /** Of the last try, if that failed. */
  private volatile Instant failedAt = Instant.MIN;

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
    if (isStale(clock.instant())) {
      refresh();
    }
    Key key = keys.get(keyId);
    return key != null ? key : refetched(keyId);
  }

  private boolean isStale(Instant now) {
    return !keys.isEmpty() && fetchedAt.plus(FRESH_FOR).isBefore(now);
  }

  /**
   * All wait for the fetch, or a retired key would pass meanwhile. Once one has failed nobody waits
   * for the next: they would all, each time, until user-service is back.
   */
  private void refresh() {
    if (failedAt.equals(Instant.MIN)) {
      refreshNow();
    } else if (failedAt.plus(REFETCH_AFTER).isBefore(clock.instant())
        && fetchingAside.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("jwks")
          .start(
              () -> {
                try {
                  tryFetch();
                } finally {
                  fetchingAside.set(false);
                }
              });
    }
  }

  private synchronized void refreshNow() {
    if (failedAt.equals(Instant.MIN) && isStale(clock.instant())) {
      tryFetch();
    }
  }

  private void tryFetch() {
    try {
      take(fetch());
    } catch (ProblemException e) {
      failedAt = clock.instant();
      log.warn("the keys of user-service were not fetched again, those known serve on");
    }
  }

  private void take(Map<String, Key> fetched) {
    keys = fetched;
    fetchedAt = clock.instant();
    failedAt = Instant.MIN;
  }

  private synchronized @Nullable Key refetched(String keyId) {
    Key key = keys.get(keyId);
    if (key == null && isAfter(failedAt, RETRY_AFTER)) {
      throw unavailable();
    }
    if (key == null && !isAfter(fetchedAt, REFETCH_AFTER)) {
      try {
        take(fetch());
      } catch (ProblemException e) {
        failedAt = clock.instant();
        throw e;
      }
      key = keys.get(keyId);
    }
    return key;
  }

  /** Whether that was so short a while ago. */
  private boolean isAfter(Instant at, Duration ago) {
    return !at.equals(Instant.MIN) && !at.plus(ago).isBefore(clock.instant());
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

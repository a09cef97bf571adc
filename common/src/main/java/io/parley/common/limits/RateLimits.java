package io.parley.common.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.DelayParameters;
import io.github.bucket4j.distributed.proxy.optimization.Optimization;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.github.bucket4j.redis.lettuce.cas.LettuceBasedProxyManager;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.metrics.CommonMeter;
import io.parley.common.redis.RedisConnector;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of this process, counted in Redis together with all others: one bucket per limit and
 * key.
 *
 * <p>Redis key {@code limit:<name>:<capacity>/<refill in ms>:<key>}: string, a bucket as bucket4j
 * serializes it, written by compare-and-swap; it expires when the bucket would be full again, so
 * nobody deletes it. A limit whose numbers change begins with new buckets, also while replicas with
 * old and new numbers run side by side.
 *
 * <p>While Redis does not answer (for {@link #TIMEOUT} at most) a limit takes the choice it states;
 * each answer counts in {@code parley.limits}, by limiter and outcome.
 *
 * <p>Time is this process's own: replicas' clocks that differ by a second shift a bucket by that
 * second, no more.
 */
public final class RateLimits implements AutoCloseable {

  /** How long one decision may take. */
  public static final Duration TIMEOUT = Duration.ofMillis(200);

  private static final Logger log = LoggerFactory.getLogger(RateLimits.class);

  /** How long a start waits for Redis before it goes on without. */
  private static final Duration START_WITHIN = Duration.ofSeconds(2);

  private static final String PREFIX = "limit:";
  private static final Duration EXPIRY_MARGIN = Duration.ofSeconds(10);

  /**
   * Requests of one key that come at once share one bucket here, and so one exchange with Redis: a
   * flood from one address does not race against itself.
   */
  private static final int MAX_BUCKETS = 50_000;

  private final LimitStore<String> store;
  private final AsyncProxyManager<String> redis;
  private final MeterRegistry meters;
  private final Map<String, Outcomes> outcomes = new ConcurrentHashMap<>();
  private final Cache<String, AsyncBucketProxy> buckets =
      Caffeine.newBuilder()
          .maximumSize(MAX_BUCKETS)
          .expireAfterAccess(Duration.ofMinutes(2))
          .build();

  /**
   * @param connector its Redis need not answer yet
   */
  public RateLimits(RedisConnector connector, MeterRegistry meters) {
    this.store =
        new LimitStore<>(
            connector, RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE), TIMEOUT);
    this.meters = meters;
    LettuceBasedProxyManager<String> manager =
        new Bucket4jLettuce.LettuceBasedProxyManagerBuilder<>(store)
            .clientClock(TimeMeter.SYSTEM_MILLISECONDS)
            .requestTimeout(TIMEOUT)
            .expirationAfterWrite(
                ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(EXPIRY_MARGIN))
            .build();
    this.redis = manager.asAsync();
    store.open(START_WITHIN);
  }

  /** Takes one token. Never fails: see {@link Decision#known()}. */
  public Decision consume(Limit limit, String key) {
    return consume(limit, key, 1);
  }

  public Decision consume(Limit limit, String key, long tokens) {
    return consumeAsync(limit, key, tokens).join();
  }

  /** As {@link #consume(Limit, String)}, without holding up a thread. */
  public CompletableFuture<Decision> consumeAsync(Limit limit, String key) {
    return consumeAsync(limit, key, 1);
  }

  public CompletableFuture<Decision> consumeAsync(Limit limit, String key, long tokens) {
    String redisKey = key(limit, key);
    AsyncBucketProxy bucket =
        buckets.get(redisKey, missing -> bucket(limit, missing, Optimizations.batching()));
    return decide(limit, bucket, tokens);
  }

  /** Undoes one {@link #consumeAsync(Limit, String)} that was allowed. */
  public void giveBack(Limit limit, String key) {
    String redisKey = key(limit, key);
    var unused =
        buckets
            .get(redisKey, missing -> bucket(limit, missing, Optimizations.batching()))
            .addTokens(1)
            .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(
                error -> {
                  log.debug("limit {} got nothing back", limit.name(), error);
                  return null;
                });
  }

  /** Gives back all tokens of a key, for example after a login that succeeded. */
  public CompletableFuture<Void> reset(Limit limit, String key) {
    String redisKey = key(limit, key);
    buckets.invalidate(redisKey);
    return store
        .delete(redisKey)
        .toCompletableFuture()
        .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .handle((done, error) -> null);
  }

  /**
   * The same limit for a hot path: most decisions are made in this process, and Redis is asked once
   * per tenth of the capacity. In exchange each replica may let through up to that tenth too much.
   *
   * @param maxKeys how many keys are remembered in this process
   */
  public HotLimit hot(Limit limit, int maxKeys) {
    return new HotLimit(this, limit, maxKeys);
  }

  CompletableFuture<Decision> decide(Limit limit, AsyncBucketProxy bucket, long tokens) {
    return bucket
        .tryConsumeAndReturnRemaining(tokens)
        .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .handle((probe, error) -> decided(limit, probe, error));
  }

  AsyncBucketProxy hotBucket(Limit limit, String key, long maxUnsynchronized, Duration maxDelay) {
    return bucket(
        limit,
        key(limit, key),
        Optimizations.delaying(new DelayParameters(maxUnsynchronized, maxDelay)));
  }

  private Decision decided(
      Limit limit, @Nullable ConsumptionProbe probe, @Nullable Throwable error) {
    if (error != null || probe == null) {
      log.debug("limit {} is not known", limit.name(), error);
      return counted(Decision.unknown(limit));
    }
    return counted(
        new Decision(
            limit,
            probe.isConsumed(),
            probe.getRemainingTokens(),
            Duration.ofNanos(probe.isConsumed() ? 0 : probe.getNanosToWaitForRefill()),
            Duration.ofNanos(probe.getNanosToWaitForReset()),
            true));
  }

  Decision counted(Decision decision) {
    String limiter = decision.limit().name();
    Outcomes counters = outcomes.get(limiter);
    if (counters == null) {
      counters = outcomes.computeIfAbsent(limiter, name -> Outcomes.of(meters, name));
    }
    counters.count(decision);
    return decision;
  }

  /** A limiter's counters: looking them up in the registry would cost more than a hot decision. */
  private record Outcomes(Counter allowed, Counter refused, Counter unavailable) {

    static Outcomes of(MeterRegistry meters, String limiter) {
      return new Outcomes(
          CommonMeter.LIMITS.counter(meters, limiter, "allowed"),
          CommonMeter.LIMITS.counter(meters, limiter, "refused"),
          CommonMeter.LIMITS.counter(meters, limiter, "unavailable"));
    }

    void count(Decision decision) {
      (!decision.known() ? unavailable : decision.allowed() ? allowed : refused).increment();
    }
  }

  private AsyncBucketProxy bucket(Limit limit, String redisKey, Optimization optimization) {
    BucketConfiguration configuration =
        BucketConfiguration.builder()
            .addLimit(
                Bandwidth.builder()
                    .capacity(limit.capacity())
                    .refillGreedy(limit.capacity(), limit.refill())
                    .build())
            .build();
    return redis.builder().withOptimization(optimization).build(redisKey, configuration);
  }

  private static String key(Limit limit, String key) {
    return PREFIX
        + limit.name()
        + ":"
        + limit.capacity()
        + "/"
        + limit.refill().toMillis()
        + ":"
        + key;
  }

  @Override
  public void close() {
    store.close();
  }
}

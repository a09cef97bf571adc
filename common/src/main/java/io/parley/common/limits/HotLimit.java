package io.parley.common.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.distributed.AsyncBucketProxy;
import java.time.Duration;

/**
 * One limit whose buckets live in this process and meet those of the other replicas in Redis after
 * each tenth of the capacity, or when a bucket was not compared for a while. A key that is not
 * remembered costs one exchange with Redis.
 */
public final class HotLimit {

  private static final int SHARE = 10;
  private static final Duration MAX_DELAY = Duration.ofSeconds(30);

  /** After Redis has failed to answer, nobody waits for it for this long. */
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  private final RateLimits limits;
  private final Limit limit;
  private final long maxUnsynchronized;
  private final Duration maxDelay;
  private final Cache<String, AsyncBucketProxy> buckets;
  private volatile long pausedAt;
  private volatile boolean paused;

  HotLimit(RateLimits limits, Limit limit, int maxKeys) {
    this.limits = limits;
    this.limit = limit;
    this.maxUnsynchronized = Math.max(1, limit.capacity() / SHARE);
    this.maxDelay = limit.refill().compareTo(MAX_DELAY) < 0 ? limit.refill() : MAX_DELAY;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(maxKeys)
            .expireAfterAccess(limit.refill().plus(MAX_DELAY))
            .build();
  }

  /** Takes one token; waits for Redis when it has to, {@link RateLimits#TIMEOUT} at most. */
  public Decision consume(String key) {
    if (paused && System.nanoTime() - pausedAt < PAUSE_NANOS) {
      return limits.counted(Decision.unknown(limit));
    }
    AsyncBucketProxy bucket =
        buckets.get(key, missing -> limits.hotBucket(limit, missing, maxUnsynchronized, maxDelay));
    Decision decision = limits.decide(limit, bucket, 1).join();
    if (!decision.known()) {
      pausedAt = System.nanoTime();
      paused = true;
    } else if (paused) {
      paused = false;
    }
    return decision;
  }
}

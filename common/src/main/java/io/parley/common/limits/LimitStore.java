package io.parley.common.limits;

import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.RedisCodec;
import io.parley.common.redis.RedisConnector;
import io.parley.common.redis.RedisLink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis that is opened with the first command, so that a process also starts
 * while Redis is away. Commands fail at once while there is no connection, and after {@code
 * timeout} when Redis says nothing; none is kept for later.
 *
 * @param <K> the type of keys; a parameter because bucket4j makes its arrays of keys from {@code
 *     Object[]}
 */
final class LimitStore<K> implements RedisApi<K>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LimitStore.class);

  private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);

  private final RedisConnector redis;
  private final RedisCodec<K, byte[]> codec;
  private final Duration timeout;
  private final AtomicReference<@Nullable CompletableFuture<RedisLink<K, byte[]>>> connection =
      new AtomicReference<>();
  private volatile long failedAtNanos;
  private volatile boolean failed;

  LimitStore(RedisConnector redis, RedisCodec<K, byte[]> codec, Duration timeout) {
    this.redis = redis;
    this.codec = codec;
    this.timeout = timeout;
  }

  /** Waits for the connection, but does not insist on it. */
  void open(Duration patience) {
    try {
      connected().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Said in the log; each command tries again.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public <V> RedisFuture<V> eval(
      String script, ScriptOutputType type, K[] keys, byte[][] arguments) {
    return send(commands -> commands.eval(script, type, keys, arguments));
  }

  @Override
  public RedisFuture<byte[]> get(K key) {
    return send(commands -> commands.get(key));
  }

  @Override
  public RedisFuture<?> delete(K key) {
    return send(commands -> commands.del(key));
  }

  private <V> RedisFuture<V> send(
      Function<RedisClusterAsyncCommands<K, byte[]>, CompletionStage<V>> command) {
    CompletableFuture<RedisLink<K, byte[]>> opened = connected();
    CompletableFuture<V> answer;
    if (!opened.isDone()) {
      answer = CompletableFuture.failedFuture(new RedisException("not connected yet"));
    } else {
      answer =
          opened
              .thenCompose(open -> command.apply(open.async()))
              .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
    return new PipelinedRedisFuture<>(answer);
  }

  private CompletableFuture<RedisLink<K, byte[]>> connected() {
    CompletableFuture<RedisLink<K, byte[]>> present = connection.get();
    if (present != null && !(present.isCompletedExceptionally() && mayRetry())) {
      return present;
    }
    CompletableFuture<RedisLink<K, byte[]>> next = new CompletableFuture<>();
    if (!connection.compareAndSet(present, next)) {
      return connected();
    }
    CompletableFuture.supplyAsync(() -> redis.connect(codec, timeout), Thread::startVirtualThread)
        .whenComplete(
            (opened, error) -> {
              if (error == null) {
                if (failed) {
                  failed = false;
                  log.info("Redis answers again: limits hold");
                }
                next.complete(opened);
              } else {
                if (!failed) {
                  log.warn(
                      "Redis does not answer, limits take their stated choice: {}",
                      error.toString());
                }
                failed = true;
                failedAtNanos = System.nanoTime();
                next.completeExceptionally(error);
              }
            });
    return next;
  }

  private boolean mayRetry() {
    return System.nanoTime() - failedAtNanos > RECONNECT_AFTER.toNanos();
  }

  @Override
  public void close() {
    CompletableFuture<RedisLink<K, byte[]>> opened = connection.get();
    if (opened != null && opened.isDone() && !opened.isCompletedExceptionally()) {
      opened.join().close();
    }
  }
}

package io.parley.common.limits;

import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
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
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Redis that answers nothing must not collect commands without end. */
  private static final int MAX_WAITING = 20_000;

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private final RedisCodec<K, byte[]> codec;
  private final AtomicReference<@Nullable CompletableFuture<StatefulRedisConnection<K, byte[]>>>
      connection = new AtomicReference<>();
  private volatile long failedAtNanos;
  private volatile boolean failed;

  LimitStore(String url, RedisCodec<K, byte[]> codec, Duration timeout) {
    this.codec = codec;
    this.uri = RedisURI.create(url);
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            // Lettuce would wait up to 30 s once Redis has been away for long.
            .reconnectDelay(
                () ->
                    Delay.exponential(
                        Duration.ofMillis(50), RECONNECT_AFTER, 2, TimeUnit.MILLISECONDS))
            .build();
    this.client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .replayFilter(command -> true)
            .requestQueueSize(MAX_WAITING)
            .timeoutOptions(TimeoutOptions.enabled(timeout))
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(CONNECT_TIMEOUT)
                    .keepAlive(
                        SocketOptions.KeepAliveOptions.builder()
                            .enable()
                            .idle(Duration.ofSeconds(5))
                            .interval(Duration.ofSeconds(2))
                            .count(3)
                            .build())
                    .build())
            .build());
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
      Function<RedisAsyncCommands<K, byte[]>, CompletionStage<V>> command) {
    CompletableFuture<StatefulRedisConnection<K, byte[]>> opened = connected();
    CompletionStage<V> answer;
    if (!opened.isDone()) {
      answer = CompletableFuture.failedFuture(new RedisException("not connected yet"));
    } else {
      answer = opened.thenCompose(open -> command.apply(open.async()));
    }
    return new PipelinedRedisFuture<>(answer);
  }

  private CompletableFuture<StatefulRedisConnection<K, byte[]>> connected() {
    CompletableFuture<StatefulRedisConnection<K, byte[]>> present = connection.get();
    if (present != null && !(present.isCompletedExceptionally() && mayRetry())) {
      return present;
    }
    CompletableFuture<StatefulRedisConnection<K, byte[]>> next = new CompletableFuture<>();
    if (!connection.compareAndSet(present, next)) {
      return connected();
    }
    client
        .connectAsync(codec, uri)
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
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS);
  }
}

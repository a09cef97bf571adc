package io.parley.message.groups;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.store.RedisConnections;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the nodes share about reconciliations. Two that run at once are a waste, no harm, so plain
 * commands will do.
 *
 * <ul>
 *   <li>{@code reconciliation:lock}: string, whose run it is; set when a run begins, renewed while
 *       it goes on, deleted at its end, gone after {@link #LEASE} if its node dies
 *   <li>{@code reconciliation:status}: string, JSON of the last run's {@link
 *       Reconciliation.Status}; written by whoever runs, never deleted
 * </ul>
 */
@Component
class RedisReconciliation {

  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final long TIMEOUT_MILLIS = 2_000;
  private static final byte[] LOCK = "reconciliation:lock".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STATUS = "reconciliation:status".getBytes(StandardCharsets.US_ASCII);

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final JsonMapper json;

  RedisReconciliation(RedisConnections connections, JsonMapper json) {
    this.redis = connections.commands();
    this.json = json;
  }

  /** The new run's name; null while another one goes on. */
  @Nullable String begin() {
    String run = UUID.randomUUID().toString();
    String set = await(redis.set(LOCK, bytes(run), SetArgs.Builder.nx().px(LEASE.toMillis())));
    return set == null ? null : run;
  }

  void goOn(String run) {
    if (isMine(run)) {
      await(redis.pexpire(LOCK, LEASE.toMillis()));
    }
  }

  void end(String run) {
    if (isMine(run)) {
      await(redis.del(LOCK));
    }
  }

  private boolean isMine(String run) {
    return Arrays.equals(await(redis.get(LOCK)), bytes(run));
  }

  Reconciliation.Status status() {
    byte[] status = await(redis.get(STATUS));
    return status == null
        ? Reconciliation.Status.NEVER
        : json.readValue(status, Reconciliation.Status.class);
  }

  void save(Reconciliation.Status status) {
    await(redis.set(STATUS, json.writeValueAsBytes(status)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static <T> @Nullable T await(RedisFuture<T> future) {
    try {
      return future.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RedisException | ExecutionException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}

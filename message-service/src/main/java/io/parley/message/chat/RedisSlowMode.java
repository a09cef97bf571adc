package io.parley.message.chat;

import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.store.RedisConnections;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;

/**
 * Who has written lately in a group with slow mode. One string a member and group, {@code
 * slow:{<conversation id>}:<user id>} → the clientMessageId that was let through; set by a send if
 * it is not there, and gone by itself when the next message may come. A Redis that forgets lets one
 * message through early. A Redis that is away refuses: a send needs it anyway.
 */
@Component
class RedisSlowMode {

  private static final long TIMEOUT_MILLIS = 2_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;

  RedisSlowMode(RedisConnections connections) {
    this.redis = connections.commands();
  }

  /**
   * Lets a message through once in {@code interval}, and the same one again.
   *
   * @return how long to wait; zero when it may be sent
   * @throws ProblemException 503 when Redis does not answer
   */
  Duration admit(
      ConversationId conversation, UserId user, String clientMessageId, Duration interval) {
    byte[] key = ("slow:{" + conversation + "}:" + user).getBytes(StandardCharsets.US_ASCII);
    byte[] mine = clientMessageId.getBytes(StandardCharsets.US_ASCII);
    try {
      byte[] last =
          redis
              .setGet(key, mine, SetArgs.Builder.nx().px(interval.toMillis()))
              .get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      if (last == null || Arrays.equals(last, mine)) {
        return Duration.ZERO;
      }
      long millis = redis.pttl(key).get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      return Duration.ofMillis(Math.max(1, millis));
    } catch (RedisException | ExecutionException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}

package io.parley.message.log;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.ConversationId;
import io.parley.message.store.RedisConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * In which conversations something was sent lately: a counter's TTL begins anew with each proposal
 * ({@link RedisSequencer}), so what is left of it tells when the last one was. What Redis has
 * forgotten counts as silent.
 */
@Component
public class RedisRecentSends {

  private static final long TIMEOUT_MILLIS = 2_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final long lifeMillis;

  RedisRecentSends(RedisConnections connections, LogProperties properties) {
    this.redis = connections.commands();
    this.lifeMillis = properties.idleExpiry().toMillis();
  }

  /**
   * Those of the conversations in which something was sent within that time. One round trip.
   *
   * @throws Exception when Redis does not answer
   */
  public Set<ConversationId> within(Duration time, Collection<ConversationId> conversations)
      throws Exception {
    List<ConversationId> asked = List.copyOf(conversations);
    List<CompletionStage<Long>> answers = new ArrayList<>();
    for (ConversationId conversation : asked) {
      answers.add(redis.pttl(RedisSequencer.key(conversation)));
    }
    Set<ConversationId> recent = new HashSet<>();
    for (int i = 0; i < asked.size(); i++) {
      long left = answers.get(i).toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      if (left >= 0 && lifeMillis - left <= time.toMillis()) {
        recent.add(asked.get(i));
      }
    }
    return recent;
  }
}

package io.parley.message.log;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * When something was last said in each conversation, by which an inbox is sorted without reading
 * logs, and when something last happened, by which is found what changed since. One string a
 * conversation, {@code last:{<shard>}:<conversation id>} → "seq at" (ms since 1970) or, when
 * another event came after the message, "seq at eventAt"; written with each proposal ({@link
 * RedisSequencer}) and by whoever had to look into the log; dropped by its TTL of {@link #KEPT}. A
 * cache: what is missing the log tells.
 */
@Component
public class RedisLastMessages {

  /**
   * @param seq of the newest message, which may never have been written; 0 when there is none
   * @param at when it was sent; when there is none, when the conversation began
   * @param eventAt when the newest event of any kind was proposed, or later
   */
  public record LastMessage(long seq, Instant at, Instant eventAt) {}

  static final Duration KEPT = Duration.ofDays(30);

  private static final Logger log = LoggerFactory.getLogger(RedisLastMessages.class);
  private static final long TIMEOUT_MILLIS = 2_000;

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final Clock clock;

  RedisLastMessages(RedisConnections connections, Clock clock) {
    this.redis = connections.commands();
    this.clock = clock;
  }

  static byte[] key(ConversationId conversation) {
    return RedisShard.of(conversation).key("last", conversation);
  }

  /**
   * Those that are known. One round trip.
   *
   * @throws ProblemException 503 when Redis does not answer
   */
  public Map<ConversationId, LastMessage> of(Collection<ConversationId> conversations) {
    Map<RedisShard, List<ConversationId>> shards = RedisShard.group(conversations);
    Map<ConversationId, LastMessage> known = HashMap.newHashMap(conversations.size());
    try {
      Map<List<ConversationId>, CompletionStage<List<KeyValue<byte[], byte[]>>>> answers =
          new HashMap<>();
      for (List<ConversationId> ids : shards.values()) {
        byte[][] keys = ids.stream().map(RedisLastMessages::key).toArray(byte[][]::new);
        answers.put(ids, redis.mget(keys));
      }
      for (Map.Entry<List<ConversationId>, CompletionStage<List<KeyValue<byte[], byte[]>>>> answer :
          answers.entrySet()) {
        List<KeyValue<byte[], byte[]>> values =
            answer.getValue().toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        for (int i = 0; i < values.size(); i++) {
          if (values.get(i).hasValue()) {
            known.put(answer.getKey().get(i), read(values.get(i).getValue()));
          }
        }
      }
      return known;
    } catch (RedisException | ExecutionException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  private static LastMessage read(byte[] value) {
    String[] fields = new String(value, StandardCharsets.US_ASCII).split(" ");
    return new LastMessage(
        Long.parseLong(fields[0]),
        Instant.ofEpochMilli(Long.parseLong(fields[1])),
        Instant.ofEpochMilli(Long.parseLong(fields[fields.length - 1])));
  }

  /**
   * Keeps what the log says, unless something was said since. Until now anything else may have
   * happened that was not noted, as there was nothing to note it with. Does not wait, and may fail.
   */
  public LastMessage found(ConversationId conversation, long seq, Instant at) {
    LastMessage last = new LastMessage(seq, at, clock.instant());
    String value = seq + " " + at.toEpochMilli() + " " + last.eventAt().toEpochMilli();
    try {
      redis.set(
          key(conversation),
          value.getBytes(StandardCharsets.US_ASCII),
          SetArgs.Builder.nx().ex(KEPT));
    } catch (RedisException e) {
      log.debug("the last message of {} is not kept: {}", conversation, e.toString());
    }
    return last;
  }
}

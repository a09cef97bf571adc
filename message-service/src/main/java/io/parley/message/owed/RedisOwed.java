package io.parley.message.owed;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.parley.common.ids.ConversationId;
import io.parley.message.owed.Ledger.Range;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisShard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

/**
 * The notes of what a node owes: {@code owed:{<shard>}:<node id>}, a hash, conversation id (16
 * bytes) → "first last", the lowest and the highest seq of the events that the node proposed there
 * since the note was last cleared. Made by {@code propose.lua} with the proposal, cleared here by
 * the node itself, or by the one that takes over from it when it is dead.
 */
@Component
class RedisOwed implements Owed {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final Duration LIFE = Duration.ofHours(1);

  private final RedisClusterAsyncCommands<byte[], byte[]> redis;
  private final byte[] clear = script("redis/clear-owed.lua");
  private final byte[] note = script("redis/note-owed.lua");

  RedisOwed(RedisConnections connections) {
    this.redis = connections.commands();
  }

  @Override
  public Map<ConversationId, Range> of(UUID node) throws Exception {
    List<CompletionStage<Map<byte[], byte[]>>> answers = new ArrayList<>();
    for (int shard = 0; shard < RedisShard.COUNT; shard++) {
      answers.add(redis.hgetall(key(new RedisShard(shard), node)));
    }
    Map<ConversationId, Range> notes = new HashMap<>();
    for (CompletionStage<Map<byte[], byte[]>> answer : answers) {
      await(answer).forEach((conversation, range) -> notes.put(id(conversation), range(range)));
    }
    return notes;
  }

  @Override
  public @Nullable Range of(UUID node, ConversationId conversation) throws Exception {
    byte[] range = await(redis.hget(key(RedisShard.of(conversation), node), bytes(conversation)));
    return range == null ? null : range(range);
  }

  @Override
  public void clear(UUID node, Map<ConversationId, Long> handedOver) throws Exception {
    Map<RedisShard, List<byte[]>> arguments = new HashMap<>();
    handedOver.forEach(
        (conversation, through) -> {
          List<byte[]> ofShard = ofShard(arguments, conversation);
          ofShard.add(bytes(conversation));
          ofShard.add(ascii(through));
        });
    run(clear, node, arguments);
  }

  @Override
  public void note(UUID node, Map<ConversationId, Range> owed) throws Exception {
    Map<RedisShard, List<byte[]>> arguments = new HashMap<>();
    owed.forEach(
        (conversation, range) -> {
          List<byte[]> ofShard = ofShard(arguments, conversation);
          if (ofShard.isEmpty()) {
            ofShard.add(ascii(LIFE.toMillis()));
          }
          ofShard.add(bytes(conversation));
          ofShard.add(ascii(range.first()));
          ofShard.add(ascii(range.last()));
        });
    run(note, node, arguments);
  }

  @Override
  public void keep(UUID node) throws Exception {
    List<CompletionStage<Boolean>> answers = new ArrayList<>();
    for (int shard = 0; shard < RedisShard.COUNT; shard++) {
      answers.add(redis.pexpire(key(new RedisShard(shard), node), LIFE.toMillis()));
    }
    for (CompletionStage<Boolean> answer : answers) {
      await(answer);
    }
  }

  private static List<byte[]> ofShard(
      Map<RedisShard, List<byte[]>> arguments, ConversationId conversation) {
    return arguments.computeIfAbsent(RedisShard.of(conversation), shard -> new ArrayList<>());
  }

  private void run(byte[] script, UUID node, Map<RedisShard, List<byte[]>> arguments)
      throws Exception {
    List<CompletionStage<Long>> answers = new ArrayList<>();
    arguments.forEach(
        (shard, ofShard) -> {
          byte[][] keys = {key(shard, node)};
          answers.add(
              redis.eval(script, ScriptOutputType.INTEGER, keys, ofShard.toArray(byte[][]::new)));
        });
    for (CompletionStage<Long> answer : answers) {
      await(answer);
    }
  }

  private static byte[] key(RedisShard shard, UUID node) {
    return shard.key("owed", node);
  }

  private static Range range(byte[] note) {
    String[] seqs = new String(note, US_ASCII).split(" ");
    return new Range(Long.parseLong(seqs[0]), Long.parseLong(seqs[1]));
  }

  private static ConversationId id(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new ConversationId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  private static byte[] bytes(ConversationId conversation) {
    return ByteBuffer.allocate(16)
        .putLong(conversation.value().getMostSignificantBits())
        .putLong(conversation.value().getLeastSignificantBits())
        .array();
  }

  private static byte[] ascii(long value) {
    return String.valueOf(value).getBytes(US_ASCII);
  }

  private static byte[] script(String resource) {
    try {
      return new ClassPathResource(resource).getContentAsByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T await(CompletionStage<T> answer) throws Exception {
    return answer.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }
}

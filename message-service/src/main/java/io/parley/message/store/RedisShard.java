package io.parley.message.store;

import io.parley.common.ids.ConversationId;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What Redis holds for conversations is spread over this many hash tags (Redis Cluster
 * specification, "Hash tags"): a script may touch a conversation's keys and what is kept for its
 * whole shard, as all of them are in one slot.
 *
 * @param number 0 to {@value #COUNT} - 1
 */
public record RedisShard(int number) {

  public static final int COUNT = 64;

  public static RedisShard of(ConversationId conversation) {
    return new RedisShard(Math.floorMod(conversation.hashCode(), COUNT));
  }

  /** Of one shard's a command may name several. */
  public static Map<RedisShard, List<ConversationId>> group(
      Collection<ConversationId> conversations) {
    return conversations.stream().collect(Collectors.groupingBy(RedisShard::of));
  }

  /** {@code <what>:{<number>}:<whose>}. */
  public byte[] key(String what, Object whose) {
    return (what + ":{" + number + "}:" + whose).getBytes(StandardCharsets.US_ASCII);
  }
}

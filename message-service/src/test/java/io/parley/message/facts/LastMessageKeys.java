package io.parley.message.facts;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.common.ids.ConversationId;
import io.parley.message.Nodes;
import java.util.List;

/** What Redis knows of the newest messages. */
final class LastMessageKeys {

  private LastMessageKeys() {}

  static void forget(ConversationId conversation) {
    RedisClient client =
        RedisClient.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      List<String> keys = redis.sync().keys("last:*:" + conversation);
      if (keys.isEmpty()) {
        throw new AssertionError("nothing is known of " + conversation);
      }
      redis.sync().del(keys.toArray(String[]::new));
    } finally {
      client.shutdown();
    }
  }
}

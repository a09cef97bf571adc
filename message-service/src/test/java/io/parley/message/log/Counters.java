package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.message.Nodes;
import io.parley.message.store.RedisConnections;
import java.util.concurrent.TimeUnit;

/** What Redis can lose at any time. */
public final class Counters {

  private Counters() {}

  public static void forget(Nodes.Node node, ConversationId conversation) throws Exception {
    node.get(RedisConnections.class)
        .commands()
        .del(RedisSequencer.key(conversation))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }
}

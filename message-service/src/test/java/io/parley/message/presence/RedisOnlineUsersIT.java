package io.parley.message.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.store.NodeId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The nodes' sets of connected users come to be right again whatever Redis has lost. */
class RedisOnlineUsersIT {

  private static final RedisClient CLIENT =
      RedisClient.create(String.valueOf(Nodes.STORES.environment().get("PARLEY_REDIS_URL")));
  private static final StatefulRedisConnection<String, byte[]> CONNECTION =
      CLIENT.connect(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE));

  private final RedisCommands<String, byte[]> redis = CONNECTION.sync();
  private final UserId ann = Nodes.FLEET.user();
  private final UserId gone = Nodes.FLEET.user();
  private final UUID nodeA = Nodes.A.get(NodeId.class).value();
  private final String setOfA = "online:{" + nodeA + "}";
  private final RedisOnlineUsers ofB = Nodes.B.get(RedisOnlineUsers.class);

  @AfterAll
  static void close() {
    CONNECTION.close();
    CLIENT.shutdown();
  }

  @Test
  void whoConnectsShouldBeKnownToOtherNodesUntilTheFarewell() throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann))) {
      assertThat(client.isClosed()).isFalse();
      TestGroup.until(() -> ofB.offline(List.of(ann, gone)).equals(Set.of(gone)));
    }
    TestGroup.until(() -> ofB.offline(List.of(ann)).equals(Set.of(ann)));
  }

  /** One lost and one too many: the number is right, the content is not. */
  @Test
  void contentShouldBeComparedNotOnlyTheNumber() throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann))) {
      TestGroup.until(() -> redis.sismember(setOfA, bytes(ann)));
      redis.multi();
      redis.srem(setOfA, bytes(ann));
      redis.sadd(setOfA, bytes(gone));
      redis.exec();

      TestGroup.until(
          () -> redis.sismember(setOfA, bytes(ann)) && !redis.sismember(setOfA, bytes(gone)));
      assertThat(client.isClosed()).isFalse();
    }
  }

  @Test
  void whatRedisForgetsShouldBeWrittenAgain() throws Exception {
    try (StompClient client = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann))) {
      TestGroup.until(() -> redis.sismember(setOfA, bytes(ann)));
      redis.del(setOfA, "online:nodes");

      TestGroup.until(
          () ->
              redis.sismember(setOfA, bytes(ann))
                  && redis.zscore("online:nodes", nodeA.toString().getBytes()) != null);
      assertThat(client.isClosed()).isFalse();
    }
  }

  private static byte[] bytes(UserId user) {
    return ByteBuffer.allocate(16)
        .putLong(user.value().getMostSignificantBits())
        .putLong(user.value().getLeastSignificantBits())
        .array();
  }
}

package io.parley.message.store;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.parley.common.redis.RedisConnector;
import io.parley.common.redis.RedisLink;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Two connections for the hot path: one for commands and one for subscriptions, both on bytes. A
 * command is never sent twice by the driver: after a reconnect a replayed {@code seed} could set a
 * counter back. While Redis is away commands fail at once.
 */
@Component
public class RedisConnections {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final RedisLink<byte[], byte[]> link;
  private final RedisClusterAsyncCommands<byte[], byte[]> commands;
  private final RedisSubscriptions subscriptions;

  RedisConnections(RedisConnector redis) {
    this.link = redis.connect(ByteArrayCodec.INSTANCE, TIMEOUT);
    this.commands = link.async();
    this.subscriptions = new RedisSubscriptions(redis);
  }

  /** On a Cluster a command or script with several keys needs them in one slot. */
  public RedisClusterAsyncCommands<byte[], byte[]> commands() {
    return commands;
  }

  public RedisSubscriptions subscriptions() {
    return subscriptions;
  }

  @PreDestroy
  void close() {
    subscriptions.close();
    link.close();
  }
}

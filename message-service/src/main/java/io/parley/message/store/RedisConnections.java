package io.parley.message.store;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.stereotype.Component;

/**
 * Two connections for the hot path: one for commands and one for subscriptions, both on bytes. A
 * command is never sent twice by the driver: after a reconnect a replayed {@code seed} could set a
 * counter back. While Redis is away commands fail at once.
 */
@Component
public class RedisConnections {

  /** Back within a second of Redis, however long it was away. */
  private static final Duration MAX_RECONNECT_DELAY = Duration.ofSeconds(1);

  private final ClientResources resources;
  private final RedisClient client;
  private final StatefulRedisConnection<byte[], byte[]> commands;
  private final StatefulRedisPubSubConnection<byte[], byte[]> subscriptions;

  RedisConnections(DataRedisProperties properties) {
    String url = properties.getUrl();
    if (url == null) {
      throw new IllegalArgumentException("spring.data.redis.url is missing");
    }
    RedisURI uri = RedisURI.create(url);
    uri.setTimeout(Duration.ofSeconds(2));
    this.resources =
        ClientResources.builder()
            .reconnectDelay(
                Delay.exponential(
                    Duration.ofMillis(1), MAX_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
            .build();
    this.client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .replayFilter(command -> true)
            .build());
    this.commands = client.connect(ByteArrayCodec.INSTANCE);
    this.subscriptions = client.connectPubSub(ByteArrayCodec.INSTANCE);
  }

  public RedisAsyncCommands<byte[], byte[]> commands() {
    return commands.async();
  }

  public StatefulRedisPubSubConnection<byte[], byte[]> subscriptions() {
    return subscriptions;
  }

  @PreDestroy
  void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    resources.shutdown(0, 2, TimeUnit.SECONDS);
  }
}

package io.parley.common.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Opens connections to Redis: one server, the master that a Sentinel names, or a Cluster, with the
 * user, password and TLS that are configured ({@code spring.data.redis}).
 *
 * <p>On all of them a command is never sent twice by the driver, as a replayed one could undo what
 * came after it. While a connection is broken its commands fail at once.
 */
public final class RedisConnector implements AutoCloseable {

  /** Redis that answers nothing must not collect commands without end. */
  private static final int MAX_WAITING = 100_000;

  /** A Cluster tells of moved slots by refusals, and of a master's death by silence. */
  private static final ClusterTopologyRefreshOptions REFRESH =
      ClusterTopologyRefreshOptions.builder()
          .enableAllAdaptiveRefreshTriggers()
          .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
          .enablePeriodicRefresh(Duration.ofSeconds(10))
          .build();

  private final LettuceConnectionFactory factory;
  private final AbstractRedisClient client;

  /**
   * @param configured is only asked for its configuration: Spring stops it before beans that still
   *     have to say good-bye to Redis
   */
  public RedisConnector(LettuceConnectionFactory configured) {
    this.factory = sameAs(configured);
    factory.afterPropertiesSet();
    this.client = factory.getRequiredNativeClient();
    ClientOptions options = client.getOptions();
    if (client instanceof RedisClusterClient cluster) {
      ClusterClientOptions.Builder builder =
          options instanceof ClusterClientOptions known
              ? known.mutate()
              : ClusterClientOptions.builder(options);
      strict(builder, options);
      cluster.setOptions(builder.topologyRefreshOptions(REFRESH).build());
    } else {
      ClientOptions.Builder builder = options.mutate();
      strict(builder, options);
      one().setOptions(builder.build());
    }
  }

  private RedisClient one() {
    return (RedisClient) client;
  }

  private static LettuceConnectionFactory sameAs(LettuceConnectionFactory configured) {
    RedisClusterConfiguration cluster = configured.getClusterConfiguration();
    RedisSentinelConfiguration sentinel = configured.getSentinelConfiguration();
    if (cluster != null) {
      return new LettuceConnectionFactory(cluster, configured.getClientConfiguration());
    }
    if (sentinel != null) {
      return new LettuceConnectionFactory(sentinel, configured.getClientConfiguration());
    }
    return new LettuceConnectionFactory(
        configured.getStandaloneConfiguration(), configured.getClientConfiguration());
  }

  private static void strict(ClientOptions.Builder options, ClientOptions configured) {
    options
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .replayFilter(command -> true)
        .requestQueueSize(MAX_WAITING)
        // Whoever waits for an answer bounds that; a timer for each command would cost more.
        .timeoutOptions(TimeoutOptions.create())
        .socketOptions(
            configured
                .getSocketOptions()
                .mutate()
                .keepAlive(
                    SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(Duration.ofSeconds(5))
                        .interval(Duration.ofSeconds(2))
                        .count(3)
                        .build())
                .build());
  }

  /**
   * @param timeout how long a synchronous command may take
   * @throws RedisException when Redis does not answer
   */
  public <K, V> RedisLink<K, V> connect(RedisCodec<K, V> codec, Duration timeout) {
    StatefulConnection<K, V> connection =
        client instanceof RedisClusterClient cluster
            ? cluster.connect(codec)
            : one().connect(codec);
    connection.setTimeout(timeout);
    return new RedisLink<>(connection);
  }

  /**
   * For sharded channels. On a Cluster a subscription goes to the node that has the channel's slot,
   * and what any node says comes to the connection's listeners.
   *
   * @throws RedisException when Redis does not answer
   */
  public <K, V> StatefulRedisPubSubConnection<K, V> connectPubSub(RedisCodec<K, V> codec) {
    if (client instanceof RedisClusterClient cluster) {
      StatefulRedisClusterPubSubConnection<K, V> connection = cluster.connectPubSub(codec);
      connection.setNodeMessagePropagation(true);
      return connection;
    }
    return one().connectPubSub(codec);
  }

  public boolean isCluster() {
    return client instanceof RedisClusterClient;
  }

  /**
   * @param listener of all connections, on a Cluster also of those to single nodes; called on the
   *     driver's event loop
   */
  public void addListener(RedisConnectionStateListener listener) {
    client.addListener(listener);
  }

  /**
   * @param listener called, on a thread of the driver, when slots of a Cluster have moved, or nodes
   *     have come, gone or changed their role
   */
  public void onTopologyChange(Runnable listener) {
    client
        .getResources()
        .eventBus()
        .get()
        .filter(ClusterTopologyChangedEvent.class::isInstance)
        .subscribe(event -> listener.run());
  }

  @Override
  public void close() {
    factory.destroy();
  }
}

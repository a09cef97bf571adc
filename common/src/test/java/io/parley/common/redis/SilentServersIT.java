package io.parley.common.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Redis behind a proxy that can keep its connections and pass nothing. */
class SilentServersIT {

  private static final String REDIS = Stores.shared().addresses().redisUrl();
  private static final Duration LOOK_EACH = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String channel = UUID.randomUUID().toString();
  private final AtomicInteger ended = new AtomicInteger();
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private TcpProxy proxy;
  private ClientResources resources;
  private RedisConnector connector;
  private RedisLink<String, String> link;
  private StatefulRedisPubSubConnection<String, String> subscriptions;

  @BeforeEach
  void connect() {
    URI redis = URI.create(REDIS);
    proxy = TcpProxy.to(redis);
    DefaultClientResources.Builder builder = DefaultClientResources.builder();
    RedisAutoConfiguration.soonReconnected(LOOK_EACH).customize(builder);
    resources = builder.build();
    connector =
        new RedisConnector(
            new LettuceConnectionFactory(
                (RedisStandaloneConfiguration)
                    LettuceConnectionFactory.createRedisConfiguration(
                        "redis://127.0.0.1:" + proxy.port() + redis.getPath()),
                LettuceClientConfiguration.builder().clientResources(resources).build()));
    connector.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
            ended.incrementAndGet();
          }
        });
    link = connector.connect(StringCodec.UTF8, Duration.ofSeconds(20));
    subscriptions = connector.connectPubSub(StringCodec.UTF8);
    subscriptions.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void smessage(String shard, String message) {
            heard.add(message);
          }
        });
    subscriptions.sync().ssubscribe(channel);
  }

  @AfterEach
  void close() throws Exception {
    link.close();
    subscriptions.close();
    connector.close();
    resources.shutdown().get();
    proxy.close();
  }

  @Test
  void allConnectionsToASilentServerShouldEndAndComeBack() throws Exception {
    try (AutoCloseable silent = proxy.silence()) {
      var unanswered = link.async().get("any");
      // Subscriptions as well, which ask nothing themselves.
      await().atMost(SOON).until(() -> ended.get() >= 2 && unanswered.isDone());
    }
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              link.sync().spublish(channel, "back");
              assertThat(heard).contains("back");
            });
  }

  @Test
  void aConnectionThatBrokeShouldNotTakeItsSuccessorWithIt() throws Exception {
    try (AutoCloseable silent = proxy.silence()) {
      var unused = link.async().get("any");
      proxy.cut();
    }
    proxy.restore();
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () -> link.sync().ping().equals("PONG") && subscriptions.sync().ping().equals("PONG"));
    int before = ended.get();

    // The time in which one that is silent would be noticed.
    Thread.sleep(LOOK_EACH.multipliedBy(3));
    assertThat(ended).hasValue(before);
  }

  @Test
  void aServerThatIsAskedNothingShouldKeepItsConnections() throws Exception {
    link.sync().ping();
    subscriptions.sync().ping();
    int before = ended.get();
    try (AutoCloseable silent = proxy.silence()) {
      // The time in which one that is asked loses them.
      Thread.sleep(LOOK_EACH.multipliedBy(3));
      assertThat(ended).hasValue(before);
    }
    assertThat(link.sync().ping()).isEqualTo("PONG");
  }
}

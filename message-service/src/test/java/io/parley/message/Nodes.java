package io.parley.message;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.common.ids.UserId;
import io.parley.common.sessions.EndedSession;
import io.parley.common.sessions.EndedSessionStream;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Two nodes of message-service in this JVM on one set of real stores, started once for all tests.
 */
public final class Nodes {

  /** These stand for notification-service's queues. */
  public static final String STORED = "test.stored";

  public static final String CHANGED = "test.changed";
  public static final String READ = "test.read";

  public static final int BUCKET_EVENTS = 20;

  public static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=";

  public static final StoreSpace STORES = Stores.shared().newSpace("message");
  public static final FakeFleet FLEET = new FakeFleet();
  public static final Node A = start();
  public static final Node B = start();

  static {
    StompClient.eventsAre(SocketDocument.get()::checkEvent);
  }

  private Nodes() {}

  /** One node. */
  public record Node(ConfigurableApplicationContext context, int port) {

    public <T> T get(Class<T> type) {
      return context.getBean(type);
    }

    public String http() {
      return "http://127.0.0.1:" + port;
    }
  }

  public static Node start(String... settings) {
    Map<String, Object> properties = new HashMap<>(STORES.environment());
    properties.put("SERVER_PORT", "0");
    properties.put("PARLEY_USER_URL", FLEET.url());
    properties.put("PARLEY_GROUP_URL", FLEET.url());
    properties.put("PARLEY_SECRET", SECRET);
    properties.put("parley.socket.connect-timeout", "8s");
    properties.put("parley.delivery.write-timeout", "2s");
    properties.put("parley.presence.beat", "500ms");
    properties.put("parley.presence.dead-after", "5s");
    properties.put("parley.missed.clear-notes", "500ms");
    properties.put("parley.missed.gather", "50ms");
    // A machine that is busy is no reason to store a text without its mentions.
    properties.put("parley.mentions.patience", "5s");
    // One clock for all, so what a sync tells again is what changed.
    properties.put("parley.sync.overlap", "0s");
    properties.put("parley.disappearing.shortest", "1s");
    properties.put("parley.scheduled.look", "250ms");
    // Small, so that tests cross the edges.
    properties.put("parley.bulk-deletions.messages-per-event", "100");
    properties.put("parley.bulk-deletions.events-per-step", "60");
    properties.put("parley.bulk-deletions.late-after", "2s");
    properties.put("parley.log.bucket-events", String.valueOf(BUCKET_EVENTS));
    // As arguments: they go before what the environment says.
    String[] arguments =
        Arrays.stream(settings).map(setting -> "--" + setting).toArray(String[]::new);
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(MessageServiceApplication.class)
            .properties(properties)
            .run(arguments);
    int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    RabbitAdmin admin = new RabbitAdmin(context.getBean(ConnectionFactory.class));
    bind(admin, STORED, MessagesStored.ROUTING_KEY);
    bind(admin, CHANGED, MessagesChanged.ROUTING_KEY);
    bind(admin, READ, ConversationsRead.ROUTING_KEY);
    return new Node(context, port);
  }

  private static void bind(RabbitAdmin admin, String name, String routingKey) {
    Queue queue = new Queue(name, true);
    admin.declareQueue(queue);
    admin.declareBinding(
        BindingBuilder.bind(queue)
            .to(new DirectExchange(MessagesStored.EXCHANGE))
            .with(routingKey));
  }

  /** As user-service tells that a login or a personal token has ended. */
  public static void endSession(UUID session, UserId user) {
    RedisClient client =
        RedisClient.create(String.valueOf(STORES.environment().get("PARLEY_REDIS_URL")));
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      Instant now = Instant.now();
      EndedSessionStream.add(redis.sync(), new EndedSession(session, user, now), now);
    } finally {
      client.shutdown();
    }
  }
}

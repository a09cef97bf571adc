package io.parley.systemtests;

import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import io.parley.localstack.TraceCollector;
import io.parley.localstack.fleet.Fleet;
import io.parley.localstack.fleet.NodeSpec;
import io.parley.message.Http;
import io.parley.message.StompClient;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fleet with two message nodes, started once for all tests of this module. */
final class RunningFleet {

  private static final StoreSpace SPACE = Stores.shared().newSpace("system");
  private static final Map<String, String> STORES = SPACE.environment();
  private static final String RABBITMQ = String.valueOf(STORES.get("PARLEY_RABBITMQ_URL"));

  /** Stands between the message nodes and RabbitMQ. */
  static final TcpProxy MESSAGES_TO_RABBITMQ = TcpProxy.to(URI.create(RABBITMQ));

  /** TracesIT looks at them. */
  static final TraceCollector COLLECTOR = TraceCollector.start();

  static final String SECRET = "c3lzdGVtLXRlc3RzLXNlY3JldC1vZi10aGUtZmxlZXQ=";

  /** Of mail servers that report bounces. */
  static final String BOUNCE_SECRET = "the bounces of system tests";

  static final Path FOLDER = Path.of("target", "fleet");

  static final Fleet FLEET =
      Fleet.builder(FOLDER)
          .environment(STORES)
          // Hundreds of users come from one address here.
          .environment(Map.of("PARLEY_LIMIT_SCALE", "100000"))
          .environment(Map.of("PARLEY_ADMIN_EMAILS", "rita@example.org"))
          // As in production: nodes are replaced one after the other.
          .environment(Map.of("PARLEY_LEAVE_DELAY", "3s"))
          // LogsIT reads them.
          .environment(Map.of("PARLEY_LOG_FORMAT", "ecs", "LOGGING_LEVEL_IO_PARLEY", "debug"))
          .environment(
              Map.of("PARLEY_TRACES_ENDPOINT", COLLECTOR.endpoint(), "PARLEY_TRACES_RATIO", "1"))
          .environment(Map.of("PARLEY_SECRET", SECRET, "PARLEY_BOUNCE_SECRET", BOUNCE_SECRET))
          // How long is waited before one is due stays as it is: whole hours.
          .environment(Map.of("PARLEY_DIGEST_SETTLETIME", "1s", "PARLEY_DIGEST_LOOKEVERY", "1s"))
          // Each process serves for a minute or two: with C2 its start alone takes a fifth more
          // CPU.
          .jvmOption("-XX:TieredStopAtLevel=1")
          .services()
          .node(messages())
          .node(messages().named("message-service-2"))
          .build()
          .start();

  static final String GATEWAY = FLEET.gateway().url();
  static final String PASSWORD = Registration.PASSWORD;

  private static final Registration REGISTRATION = new Registration(FLEET);

  private RunningFleet() {}

  private static NodeSpec messages() {
    return NodeSpec.of(Fleet.MESSAGES)
        .environment(
            "PARLEY_RABBITMQ_URL",
            RABBITMQ.replace(
                URI.create(RABBITMQ).getHost() + ":" + URI.create(RABBITMQ).getPort(),
                "127.0.0.1:" + MESSAGES_TO_RABBITMQ.port()));
  }

  /** A registered user of the fleet behind a gateway. */
  record User(String gateway, String id, String name, String accessToken, String refreshToken) {

    Http http() {
      return new Http(gateway, accessToken);
    }

    StompClient connect() throws InterruptedException {
      return StompClient.connect(gateway, accessToken);
    }

    /** The id of the direct conversation of the two. */
    String directWith(User other) {
      return http()
          .post("/api/v1/conversations/direct", Map.of("userId", other.id()))
          .json()
          .get("id")
          .asString();
    }
  }

  private static @Nullable Http admin;

  /** The one whose address is in PARLEY_ADMIN_EMAILS. */
  static synchronized Http admin() {
    if (admin == null) {
      admin = REGISTRATION.register("rita", "rita@example.org").http();
    }
    return admin;
  }

  /** With a verified address. */
  static User register(String prefix) {
    return REGISTRATION.register(prefix);
  }

  /** For a test that can not wait for hours. */
  static Connection notificationDatabase() throws SQLException {
    return DriverManager.getConnection(
        SPACE.jdbcUrl(SPACE.notificationDatabase()),
        STORES.get("PARLEY_POSTGRES_USER"),
        STORES.get("PARLEY_POSTGRES_PASSWORD"));
  }

  static String direct(User one, User other) {
    return one.directWith(other);
  }
}

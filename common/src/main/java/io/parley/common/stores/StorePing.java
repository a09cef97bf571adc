package io.parley.common.stores;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Asks one store whether it serves, in its own protocol: a port can be open long before. A store
 * that refuses the asker (password, certificate, database) does answer: what is wrong with the
 * settings no waiting will mend.
 */
abstract sealed class StorePing {

  static final int ANSWERS_WITHIN_MILLIS = 2_000;

  private final String name;

  private StorePing(String name) {
    this.name = name;
  }

  /** Those that Spring's settings name. */
  static List<StorePing> of(Environment environment) {
    Binder settings = Binder.get(environment);
    List<StorePing> pings = new ArrayList<>();
    String database = environment.getProperty("spring.datasource.url");
    if (database != null) {
      pings.add(new Postgres(database, properties(environment, settings)));
    }
    List<String> redis = redis(environment, settings);
    if (!redis.isEmpty()) {
      boolean tls = environment.getProperty("spring.data.redis.ssl.enabled", boolean.class, false);
      pings.add(new OneOf("Redis", Protocol.REDIS, nodes(redis, 6379, tls)));
    }
    String rabbit = environment.getProperty("parley.rabbitmq.url");
    if (rabbit != null) {
      List<String> urls = Arrays.stream(rabbit.split(",")).map(String::trim).toList();
      pings.add(new OneOf("RabbitMQ", Protocol.RABBITMQ, nodes(urls, 5672, false)));
    }
    List<String> cassandra = list(settings, "spring.cassandra.contact-points");
    if (!cassandra.isEmpty()) {
      int port = environment.getProperty("spring.cassandra.port", int.class, 9042);
      boolean tls = environment.getProperty("spring.cassandra.ssl.enabled", boolean.class, false);
      pings.add(new OneOf("Cassandra", Protocol.CASSANDRA, nodes(cassandra, port, tls)));
    }
    return pings;
  }

  private static List<String> redis(Environment environment, Binder settings) {
    List<String> nodes = new ArrayList<>(list(settings, "spring.data.redis.cluster.nodes"));
    nodes.addAll(list(settings, "spring.data.redis.sentinel.nodes"));
    String url = environment.getProperty("spring.data.redis.url");
    return !nodes.isEmpty() ? nodes : url == null ? List.of() : List.of(url);
  }

  private static List<String> list(Binder settings, String name) {
    return settings.bind(name, Bindable.listOf(String.class)).orElse(List.of());
  }

  private static Properties properties(Environment environment, Binder settings) {
    Properties properties = new Properties();
    settings
        .bind(
            "spring.datasource.hikari.data-source-properties",
            Bindable.mapOf(String.class, String.class))
        .ifBound(properties::putAll);
    properties.putAll(
        Map.of(
            "user", environment.getProperty("spring.datasource.username", ""),
            "password", environment.getProperty("spring.datasource.password", ""),
            "connectTimeout", Integer.toString(ANSWERS_WITHIN_MILLIS / 1_000),
            "socketTimeout", Integer.toString(ANSWERS_WITHIN_MILLIS / 1_000)));
    return properties;
  }

  private static List<Node> nodes(List<String> texts, int usualPort, boolean tls) {
    return texts.stream().map(text -> Node.of(text, usualPort, tls)).toList();
  }

  abstract boolean answers();

  /** Whether a command on the schema needs it. */
  abstract boolean hasSchema();

  /** For people: what, and where. */
  @Override
  public String toString() {
    return name;
  }

  private static final class Postgres extends StorePing {

    private final String url;
    private final Properties properties;

    Postgres(String url, Properties properties) {
      super(
          "PostgreSQL at " + url.replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*", ""));
      this.url = url;
      this.properties = properties;
    }

    @Override
    boolean answers() {
      try (Connection connection = DriverManager.getConnection(url, properties)) {
        return connection.isValid(ANSWERS_WITHIN_MILLIS / 1_000);
      } catch (SQLException e) {
        // Classes 08 and 57P: not there, or just starting or stopping.
        String state = e.getSQLState();
        return state != null && !state.startsWith("08") && !state.startsWith("57P");
      }
    }

    @Override
    boolean hasSchema() {
      return true;
    }
  }

  private static final class OneOf extends StorePing {

    private final Protocol protocol;
    private final List<Node> nodes;

    OneOf(String name, Protocol protocol, List<Node> nodes) {
      super(name + " at " + String.join(", ", nodes.stream().map(Node::toString).toList()));
      this.protocol = protocol;
      this.nodes = nodes;
    }

    @Override
    boolean answers() {
      return nodes.stream().anyMatch(node -> node.answers(protocol));
    }

    @Override
    boolean hasSchema() {
      return protocol == Protocol.CASSANDRA;
    }
  }

  /** The shortest question that each can be asked before a login, and whether an answer is one. */
  private enum Protocol {
    /** An inline command. A server that still reads its data says LOADING. */
    REDIS("PING\r\n".getBytes(StandardCharsets.US_ASCII), answer -> !answer.startsWith("-LOADING")),
    /** AMQP 0-9-1, 4.2.2: a protocol header, answered by a method frame, Connection.Start. */
    RABBITMQ(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1}, answer -> answer.charAt(0) == 1),
    /** Native protocol v4: OPTIONS, answered by a response frame, SUPPORTED or ERROR. */
    CASSANDRA(new byte[] {4, 0, 0, 0, 5, 0, 0, 0, 0}, answer -> answer.charAt(0) >= 0x80);

    private final byte[] question;
    private final Predicate<String> accepted;

    Protocol(byte[] question, Predicate<String> accepted) {
      this.question = question;
      this.accepted = accepted;
    }
  }

  private record Node(String host, int port, boolean tls) {

    /**
     * @param text {@code host}, {@code host:port} or a URL
     */
    static Node of(String text, int usualPort, boolean tls) {
      URI uri = URI.create(text.contains("://") ? text : "store://" + text);
      if (uri.getHost() == null) {
        throw new IllegalArgumentException("not the address of a store: " + text);
      }
      String scheme = uri.getScheme();
      boolean secure = tls || scheme.equals("rediss") || scheme.equals("amqps");
      int usual = scheme.equals("amqps") ? 5671 : usualPort;
      return new Node(uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort(), secure);
    }

    boolean answers(Protocol protocol) {
      try (Socket plain = new Socket()) {
        plain.connect(new InetSocketAddress(host, port), ANSWERS_WITHIN_MILLIS);
        plain.setSoTimeout(ANSWERS_WITHIN_MILLIS);
        try (Socket socket = tls ? secured(plain) : plain) {
          socket.getOutputStream().write(protocol.question);
          socket.getOutputStream().flush();
          String answer = firstBytes(socket.getInputStream());
          return answer != null && protocol.accepted.test(answer);
        }
      } catch (SSLException e) {
        // It speaks; whether it is trusted the driver decides, which knows the certificates.
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    private Socket secured(Socket plain) throws IOException {
      SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      return factory.createSocket(plain, host, port, true);
    }

    /** Null when the connection was closed without a word. */
    private static @Nullable String firstBytes(InputStream in) throws IOException {
      byte[] buffer = new byte[64];
      int length = in.read(buffer);
      return length <= 0 ? null : new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }
}

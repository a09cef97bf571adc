package io.parley.localstack;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.store.StoreAddresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A part of the stores that belongs to one test, or to the tests of one module. Nothing is dropped
 * at the end: the shared stores begin empty with each build. Redis channels know no databases:
 * tests that share the stores hear one another there, so a channel's name holds a random id.
 *
 * @param name the prefix and a random part; the keyspace and the virtual host are called so
 * @param addresses with this space's virtual host and Redis database in the URLs
 */
public record StoreSpace(String name, StoreAddresses addresses) {
  public static final String USER_DATABASE = "PARLEY_USER_DATABASE";
  public static final String GROUP_DATABASE = "PARLEY_GROUP_DATABASE";
  public static final String NOTIFICATION_DATABASE = "PARLEY_NOTIFICATION_DATABASE";
  public static final String CASSANDRA_KEYSPACE = "PARLEY_CASSANDRA_KEYSPACE";

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  static StoreSpace create(StoreAddresses shared, String prefix) {
    if (!prefix.matches("[a-z][a-z0-9_]{0,19}")) {
      throw new IllegalArgumentException("not a prefix: " + prefix);
    }
    String name = prefix + "_" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    StoreSpace space =
        new StoreSpace(
            name,
            new StoreAddresses(
                shared.postgresUrl(),
                shared.postgresUser(),
                shared.postgresPassword(),
                withNewDatabase(shared),
                withVirtualHost(shared.rabbitmqUrl(), name),
                shared.rabbitmqManagementUrl(),
                shared.cassandraContactPoints(),
                shared.cassandraDatacenter()));
    space.createDatabases();
    space.createVirtualHost();
    return space;
  }

  /**
   * Every variable the services read about stores, the databases' and the keyspace's names
   * included.
   */
  public Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>(addresses.environment());
    variables.put(USER_DATABASE, userDatabase());
    variables.put(GROUP_DATABASE, groupDatabase());
    variables.put(NOTIFICATION_DATABASE, notificationDatabase());
    variables.put(CASSANDRA_KEYSPACE, keyspace());
    return variables;
  }

  public String userDatabase() {
    return name + "_user";
  }

  public String groupDatabase() {
    return name + "_group";
  }

  public String notificationDatabase() {
    return name + "_notification";
  }

  /** Only the name: message-service creates its keyspace. */
  public String keyspace() {
    return name;
  }

  /** The JDBC URL of one of the databases here. */
  public String jdbcUrl(String database) {
    return addresses.postgresUrl() + "/" + database;
  }

  private void createDatabases() {
    try (Connection connection =
            DriverManager.getConnection(
                jdbcUrl("postgres"), addresses.postgresUser(), addresses.postgresPassword());
        Statement statement = connection.createStatement()) {
      for (String database :
          new String[] {userDatabase(), groupDatabase(), notificationDatabase()}) {
        statement.execute("CREATE DATABASE " + database);
      }
    } catch (SQLException e) {
      throw new LocalStackException("no new database in " + addresses.postgresUrl(), e);
    }
  }

  private void createVirtualHost() {
    URI amqp = URI.create(addresses.rabbitmqUrl());
    String user = amqp.getUserInfo().replaceFirst(":.*", "");
    put("/api/vhosts/" + name, "{}", amqp.getUserInfo());
    put(
        "/api/permissions/" + name + "/" + user,
        "{\"configure\":\".*\",\"write\":\".*\",\"read\":\".*\"}",
        amqp.getUserInfo());
  }

  private void put(String path, String body, String credentials) {
    String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(addresses.rabbitmqManagementUrl() + path))
            .timeout(ANSWER_WITHIN)
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body))
            .build();
    // RabbitMQ closes the connection on a request to change to HTTP/2.
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw new LocalStackException(
            "RabbitMQ refused " + path + ": " + response.statusCode() + " " + response.body());
      }
    } catch (IOException e) {
      throw new LocalStackException(
          "RabbitMQ's management API does not answer at "
              + addresses.rabbitmqManagementUrl()
              + ": "
              + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("interrupted", e);
    }
  }

  /**
   * The stores that we start have 4096 databases; a given one may have the usual 16, so it is left
   * as it is. PostgreSQL counts, as tests empty Redis.
   */
  private static String withNewDatabase(StoreAddresses shared) {
    String redisUrl = shared.redisUrl();
    if (System.getenv(StoreAddresses.REDIS_URL) != null
        || !URI.create(redisUrl).getPath().isEmpty()) {
      return redisUrl;
    }
    try (Connection connection =
            DriverManager.getConnection(
                shared.postgresUrl() + "/postgres",
                shared.postgresUser(),
                shared.postgresPassword());
        Statement statement = connection.createStatement()) {
      try {
        statement.execute("CREATE SEQUENCE IF NOT EXISTS redis_databases MAXVALUE 4095 CYCLE");
      } catch (SQLException e) {
        // Somebody makes it at the same time.
      }
      try (ResultSet next = statement.executeQuery("SELECT nextval('redis_databases')")) {
        next.next();
        return redisUrl + "/" + next.getInt(1);
      }
    } catch (SQLException e) {
      throw new LocalStackException("no new Redis database: " + e.getMessage(), e);
    }
  }

  static String withVirtualHost(String rabbitmqUrl, String virtualHost) {
    URI uri = URI.create(rabbitmqUrl);
    return uri.getScheme()
        + "://"
        + uri.getRawUserInfo()
        + "@"
        + uri.getHost()
        + ":"
        + uri.getPort()
        + "/"
        + virtualHost;
  }
}

package io.parley.localstack.store;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * How to reach the stores.
 *
 * @param postgresUrl {@code jdbc:postgresql://host:port}, without a database
 * @param redisUrl {@code redis://host:port[/db]}
 * @param rabbitmqUrl {@code amqp://user:password@host:port/vhost}
 * @param rabbitmqManagementUrl {@code http://host:port}; not known to the services
 * @param cassandraContactPoints {@code host:port[,host:port]}
 */
public record StoreAddresses(
    String postgresUrl,
    String postgresUser,
    String postgresPassword,
    String redisUrl,
    String rabbitmqUrl,
    String rabbitmqManagementUrl,
    String cassandraContactPoints,
    String cassandraDatacenter) {

  public static final String POSTGRES_URL = "PARLEY_POSTGRES_URL";
  public static final String POSTGRES_USER = "PARLEY_POSTGRES_USER";
  public static final String POSTGRES_PASSWORD = "PARLEY_POSTGRES_PASSWORD";
  public static final String REDIS_URL = "PARLEY_REDIS_URL";
  public static final String RABBITMQ_URL = "PARLEY_RABBITMQ_URL";
  public static final String RABBITMQ_MANAGEMENT_URL = "PARLEY_RABBITMQ_MANAGEMENT_URL";
  public static final String CASSANDRA_URL = "PARLEY_CASSANDRA_URL";
  public static final String CASSANDRA_DATACENTER = "PARLEY_CASSANDRA_DATACENTER";

  /** The variables that all services read. */
  public Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put(POSTGRES_URL, postgresUrl);
    variables.put(POSTGRES_USER, postgresUser);
    variables.put(POSTGRES_PASSWORD, postgresPassword);
    variables.put(REDIS_URL, redisUrl);
    variables.put(RABBITMQ_URL, rabbitmqUrl);
    variables.put(RABBITMQ_MANAGEMENT_URL, rabbitmqManagementUrl);
    variables.put(CASSANDRA_URL, cassandraContactPoints);
    variables.put(CASSANDRA_DATACENTER, cassandraDatacenter);
    return variables;
  }

  /**
   * The reverse of {@link #environment()}; what is missing is empty, the rest has its usual value.
   */
  public static StoreAddresses of(Map<String, String> variables) {
    return new StoreAddresses(
        variables.getOrDefault(POSTGRES_URL, ""),
        variables.getOrDefault(POSTGRES_USER, "parley"),
        variables.getOrDefault(POSTGRES_PASSWORD, "parley"),
        variables.getOrDefault(REDIS_URL, ""),
        variables.getOrDefault(RABBITMQ_URL, ""),
        variables.getOrDefault(RABBITMQ_MANAGEMENT_URL, ""),
        variables.getOrDefault(CASSANDRA_URL, ""),
        variables.getOrDefault(CASSANDRA_DATACENTER, StoreStack.DATACENTER));
  }

  /** Whether every store has an address. */
  public boolean complete() {
    return !postgresUrl.isEmpty()
        && !redisUrl.isEmpty()
        && !rabbitmqUrl.isEmpty()
        && !cassandraContactPoints.isEmpty();
  }

  /** A reader sees the whole file or none. */
  public void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.putAll(environment());
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try (Writer writer = Files.newBufferedWriter(unfinished)) {
      properties.store(writer, "Where Parley's stores listen");
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  public static StoreAddresses read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    Map<String, String> variables = new LinkedHashMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> variables.put(name, properties.getProperty(name)));
    return of(variables);
  }
}

package io.parley.localstack.store;

import io.parley.localstack.process.Ports;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the stores of one stack listen, all on the loopback. */
public record StorePorts(
    int postgres,
    int redis,
    int amqp,
    int erlangDistribution,
    int epmd,
    int rabbitManagement,
    int cql,
    int cassandraStorage) {

  static final int COUNT = 8;

  /** The block of a local run, from its first port on. */
  public static StorePorts block(int first) {
    return new StorePorts(
        first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7);
  }

  public static StorePorts free() {
    return of(Ports.free(COUNT));
  }

  /**
   * @param ports as many as there are, or more
   */
  static StorePorts of(List<Integer> ports) {
    return new StorePorts(
        ports.get(0),
        ports.get(1),
        ports.get(2),
        ports.get(3),
        ports.get(4),
        ports.get(5),
        ports.get(6),
        ports.get(7));
  }

  /** Every port with the name of who wants it. */
  public Map<String, Integer> byName() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("PostgreSQL", postgres);
    ports.put("Redis", redis);
    ports.put("RabbitMQ", amqp);
    ports.put("RabbitMQ's Erlang distribution", erlangDistribution);
    ports.put("epmd", epmd);
    ports.put("RabbitMQ's management", rabbitManagement);
    ports.put("Cassandra", cql);
    ports.put("Cassandra's storage", cassandraStorage);
    return ports;
  }
}

package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Every store as several servers, each a process that may be killed and started again: Redis with
 * Sentinels, a RabbitMQ cluster, a Cassandra ring with three replicas, PostgreSQL with a replica.
 */
public final class ClusteredStores implements AutoCloseable {
  private static final int NODES = 3;

  private final GuardedProcesses processes;
  private final RedisSentinels redis;
  private final RabbitCluster rabbitmq;
  private final CassandraRing cassandra;
  private final ReplicatedPostgres postgres;

  private ClusteredStores(Path root, Path folder, Consumer<String> progress) {
    Path home = folder.toAbsolutePath();
    Path cache = StoreOptions.userCache(home.resolve("cache"));
    // All at once: what is free now is not free twice.
    List<Integer> ports = Ports.free(NODES * (StorePorts.COUNT + 1) + 1);
    List<Integer> sentinelPorts = ports.subList(NODES * StorePorts.COUNT, ports.size() - 1);
    List<StoreOptions> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      StorePorts own =
          StorePorts.of(ports.subList(i * StorePorts.COUNT, (i + 1) * StorePorts.COUNT));
      nodes.add(new StoreOptions(home.resolve("node-" + (i + 1)), own, false, root, cache));
    }
    StoreOptions first = nodes.getFirst();
    processes = GuardedProcesses.open(home);
    try {
      redis = new RedisSentinels(nodes, sentinelPorts, processes);
      rabbitmq = new RabbitCluster(nodes, processes);
      cassandra = new CassandraRing(nodes, first.ports(), processes);
      postgres = new ReplicatedPostgres(first, ports.getLast(), processes);
      StoreStack.startAll(
          List.of(
              Store.of("the Redis servers and Sentinels", redis::start),
              Store.of("the RabbitMQ cluster", rabbitmq::start),
              Store.of("the Cassandra ring", cassandra::start),
              Store.of("PostgreSQL with its replica", postgres::start)),
          progress);
    } catch (RuntimeException e) {
      processes.close();
      throw e;
    }
  }

  /**
   * @param root of the checkout
   * @param folder empty or missing; nobody else uses it
   * @param progress hears one line for each store
   */
  public static ClusteredStores start(Path root, Path folder, Consumer<String> progress) {
    return new ClusteredStores(root, folder, progress);
  }

  /** What the services read to use all of it. */
  public Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>(addresses().environment());
    variables.remove(StoreAddresses.REDIS_URL);
    variables.putAll(redis.environment());
    variables.put("PARLEY_POSTGRES_REPLICA_URL", postgres.replicaUrl());
    variables.put("PARLEY_CASSANDRA_REPLICATION", CassandraRing.REPLICATION);
    return variables;
  }

  /** Without what only clusters have. Redis: a server that need not be the master. */
  public StoreAddresses addresses() {
    return new StoreAddresses(
        postgres.primaryUrl(),
        postgres.user(),
        postgres.password(),
        redis.url(),
        rabbitmq.url(),
        rabbitmq.managementUrl(),
        cassandra.contactPoints(),
        StoreStack.DATACENTER);
  }

  public RedisSentinels redis() {
    return redis;
  }

  public RabbitCluster rabbitmq() {
    return rabbitmq;
  }

  public CassandraRing cassandra() {
    return cassandra;
  }

  public ReplicatedPostgres postgres() {
    return postgres;
  }

  @Override
  public void close() {
    processes.close();
  }
}

package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** The stores that nobody gave an address for, started side by side. */
public final class StoreStack {
  /** Cassandra's own name for it where nobody gives one. */
  static final String DATACENTER = "datacenter1";

  private StoreStack() {}

  /**
   * For tests: in containers where a Docker engine answers, unless {@code PARLEY_STORES} says
   * otherwise ({@code auto}, {@code docker} or {@code native}). An engine that has and gets no
   * images counts as none.
   */
  public static StoreAddresses startForTests(
      StoreOptions options,
      GuardedProcesses processes,
      Map<String, String> given,
      Consumer<String> progress) {
    String wanted = given.getOrDefault("PARLEY_STORES", "auto");
    switch (wanted) {
      case "native" -> {
        return start(options, processes, given, progress);
      }
      case "docker" -> {
        return new DockerStores(options, processes).start(StoreAddresses.of(given), progress);
      }
      case "auto" -> {
        if (DockerStores.engineAnswers()) {
          DockerStores containers = new DockerStores(options, processes);
          try {
            return containers.start(StoreAddresses.of(given), progress);
          } catch (LocalStackException e) {
            containers.remove();
            progress.accept("not in containers: " + e.getMessage());
          }
        }
        return start(options, processes, given, progress);
      }
      default ->
          throw new LocalStackException(
              "PARLEY_STORES=" + wanted + ": it is auto, docker or native");
    }
  }

  /**
   * Returns when all answer. They end with {@code processes}.
   *
   * @param given the addresses of stores that run already, as environment variables
   * @param progress hears one line for each store
   */
  public static StoreAddresses start(
      StoreOptions options,
      GuardedProcesses processes,
      Map<String, String> given,
      Consumer<String> progress) {
    StoreAddresses addresses = StoreAddresses.of(given);
    List<Store> stores = new ArrayList<>();
    if (addresses.cassandraContactPoints().isEmpty()) {
      stores.add(new CassandraServer(options, processes));
    }
    if (addresses.rabbitmqUrl().isEmpty()) {
      stores.add(new RabbitServer(options, processes));
    }
    if (addresses.postgresUrl().isEmpty()) {
      stores.add(new PostgresServer(options, processes));
    }
    if (addresses.redisUrl().isEmpty()) {
      stores.add(new RedisServer(options, processes));
    }
    startAll(stores, progress);
    return addresses(options, given);
  }

  /** What {@link #start} will answer, while the stores may still be starting. */
  public static StoreAddresses addresses(StoreOptions options, Map<String, String> given) {
    StoreAddresses addresses = StoreAddresses.of(given);
    StorePorts ports = options.ports();
    return new StoreAddresses(
        or(addresses.postgresUrl(), PostgresServer.url(ports)),
        addresses.postgresUrl().isEmpty() ? PostgresServer.USER : addresses.postgresUser(),
        addresses.postgresUrl().isEmpty() ? PostgresServer.PASSWORD : addresses.postgresPassword(),
        or(addresses.redisUrl(), RedisServer.url(ports)),
        or(addresses.rabbitmqUrl(), RabbitServer.url(ports)),
        addresses.rabbitmqUrl().isEmpty()
            ? RabbitServer.managementUrl(ports)
            : addresses.rabbitmqManagementUrl(),
        or(addresses.cassandraContactPoints(), CassandraServer.contactPoint(ports)),
        addresses.cassandraDatacenter());
  }

  /** The first failure ends the waiting for the others; they end with their processes. */
  static void startAll(List<Store> stores, Consumer<String> progress) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ExecutorCompletionService<Store> starts = new ExecutorCompletionService<>(threads);
      for (Store store : stores) {
        starts.submit(
            () -> {
              long began = System.nanoTime();
              store.start();
              Duration took = Duration.ofNanos(System.nanoTime() - began);
              progress.accept(
                  "%s answers after %.1f s".formatted(store.name(), took.toMillis() / 1000.0));
            },
            store);
      }
      try {
        for (int i = 0; i < stores.size(); i++) {
          starts.take().get();
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        if (e.getCause() instanceof LocalStackException failure) {
          throw failure;
        }
        throw new LocalStackException("a store did not start: " + e.getCause(), e);
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new LocalStackException("interrupted", e);
      }
    }
  }

  private static String or(String given, String started) {
    return given.isEmpty() ? started : given;
  }
}

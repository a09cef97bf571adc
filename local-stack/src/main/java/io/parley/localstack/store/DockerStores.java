package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * The same stores as containers. Testcontainers' own Ryuk removes them after a crash; as Ryuk can
 * be switched off, a child process that is guarded like any other does so too, where there is a
 * {@code docker} command.
 */
final class DockerStores {
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(180);

  private final StoreOptions options;
  private final GuardedProcesses processes;
  private final Queue<GuardedProcess> removers = new ConcurrentLinkedQueue<>();

  DockerStores(StoreOptions options, GuardedProcesses processes) {
    this.options = options;
    this.processes = processes;
  }

  static boolean engineAnswers() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  /** Removes what was started. */
  void remove() {
    removers.forEach(GuardedProcess::stop);
  }

  /** Those without an address, started side by side. */
  StoreAddresses start(StoreAddresses given, Consumer<String> progress) {
    Container postgres =
        new Container("PostgreSQL", "postgres:18", 5432)
            .env(
                Map.of(
                    "POSTGRES_USER", PostgresServer.USER,
                    "POSTGRES_PASSWORD", PostgresServer.PASSWORD))
            .run("postgres -c fsync=off -c max_connections=300");
    Container redis =
        new Container("Redis", "redis:7", 6379)
            .run("redis-server --save '' --databases " + RedisServer.DATABASES);
    Container rabbit = new Container("RabbitMQ", "rabbitmq:4-management", 5672, 15672);
    Container cassandra =
        new Container("Cassandra", "cassandra:5.0", 9042)
            .env(
                Map.of(
                    "MAX_HEAP_SIZE", "768M",
                    "HEAP_NEWSIZE", "192M",
                    "JVM_EXTRA_OPTS",
                        "-Dcassandra.ring_delay_ms=0 -Dcassandra.skip_wait_for_gossip_to_settle=0"));
    List<Store> stores = new ArrayList<>();
    if (given.cassandraContactPoints().isEmpty()) {
      stores.add(cassandra.answering(() -> Requests.cqlQuery(cassandra.host(), cassandra.port())));
    }
    if (given.rabbitmqUrl().isEmpty()) {
      stores.add(
          rabbit.answering(
              () -> {
                Requests.amqpHandshake(rabbit.host(), rabbit.port());
                Requests.httpGet(rabbit.url(15672) + "/api/vhosts", "guest:guest");
              }));
    }
    if (given.postgresUrl().isEmpty()) {
      stores.add(
          postgres.answering(
              () ->
                  Requests.query(
                      jdbcUrl(postgres) + "/postgres",
                      PostgresServer.USER,
                      PostgresServer.PASSWORD)));
    }
    if (given.redisUrl().isEmpty()) {
      stores.add(redis.answering(() -> Requests.ping(redis.host(), redis.port())));
    }
    StoreStack.startAll(stores, progress);
    return new StoreAddresses(
        given.postgresUrl().isEmpty() ? jdbcUrl(postgres) : given.postgresUrl(),
        given.postgresUrl().isEmpty() ? PostgresServer.USER : given.postgresUser(),
        given.postgresUrl().isEmpty() ? PostgresServer.PASSWORD : given.postgresPassword(),
        given.redisUrl().isEmpty()
            ? "redis://" + redis.host() + ":" + redis.port()
            : given.redisUrl(),
        given.rabbitmqUrl().isEmpty()
            ? "amqp://guest:guest@" + rabbit.host() + ":" + rabbit.port()
            : given.rabbitmqUrl(),
        given.rabbitmqUrl().isEmpty() ? rabbit.url(15672) : given.rabbitmqManagementUrl(),
        given.cassandraContactPoints().isEmpty()
            ? cassandra.host() + ":" + cassandra.port()
            : given.cassandraContactPoints(),
        given.cassandraDatacenter());
  }

  private static String jdbcUrl(Container postgres) {
    return "jdbc:postgresql://" + postgres.host() + ":" + postgres.port();
  }

  /** Testcontainers' strategies ask inside of the container; the tests come from outside. */
  private static final class NoWait extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {}
  }

  private final class Container implements Store {
    private final String name;
    private final int port;
    private final GenericContainer<?> container;
    private Readiness.Request request = () -> {};

    Container(String name, String image, Integer... ports) {
      this.name = name;
      this.port = ports[0];
      this.container =
          new GenericContainer<>(DockerImageName.parse(image))
              .withExposedPorts(ports)
              .waitingFor(new NoWait());
    }

    Container env(Map<String, String> variables) {
      container.withEnv(variables);
      return this;
    }

    Container run(String command) {
      container.withCommand(command);
      return this;
    }

    Container answering(Readiness.Request proof) {
      request = proof;
      return this;
    }

    String host() {
      return container.getHost();
    }

    int port() {
      return container.getMappedPort(port);
    }

    String url(int insidePort) {
      return "http://" + host() + ":" + container.getMappedPort(insidePort);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void start() {
      try {
        container.start();
      } catch (RuntimeException e) {
        // Testcontainers throws several kinds, with the reason further down.
        throw new LocalStackException(
            "the container of " + name + " does not start: " + rootMessage(e), e);
      }
      removeAtEnd();
      String late = Readiness.await(ANSWERS_WITHIN, () -> mustRun(container), request);
      if (!late.isEmpty()) {
        throw new LocalStackException(name + late + "; docker logs " + container.getContainerId());
      }
    }

    private void mustRun(ContainerState state) {
      if (!state.isRunning()) {
        throw new LocalStackException(
            "the container of " + name + " ended: docker logs " + state.getContainerId());
      }
    }

    private void removeAtEnd() {
      if (Users.succeeds("docker", "version")) {
        String removal = "trap 'docker rm -f -v \"$0\"; exit' TERM; while :; do sleep 1; done";
        removers.add(
            processes.start(
                ProcessSpec.of(
                    "remover of " + name,
                    List.of("sh", "-c", removal, container.getContainerId()),
                    options.folder(),
                    options.log("docker"))));
      }
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}

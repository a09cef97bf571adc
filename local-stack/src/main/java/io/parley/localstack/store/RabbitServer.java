package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * RabbitMQ 4 with its management API: one node with an epmd of its own, or one of a cluster, whose
 * nodes share one.
 */
final class RabbitServer implements StoreServer {
  static final String CREDENTIALS = "guest:guest";

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(120);

  private final StoreOptions options;
  private final GuardedProcesses processes;
  private final Membership membership;

  RabbitServer(StoreOptions options, GuardedProcesses processes) {
    this(options, processes, new Membership("parley", List.of(), "", options.ports().epmd()));
  }

  /** One of a cluster: whoever starts it has started {@link #startEpmd} once before. */
  RabbitServer(StoreOptions options, GuardedProcesses processes, Membership membership) {
    this.options = options;
    this.processes = processes;
    this.membership = membership;
  }

  /**
   * @param node of this one, without its host
   * @param nodes of the cluster, this one included; empty: it is alone
   * @param cookie what Erlang nodes know one another by; empty: one is made up
   */
  record Membership(String node, List<String> nodes, String cookie, int epmdPort) {
    boolean isAlone() {
      return nodes.isEmpty();
    }
  }

  static String url(StorePorts ports) {
    return "amqp://" + CREDENTIALS + "@127.0.0.1:" + ports.amqp();
  }

  static String managementUrl(StorePorts ports) {
    return "http://127.0.0.1:" + ports.rabbitManagement();
  }

  @Override
  public String name() {
    return membership.isAlone() ? "RabbitMQ" : "RabbitMQ " + membership.node();
  }

  @Override
  public GuardedProcess launch() {
    RabbitPrograms programs = RabbitPrograms.find(options, processes);
    Path home = options.folder().resolve("rabbitmq");
    configure(home);
    if (membership.isAlone()) {
      startEpmd();
    }
    StorePorts ports = options.ports();
    GuardedProcess server =
        processes.start(
            ProcessSpec.of(
                    name(), List.of(programs.server().toString()), home, options.log("rabbitmq"))
                .environment(environment(home, programs)));
    Readiness.await(
        server, ANSWERS_WITHIN, () -> Requests.amqpHandshake("127.0.0.1", ports.amqp()));
    Readiness.await(
        server,
        ANSWERS_WITHIN,
        () -> Requests.httpGet(managementUrl(ports) + "/api/vhosts", CREDENTIALS));
    return server;
  }

  /**
   * Before any broker: the one that a broker starts is a daemon that outlives it. Returns when it
   * answers.
   */
  void startEpmd() {
    RabbitPrograms programs = RabbitPrograms.find(options, processes);
    Path home = options.folder().resolve("rabbitmq");
    GuardedProcess epmd =
        processes.start(
            ProcessSpec.of(
                    "epmd",
                    List.of(
                        programs.epmd().toString(),
                        "-address",
                        "127.0.0.1",
                        "-port",
                        "" + membership.epmdPort()),
                    home,
                    options.log("epmd"))
                .environment(environment(home, programs)));
    Readiness.await(
        epmd, ANSWERS_WITHIN, () -> Requests.connect("127.0.0.1", membership.epmdPort()).close());
  }

  private void configure(Path home) {
    StorePorts ports = options.ports();
    try {
      Files.createDirectories(home.resolve("conf.d"));
      Files.writeString(home.resolve("enabled_plugins"), "[rabbitmq_management].\n");
      Files.writeString(home.resolve("environment.conf"), "");
      Files.writeString(home.resolve("advanced.config"), "[].\n");
      Files.writeString(
          home.resolve("rabbitmq.conf"),
          """
          listeners.tcp.default = 127.0.0.1:%d
          management.tcp.ip = 127.0.0.1
          management.tcp.port = %d
          log.console = true
          log.file = false
          disk_free_limit.absolute = 50MB
          vm_memory_high_watermark.absolute = 512MB
          """
                  .formatted(ports.amqp(), ports.rabbitManagement())
              + discovery());
      writeCookie(home.resolve(".erlang.cookie"));
    } catch (IOException e) {
      throw new LocalStackException("cannot write to " + home + ": " + e.getMessage(), e);
    }
  }

  /** Nodes of a cluster find one another at their first start. */
  private String discovery() {
    if (membership.isAlone()) {
      return "";
    }
    StringBuilder lines =
        new StringBuilder("cluster_formation.peer_discovery_backend = classic_config\n");
    for (int i = 0; i < membership.nodes().size(); i++) {
      lines.append(
          "cluster_formation.classic_config.nodes.%d = %s@localhost\n"
              .formatted(i + 1, membership.nodes().get(i)));
    }
    return lines.toString();
  }

  private void writeCookie(Path file) throws IOException {
    if (!membership.cookie().isEmpty() && !Files.exists(file)) {
      Files.writeString(file, membership.cookie());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    }
  }

  private Map<String, String> environment(Path home, RabbitPrograms programs) {
    StorePorts ports = options.ports();
    Map<String, String> variables = new HashMap<>();
    // The Erlang cookie is there.
    variables.put("HOME", home.toString());
    variables.put(
        "PATH", programs.erlangBin() + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    variables.put("LC_ALL", "C.UTF-8");
    variables.put("ERL_EPMD_PORT", "" + membership.epmdPort());
    variables.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    variables.put("ERL_FLAGS", "-start_epmd false");
    variables.put("RABBITMQ_NODENAME", membership.node() + "@localhost");
    variables.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
    variables.put("RABBITMQ_NODE_PORT", "" + ports.amqp());
    variables.put("RABBITMQ_DIST_PORT", "" + ports.erlangDistribution());
    variables.put("RABBITMQ_MNESIA_BASE", home.resolve("data").toString());
    variables.put("RABBITMQ_LOG_BASE", home.resolve("log").toString());
    variables.put("RABBITMQ_CONF_ENV_FILE", home.resolve("environment.conf").toString());
    variables.put("RABBITMQ_CONFIG_FILE", home.resolve("rabbitmq.conf").toString());
    variables.put("RABBITMQ_CONFIG_FILES", home.resolve("conf.d").toString());
    variables.put("RABBITMQ_ADVANCED_CONFIG_FILE", home.resolve("advanced.config").toString());
    variables.put("RABBITMQ_GENERATED_CONFIG_DIR", home.resolve("generated").toString());
    variables.put("RABBITMQ_ENABLED_PLUGINS_FILE", home.resolve("enabled_plugins").toString());
    variables.put("RABBITMQ_PID_FILE", home.resolve("pid").toString());
    variables.put("RABBITMQ_PLUGINS_DIR", programs.plugins().toString());
    // Erlang's schedulers spin while idle, which costs the fleet its two cores.
    variables.put(
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
        "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
            // A frozen member: the others wait for it for a minute and more by default.
            + (membership.isAlone() ? "" : " -kernel net_ticktime 15"));
    // Makes the script become the broker instead of its parent: signals reach the broker itself.
    variables.put("RUNNING_UNDER_SYSTEMD", "true");
    return variables;
  }
}

package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** RabbitMQ 4 with its management API, as one node with an epmd of its own. */
final class RabbitServer implements Store {
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(120);

  private final StoreOptions options;
  private final GuardedProcesses processes;

  RabbitServer(StoreOptions options, GuardedProcesses processes) {
    this.options = options;
    this.processes = processes;
  }

  static String url(StorePorts ports) {
    return "amqp://guest:guest@127.0.0.1:" + ports.amqp();
  }

  static String managementUrl(StorePorts ports) {
    return "http://127.0.0.1:" + ports.rabbitManagement();
  }

  @Override
  public String name() {
    return "RabbitMQ";
  }

  @Override
  public void start() {
    RabbitPrograms programs = RabbitPrograms.find(options, processes);
    Path home = options.folder().resolve("rabbitmq");
    configure(home);
    Map<String, String> environment = environment(home, programs);
    StorePorts ports = options.ports();
    // Started here, and ready before the broker: the one that a broker starts is a daemon that
    // outlives it.
    GuardedProcess epmd =
        processes.start(
            ProcessSpec.of(
                    "epmd",
                    List.of(
                        programs.epmd().toString(),
                        "-address",
                        "127.0.0.1",
                        "-port",
                        "" + ports.epmd()),
                    home,
                    options.log("epmd"))
                .environment(environment));
    Readiness.await(
        epmd, ANSWERS_WITHIN, () -> Requests.connect("127.0.0.1", ports.epmd()).close());
    GuardedProcess server =
        processes.start(
            ProcessSpec.of(
                    name(), List.of(programs.server().toString()), home, options.log("rabbitmq"))
                .environment(environment));
    Readiness.await(
        server, ANSWERS_WITHIN, () -> Requests.amqpHandshake("127.0.0.1", ports.amqp()));
    Readiness.await(
        server,
        ANSWERS_WITHIN,
        () -> Requests.httpGet(managementUrl(ports) + "/api/vhosts", "guest:guest"));
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
              .formatted(ports.amqp(), ports.rabbitManagement()));
    } catch (IOException e) {
      throw new LocalStackException("cannot write to " + home + ": " + e.getMessage(), e);
    }
  }

  private Map<String, String> environment(Path home, RabbitPrograms programs) {
    StorePorts ports = options.ports();
    Map<String, String> variables = new HashMap<>();
    // The Erlang cookie is made there.
    variables.put("HOME", home.toString());
    variables.put(
        "PATH", programs.erlangBin() + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    variables.put("LC_ALL", "C.UTF-8");
    variables.put("ERL_EPMD_PORT", "" + ports.epmd());
    variables.put("ERL_EPMD_ADDRESS", "127.0.0.1");
    variables.put("ERL_FLAGS", "-start_epmd false");
    variables.put("RABBITMQ_NODENAME", "parley@localhost");
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
        "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}");
    // Makes the script become the broker instead of its parent: signals reach the broker itself.
    variables.put("RUNNING_UNDER_SYSTEMD", "true");
    return variables;
  }
}

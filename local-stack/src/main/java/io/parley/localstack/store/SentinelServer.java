package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A Redis Sentinel. It writes what it learns into its own configuration file. */
final class SentinelServer implements StoreServer {
  static final String MASTER_NAME = "parley";

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

  private final StoreOptions options;
  private final GuardedProcesses processes;
  private final int port;
  private final int firstMasterPort;

  /**
   * @param firstMasterPort the master's as long as no Sentinel has chosen another
   */
  SentinelServer(StoreOptions options, GuardedProcesses processes, int port, int firstMasterPort) {
    this.options = options;
    this.processes = processes;
    this.port = port;
    this.firstMasterPort = firstMasterPort;
  }

  @Override
  public String name() {
    return "Redis Sentinel " + port;
  }

  @Override
  public GuardedProcess launch() {
    Path home = options.folder().resolve("sentinel");
    Path configuration = home.resolve("sentinel.conf");
    try {
      Files.createDirectories(home);
      if (!Files.exists(configuration)) {
        Files.writeString(
            configuration,
            """
            port %d
            bind 127.0.0.1
            dir %s
            sentinel monitor %s 127.0.0.1 %d 2
            sentinel down-after-milliseconds %s 2000
            sentinel failover-timeout %s 10000
            """
                .formatted(port, home, MASTER_NAME, firstMasterPort, MASTER_NAME, MASTER_NAME));
      }
    } catch (IOException e) {
      throw new LocalStackException("cannot write to " + home + ": " + e.getMessage(), e);
    }
    List<String> command =
        List.of(RedisServer.program(options).toString(), configuration.toString(), "--sentinel");
    GuardedProcess server =
        processes.start(ProcessSpec.of(name(), command, home, options.log("sentinel")));
    Readiness.await(server, ANSWERS_WITHIN, () -> Requests.ping("127.0.0.1", port));
    return server;
  }
}

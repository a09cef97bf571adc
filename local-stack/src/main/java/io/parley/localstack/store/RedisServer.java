package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Redis 7: the statically linked server inside Signal's embedded-redis, which runs on any Linux.
 */
final class RedisServer implements StoreServer {
  /** Enough for one per test class of a build. */
  static final int DATABASES = 4096;

  private static final String VERSION = "7.0.15";
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

  private final StoreOptions options;
  private final GuardedProcesses processes;
  private final List<String> more;

  RedisServer(StoreOptions options, GuardedProcesses processes) {
    this(options, processes, List.of());
  }

  /**
   * @param more of the server's own options, the later of two winning
   */
  RedisServer(StoreOptions options, GuardedProcesses processes, List<String> more) {
    this.options = options;
    this.processes = processes;
    this.more = more;
  }

  static String url(StorePorts ports) {
    return "redis://127.0.0.1:" + ports.redis();
  }

  @Override
  public String name() {
    return "Redis";
  }

  @Override
  public GuardedProcess launch() {
    Path home = options.folder().resolve("redis");
    int port = options.ports().redis();
    List<String> command = new ArrayList<>();
    command.add(program(options).toString());
    command.addAll(
        List.of(
            "--port",
            "" + port,
            "--bind",
            "127.0.0.1",
            "--dir",
            home.toString(),
            "--databases",
            "" + DATABASES,
            "--save",
            "",
            "--appendonly",
            options.durable() ? "yes" : "no",
            "--appendfsync",
            "everysec"));
    command.addAll(more);
    GuardedProcess server =
        processes.start(ProcessSpec.of(name(), command, home, options.log("redis")));
    Readiness.await(server, ANSWERS_WITHIN, () -> Requests.ping("127.0.0.1", port));
    return server;
  }

  static Path program(StoreOptions options) {
    return Unpacked.folder(options.cache(), "redis-" + VERSION, RedisServer::unpack)
        .resolve("redis-server");
  }

  private static void unpack(Path unfinished, Path finished) throws IOException {
    String name = "/redis-server-" + VERSION + "-linux-" + (Unpacked.isArm() ? "arm64" : "amd64");
    try (@Nullable InputStream in = RedisServer.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not on the class path");
      }
      Path program = unfinished.resolve("redis-server");
      Files.copy(in, program);
      if (!program.toFile().setExecutable(true, false)) {
        throw new IOException("cannot make executable: " + program);
      }
    }
  }
}

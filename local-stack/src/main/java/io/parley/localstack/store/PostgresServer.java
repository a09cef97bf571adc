package io.parley.localstack.store;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL 18 from the archives that zonky's embedded PostgreSQL publishes to Maven. */
final class PostgresServer implements Store {
  static final String USER = "parley";
  static final String PASSWORD = "parley";

  /** Part of the cache folder's name: change it with the version in the pom. */
  private static final String VERSION = "18.6.0";

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(120);

  private final StoreOptions options;
  private final GuardedProcesses processes;

  PostgresServer(StoreOptions options, GuardedProcesses processes) {
    this.options = options;
    this.processes = processes;
  }

  static String url(StorePorts ports) {
    return "jdbc:postgresql://127.0.0.1:" + ports.postgres();
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public void start() {
    Path programs = programs(options);
    Path home = options.folder().resolve("postgres");
    Path data = home.resolve("data");
    List<String> prefix = asOrdinaryUser(home);
    if (!Files.exists(data.resolve("PG_VERSION"))) {
      initialize(programs, home, data, prefix);
    }
    forgetDeadPostmaster(data);
    List<String> command = new ArrayList<>(prefix);
    command.add(programs.resolve("bin/postgres").toString());
    command.addAll(List.of("-D", data.toString(), "-p", "" + options.ports().postgres()));
    setting(command, "listen_addresses", "127.0.0.1");
    // A socket file's path may have 107 bytes, and the data folder lies anywhere.
    setting(command, "unix_socket_directories", "");
    setting(command, "max_connections", "300");
    setting(command, "shared_buffers", "64MB");
    setting(command, "io_method", "sync");
    setting(command, "jit", "off");
    setting(command, "timezone", "UTC");
    setting(command, "log_timezone", "UTC");
    if (!options.durable()) {
      setting(command, "fsync", "off");
      setting(command, "synchronous_commit", "off");
      setting(command, "full_page_writes", "off");
    }
    GuardedProcess server =
        processes.start(
            ProcessSpec.of(name(), command, home, options.log("postgres"))
                .environment(Map.of("LC_ALL", "C"))
                // SIGTERM would wait for clients to leave.
                .stopSignal("INT"));
    Readiness.await(
        server,
        ANSWERS_WITHIN,
        () -> Requests.query(url(options.ports()) + "/postgres", USER, PASSWORD));
  }

  static Path programs(StoreOptions options) {
    return Unpacked.folder(options.cache(), "postgres-" + VERSION, PostgresServer::unpack);
  }

  private static void unpack(Path unfinished, Path finished) throws IOException {
    String archive = Unpacked.isArm() ? "/postgres-linux-arm_64.txz" : "/postgres-linux-x86_64.txz";
    try (InputStream in = resource(archive)) {
      Unpacked.tarXz(in, unfinished);
    }
  }

  private static InputStream resource(String name) throws IOException {
    @Nullable InputStream in = PostgresServer.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException(name + " is not on the class path");
    }
    return in;
  }

  /** Under another name first: a crash in the middle leaves no half of a database behind. */
  private void initialize(Path programs, Path home, Path data, List<String> prefix) {
    Path unfinished = home.resolve("data.new");
    Path password = home.resolve("password");
    try {
      Folders.delete(unfinished);
      Files.writeString(password, PASSWORD);
      List<String> command = new ArrayList<>(prefix);
      command.add(programs.resolve("bin/initdb").toString());
      command.addAll(List.of("-D", unfinished.toString(), "-U", USER));
      command.addAll(List.of("--pwfile", password.toString(), "-A", "scram-sha-256"));
      command.addAll(List.of("--encoding=UTF8", "--no-instructions", "--locale=C"));
      // The same order and case rules on every machine, whatever locales it has.
      command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
      if (!options.durable()) {
        command.add("--no-sync");
      }
      processes.run(
          ProcessSpec.of("initdb", command, home, options.log("postgres-initdb"))
              .environment(Map.of("LC_ALL", "C")),
          ANSWERS_WITHIN);
      Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw LocalStackException.withLog(
          "PostgreSQL's data folder cannot be made: " + e.getMessage(),
          options.log("postgres-initdb"));
    }
  }

  /**
   * PostgreSQL refuses to start while the process id in {@code postmaster.pid} is alive, also when
   * it was given to another program since, after a reboot for instance.
   */
  private static void forgetDeadPostmaster(Path data) {
    Path file = data.resolve("postmaster.pid");
    try {
      if (!Files.exists(file)) {
        return;
      }
      String pid = Files.readAllLines(file).getFirst().strip();
      boolean postgres =
          pid.matches("\\d+")
              && ProcessHandle.of(Long.parseLong(pid))
                  .flatMap(handle -> handle.info().command())
                  .filter(command -> command.endsWith("/postgres"))
                  .isPresent();
      if (!postgres) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new LocalStackException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * PostgreSQL refuses to run as root. In a user namespace of its own a process of root is nobody,
   * with root's files still readable. Where a container forbids such namespaces, it becomes the
   * user nobody, which needs a data folder that others can reach.
   */
  static List<String> asOrdinaryUser(Path home) {
    try {
      Files.createDirectories(home);
      if (!Users.isRoot()) {
        return List.of();
      }
      if (Users.succeeds("unshare", "-U", "true")) {
        return List.of("unshare", "-U");
      }
      if (Users.succeeds("chown", "-R", "65534:65534", home.toString())) {
        return List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
      }
      throw new LocalStackException(
          "PostgreSQL does not run as root, and this machine lets root become nobody else: run as"
              + " another user, or give PARLEY_POSTGRES_URL");
    } catch (IOException e) {
      throw new LocalStackException("cannot use " + home + ": " + e.getMessage(), e);
    }
  }

  private static void setting(List<String> command, String name, String value) {
    command.add("-c");
    command.add(name + "=" + value);
  }
}

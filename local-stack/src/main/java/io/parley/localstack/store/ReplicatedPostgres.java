package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Ports;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of its own with a streaming replica, for tests. The archives hold no {@code
 * pg_basebackup}, so the replica begins as a copy of the primary's files between {@code
 * pg_backup_start} and {@code pg_backup_stop}.
 */
public final class ReplicatedPostgres implements AutoCloseable {

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

  private final StoreOptions options;
  private final GuardedProcesses processes;
  private final int replicaPort;
  private @Nullable GuardedProcess replica;

  /** With processes that somebody else opened: they end with this one, and this one with them. */
  ReplicatedPostgres(StoreOptions options, int replicaPort, GuardedProcesses processes) {
    this.options = options;
    this.replicaPort = replicaPort;
    this.processes = processes;
  }

  /**
   * @param folder empty or missing; nobody else uses it
   */
  public static ReplicatedPostgres start(Path root, Path folder) {
    StoreOptions options =
        new StoreOptions(
            folder.toAbsolutePath(),
            StorePorts.free(),
            false,
            root,
            StoreOptions.userCache(folder.toAbsolutePath().resolve("cache")));
    ReplicatedPostgres started =
        new ReplicatedPostgres(options, Ports.free(), GuardedProcesses.open(options.folder()));
    try {
      started.start();
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  void start() {
    new PostgresServer(options, processes).start();
    copyPrimary();
    startReplica();
  }

  /** Without a database. */
  public String primaryUrl() {
    return PostgresServer.url(options.ports());
  }

  /** Without a database. */
  public String replicaUrl() {
    return "jdbc:postgresql://127.0.0.1:" + replicaPort;
  }

  public String user() {
    return PostgresServer.USER;
  }

  public String password() {
    return PostgresServer.PASSWORD;
  }

  /** From now on the replica shows what it has, and nothing newer. */
  public void pauseReplay() {
    execute(replicaUrl(), "SELECT pg_wal_replay_pause()");
  }

  public void resumeReplay() {
    execute(replicaUrl(), "SELECT pg_wal_replay_resume()");
  }

  /**
   * Returns when the replica shows what the primary has now. The primary answers before it writes
   * its log ({@code synchronous_commit=off}), so {@code pg_current_wal_lsn} may not know of the
   * last changes yet: a message of one's own comes after them all.
   */
  public void awaitReplica() {
    String position = execute(primaryUrl(), "SELECT pg_logical_emit_message(true, 'shown', '')");
    long deadline = System.nanoTime() + ANSWERS_WITHIN.toNanos();
    String shown = "SELECT pg_last_wal_replay_lsn() >= '" + position + "'::pg_lsn";
    while (!execute(replicaUrl(), shown).equals("t")) {
      if (System.nanoTime() > deadline) {
        throw new LocalStackException("the replica does not follow");
      }
      Thread.onSpinWait();
    }
  }

  /** The crash of the replica. */
  public void killReplica() {
    if (replica != null) {
      replica.kill();
    }
  }

  public void startReplica() {
    Path home = options.folder().resolve("postgres");
    List<String> command = new ArrayList<>(PostgresServer.asOrdinaryUser(home));
    command.add(PostgresServer.programs(options).resolve("bin/postgres").toString());
    command.addAll(List.of("-D", replicaData().toString(), "-p", "" + replicaPort));
    command.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
    // As many as the primary's, or more: else a replica does not start.
    command.addAll(List.of("-c", "max_connections=300", "-c", "shared_buffers=64MB"));
    command.addAll(List.of("-c", "io_method=sync", "-c", "fsync=off", "-c", "jit=off"));
    GuardedProcess started =
        processes.start(
            ProcessSpec.of("PostgreSQL's replica", command, home, options.log("postgres-replica"))
                .environment(Map.of("LC_ALL", "C"))
                .stopSignal("INT"));
    Readiness.await(
        started,
        ANSWERS_WITHIN,
        () -> Requests.query(replicaUrl() + "/postgres", user(), password()));
    replica = started;
  }

  @Override
  public void close() {
    processes.close();
  }

  private Path replicaData() {
    return options.folder().resolve("postgres/replica");
  }

  private void copyPrimary() {
    try (Connection connection = connect(primaryUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_create_physical_replication_slot('replica', true)");
      statement.execute("SELECT pg_backup_start('replica', true)");
      copy(options.folder().resolve("postgres/data"), replicaData());
      String label = first(statement, "SELECT labelfile FROM pg_backup_stop(false)");
      Files.writeString(replicaData().resolve("backup_label"), label);
      Files.createFile(replicaData().resolve("standby.signal"));
      Files.writeString(
          replicaData().resolve("postgresql.auto.conf"),
          "primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'%nprimary_slot_name = 'replica'%n"
              .formatted(options.ports().postgres(), user(), password()),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException | SQLException e) {
      throw new LocalStackException("the primary can not be copied: " + e.getMessage(), e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            String name = from.relativize(folder).toString();
            if (name.startsWith("pg_replslot/")) {
              // The slot is the primary's.
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(name));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = from.relativize(file).toString();
            if (!name.startsWith("postmaster.") && !name.startsWith("pg_wal/")) {
              try {
                Files.copy(file, to.resolve(name));
              } catch (NoSuchFileException e) {
                // Went away meanwhile: the log of the changes knows.
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
  }

  private String execute(String url, String sql) {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      return first(statement, sql);
    } catch (SQLException e) {
      throw new LocalStackException(sql + ": " + e.getMessage(), e);
    }
  }

  private static String first(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  private Connection connect(String url) throws SQLException {
    return DriverManager.getConnection(url + "/postgres", user(), password());
  }
}

package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Cassandra 5.0 node from its Maven artifacts, in a JVM of its own on the JDK that runs this one.
 */
final class CassandraServer implements Store {
  /** A saturated machine needs half a minute. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(180);

  private static final int TIMER_SLACK_NANOS = 500_000;

  private final StoreOptions options;
  private final GuardedProcesses processes;

  CassandraServer(StoreOptions options, GuardedProcesses processes) {
    this.options = options;
    this.processes = processes;
  }

  static String contactPoint(StorePorts ports) {
    return "127.0.0.1:" + ports.cql();
  }

  @Override
  public String name() {
    return "Cassandra";
  }

  @Override
  public void start() {
    Path node = options.checkout().resolve("local-stack/cassandra-node");
    Path home = options.folder().resolve("cassandra");
    List<String> command = new ArrayList<>(withTimerSlack());
    if (Users.isRoot() && Users.succeeds("setpriv", "--bounding-set=-ipc_lock", "true")) {
      // As root Cassandra's mlockall() would pin every page it maps, which doubles its memory.
      command.addAll(List.of("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + node.resolve("conf/jvm.options"));
    // Halves the start; a load test wants the other compiler back: -XX:TieredStopAtLevel=4.
    command.add("-XX:TieredStopAtLevel=1");
    String more = System.getenv().getOrDefault("PARLEY_CASSANDRA_JVM_OPTIONS", "").strip();
    if (!more.isEmpty()) {
      command.addAll(List.of(more.split("\\s+", -1)));
    }
    command.add("-Dcassandra.config=" + node.resolve("conf/cassandra.yaml").toUri());
    command.add("-Dlogback.configurationFile=" + node.resolve("conf/logback.xml"));
    command.add("-Dcassandra.storagedir=" + home);
    command.add("-Dcassandra.native_transport_port=" + options.ports().cql());
    command.add("-Dcassandra.storage_port=" + options.ports().cassandraStorage());
    command.addAll(List.of("-cp", classPath(node), "org.apache.cassandra.service.CassandraDaemon"));
    GuardedProcess server =
        processes.start(ProcessSpec.of(name(), command, home, options.log("cassandra")));
    int port = options.ports().cql();
    Readiness.await(server, ANSWERS_WITHIN, () -> Requests.cqlQuery("127.0.0.1", port));
  }

  /**
   * A worker of Cassandra's that has done a request looks for the next one every 10 µs for a while,
   * and so burns more on a quiet system than the requests cost. With a longer timer slack
   * (prctl(2), PR_SET_TIMERSLACK; children inherit it) it looks less often; a request that comes
   * wakes a worker all the same. Where the kernel does not let this be set, it stays as it is.
   */
  private static List<String> withTimerSlack() {
    return List.of(
        "sh",
        "-c",
        "{ echo " + TIMER_SLACK_NANOS + " >/proc/self/timerslack_ns; } 2>/dev/null; exec \"$@\"",
        "sh");
  }

  /** Our replaced class first. */
  private static String classPath(Path node) {
    Path jar = node.resolve("target/cassandra-node.jar");
    Path classes = node.resolve("target/classes");
    try (Stream<Path> files = Files.list(node.resolve("target/lib"))) {
      List<String> entries = new ArrayList<>();
      entries.add((Files.exists(jar) ? jar : classes).toString());
      files
          .map(Path::toString)
          .filter(file -> file.endsWith(".jar"))
          .sorted()
          .forEach(entries::add);
      return String.join(":", entries);
    } catch (IOException e) {
      throw new LocalStackException(
          "Cassandra's jars are missing from "
              + node.resolve("target/lib")
              + ": build the project first",
          e);
    }
  }
}

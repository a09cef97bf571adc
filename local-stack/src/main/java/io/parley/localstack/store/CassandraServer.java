package io.parley.localstack.store;

import io.parley.localstack.process.ClassArchive;
import io.parley.localstack.process.GuardedProcess;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.Jit;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Cassandra 5.0 node from its Maven artifacts, in a JVM of its own on the JDK that runs this one:
 * alone, or one of a ring.
 */
final class CassandraServer implements StoreServer {
  /** A saturated machine needs half a minute. */
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(180);

  /** Of Murmur3Partitioner: from here on, so many tokens. */
  private static final BigInteger FIRST_TOKEN = BigInteger.TWO.pow(63).negate();

  private static final BigInteger RING = BigInteger.TWO.pow(64);

  /** A node that has peers hears of them before it serves. The heap is that of a third. */
  private static final List<String> IN_A_RING =
      List.of(
          "-Xmx320m",
          "-XX:MaxDirectMemorySize=128m",
          "-Dcassandra.ring_delay_ms=10000",
          "-Dcassandra.skip_wait_for_gossip_to_settle=-1",
          "-Dcassandra.gossip_settle_min_wait_ms=1000",
          "-Dcassandra.gossip_settle_interval_ms=500");

  private static final int TIMER_SLACK_NANOS = 500_000;

  private final StoreOptions options;
  private final GuardedProcesses processes;
  private final Place place;

  CassandraServer(StoreOptions options, GuardedProcesses processes) {
    this(options, processes, Place.ALONE);
  }

  /** One of a ring: all its nodes have the same ports, each at an address of its own. */
  CassandraServer(StoreOptions options, GuardedProcesses processes, Place place) {
    this.options = options;
    this.processes = processes;
    this.place = place;
  }

  /**
   * @param number from 1 on
   * @param of how many
   */
  record Place(int number, int of) {
    static final Place ALONE = new Place(1, 1);

    String address() {
      return "127.0.0." + number;
    }

    boolean isAlone() {
      return of == 1;
    }
  }

  static String contactPoint(StorePorts ports) {
    return contactPoint(ports, Place.ALONE);
  }

  static String contactPoint(StorePorts ports, Place place) {
    return place.address() + ":" + ports.cql();
  }

  @Override
  public String name() {
    return place.isAlone() ? "Cassandra" : "Cassandra " + place.number();
  }

  @Override
  public GuardedProcess launch() {
    Path node = options.checkout().resolve("local-stack/cassandra-node");
    Path home = options.folder().resolve("cassandra");
    List<String> command = new ArrayList<>(withTimerSlack());
    if (Users.isRoot() && Users.succeeds("setpriv", "--bounding-set=-ipc_lock", "true")) {
      // As root Cassandra's mlockall() would pin every page it maps, which doubles its memory.
      command.addAll(List.of("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + node.resolve("conf/jvm.options"));
    command.addAll(Jit.ofStores());
    if (options.durable()) {
      // It starts in three quarters of the time.
      command.addAll(ClassArchive.in(home.resolve("classes.jsa")));
    }
    command.addAll(place.isAlone() ? List.of() : IN_A_RING);
    command.add("-Dcassandra.config=" + configuration(node, home).toUri());
    command.add("-Dlogback.configurationFile=" + node.resolve("conf/logback.xml"));
    command.add("-Dcassandra.storagedir=" + home);
    command.add("-Dcassandra.native_transport_port=" + options.ports().cql());
    command.add("-Dcassandra.storage_port=" + options.ports().cassandraStorage());
    command.addAll(List.of("-cp", classPath(node), "org.apache.cassandra.service.CassandraDaemon"));
    GuardedProcess server =
        processes.start(ProcessSpec.of(name(), command, home, options.log("cassandra")));
    int port = options.ports().cql();
    Readiness.await(server, ANSWERS_WITHIN, () -> Requests.cqlQuery(place.address(), port));
    return server;
  }

  /** The file of a node that is alone, or what becomes of it in a ring. */
  private Path configuration(Path node, Path home) {
    Path alone = node.resolve("conf/cassandra.yaml");
    if (place.isAlone()) {
      return alone;
    }
    String seeds =
        IntStream.rangeClosed(1, place.of())
            .mapToObj(number -> new Place(number, place.of()).address())
            .collect(Collectors.joining(","));
    BigInteger token =
        FIRST_TOKEN.add(RING.multiply(number(place.number() - 1)).divide(number(place.of())));
    try {
      Path own = home.resolve("cassandra.yaml");
      Files.createDirectories(home);
      Files.writeString(
          own,
          replaced(
              Files.readString(alone),
              Map.of(
                  "seeds: 127.0.0.1",
                  "seeds: " + seeds,
                  "listen_address: 127.0.0.1",
                  "listen_address: " + place.address(),
                  "rpc_address: 127.0.0.1",
                  "rpc_address: " + place.address(),
                  "initial_token: 0",
                  "initial_token: " + token,
                  "hinted_handoff_enabled: false",
                  "hinted_handoff_enabled: true",
                  "memtable_heap_space: 128MiB",
                  "memtable_heap_space: 48MiB",
                  "memtable_offheap_space: 128MiB",
                  "memtable_offheap_space: 48MiB",
                  // Half of it passes before a second replica is asked, as long as there is no
                  // measure of the table's usual time.
                  "read_request_timeout: 10000ms",
                  "read_request_timeout: 2000ms")));
      return own;
    } catch (IOException e) {
      throw new LocalStackException("cannot write to " + home + ": " + e.getMessage(), e);
    }
  }

  private static BigInteger number(int value) {
    return BigInteger.valueOf(value);
  }

  private static String replaced(String text, Map<String, String> lines) {
    String result = text;
    for (Map.Entry<String, String> line : lines.entrySet()) {
      if (!result.contains(line.getKey())) {
        throw new LocalStackException("cassandra.yaml has no line " + line.getKey());
      }
      result = result.replace(line.getKey(), line.getValue());
    }
    return result;
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

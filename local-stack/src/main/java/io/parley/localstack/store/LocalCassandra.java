package io.parley.localstack.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What {@code cqlsh} and {@code nodetool} are to other nodes, for the one that this machine's fleet
 * has: {@code scripts/backup.sh} and {@code restore.sh} call it. The node's JVM opens JMX when it
 * is asked to, and only to its own user, so the node needs no port for it.
 */
final class LocalCassandra {
  private static final String USAGE =
      """
      LocalCassandra <storage folder> <host:port> cql            statements from standard input; rows as lines with tabs
                                                  snapshot <tag> <keyspace.table>...
                                                  clear <tag>
                                                  refresh <keyspace> <table>...""";
  private static final int PATIENCE_MILLIS = 120_000;
  private static final String STORAGE = "-Dcassandra.storagedir=";
  private static final String STRINGS = String[].class.getName();

  private final Path storage;

  private LocalCassandra(Path storage) {
    this.storage = storage;
  }

  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    if (words.size() < 3) {
      System.err.println(USAGE);
      System.exit(2);
    }
    LocalCassandra node = new LocalCassandra(Path.of(words.get(0)).toAbsolutePath().normalize());
    List<String> rest = words.subList(3, words.size());
    try {
      switch (words.get(2)) {
        case "cql" -> cql(words.get(1));
        case "snapshot" -> node.snapshot(rest.getFirst(), rest.subList(1, rest.size()));
        case "clear" -> node.clear(rest.getFirst());
        case "refresh" -> node.refresh(rest.getFirst(), rest.subList(1, rest.size()));
        default -> throw new IOException(USAGE);
      }
    } catch (IOException | JMException e) {
      System.err.println("error: " + (e.getMessage() == null ? e : e.getMessage()));
      System.exit(1);
    }
  }

  private static void cql(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    try (CqlConnection connection =
        new CqlConnection(
            address.substring(0, colon),
            Integer.parseInt(address.substring(colon + 1)),
            PATIENCE_MILLIS)) {
      // Statements end with their lines, as in what DESCRIBE answers; none here has a text with
      // such an end.
      for (String statement : text.split(";\\s*(\n|$)", -1)) {
        if (!statement.isBlank()) {
          connection.execute(statement).forEach(row -> System.out.println(String.join("\t", row)));
        }
      }
    }
  }

  private void snapshot(String tag, List<String> tables) throws IOException, JMException {
    invoke(
        "takeSnapshot",
        List.of(tag, Map.of(), tables.toArray(String[]::new)),
        String.class.getName(),
        Map.class.getName(),
        STRINGS);
  }

  private void clear(String tag) throws IOException, JMException {
    invoke(
        "clearSnapshot",
        List.of(Map.of(), tag, new String[0]),
        Map.class.getName(),
        String.class.getName(),
        STRINGS);
  }

  /** Takes up the files that were put into the tables' folders. */
  private void refresh(String keyspace, List<String> tables) throws IOException, JMException {
    for (String table : tables) {
      invoke(
          "loadNewSSTables",
          List.of(keyspace, table),
          String.class.getName(),
          String.class.getName());
    }
  }

  // The address is that of our own node's agent, on the loopback.
  @SuppressWarnings("BanJNDI")
  private void invoke(String operation, List<Object> arguments, String... types)
      throws IOException, JMException {
    JMXServiceURL address = new JMXServiceURL(managementAddress());
    try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
      MBeanServerConnection node = connector.getMBeanServerConnection();
      ObjectName service = new ObjectName("org.apache.cassandra.db:type=StorageService");
      node.invoke(service, operation, arguments.toArray(), types);
    }
  }

  /**
   * By the JDK's own client, and not by its interface, which is in a module that may be missing.
   */
  private String managementAddress() throws IOException {
    String pid = pid();
    jcmd(pid, "ManagementAgent.start_local");
    return jcmd(pid, "ManagementAgent.status")
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("URL"))
        .map(line -> line.substring(line.indexOf("service:jmx:")))
        .findFirst()
        .orElseThrow(() -> new IOException("the JVM of Cassandra opens no JMX"));
  }

  private static String jcmd(String pid, String command) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, command)
            .redirectErrorStream(true)
            .start();
    // A second start of the agent is refused, and does no harm: no look at the exit code.
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private String pid() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(this::isOurs)
          .map(process -> process.getFileName().toString())
          .findFirst()
          .orElseThrow(() -> new IOException("no Cassandra runs on " + storage));
    }
  }

  /** The node's JVM; whatever guards and starts it has the same words. */
  private boolean isOurs(Path process) {
    try {
      String[] words =
          Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1).split("\0", -1);
      if (!words[0].endsWith("java")) {
        return false;
      }
      for (String word : words) {
        if (word.startsWith(STORAGE) && isStorage(Path.of(word.substring(STORAGE.length())))) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      // It has ended, or is another user's.
      return false;
    }
  }

  /** Whatever links lead there. */
  private boolean isStorage(Path folder) throws IOException {
    return Files.isDirectory(folder) && Files.isSameFile(folder, storage);
  }
}

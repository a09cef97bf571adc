package io.parley.message.log;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.parley.localstack.Stores;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * What ways of appending cost Cassandra, for ADR 0003: run by hand, with a Cassandra that compiles
 * fully ({@code PARLEY_FULL_JIT=true}). Not a test.
 *
 * <p>Arguments: how many operations (20000), and how many of them a second (0: 32 under way).
 */
final class AppendCosts {

  private static final int CONVERSATIONS = 50;
  private static final ByteBuffer BODY = ByteBuffer.wrap(new byte[180]);

  private static final long LEASE_NANOS = 250_000_000;

  private static int perSecond;
  private static long looked;

  private AppendCosts() {}

  public static void main(String[] args) throws Exception {
    int operations = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    perSecond = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    String contact = Stores.shared().addresses().cassandraContactPoints();
    int colon = contact.indexOf(':');
    try (CqlSession session =
        CqlSession.builder()
            .addContactPoint(
                new InetSocketAddress(
                    contact.substring(0, colon), Integer.parseInt(contact.substring(colon + 1))))
            .withLocalDatacenter("datacenter1")
            .build()) {
      measure(session, operations);
    }
    System.exit(0);
  }

  private static void measure(CqlSession session, int operations) throws Exception {
    String keyspace = "costs_" + Long.toHexString(System.nanoTime());
    session.execute(
        "CREATE KEYSPACE "
            + keyspace
            + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    session.execute("USE " + keyspace);
    session.execute(
        "CREATE TABLE events (c uuid, b bigint, s bigint, epoch int, id uuid, body blob,"
            + " PRIMARY KEY ((c, b), s, epoch, id)) WITH CLUSTERING ORDER BY (s DESC, epoch DESC,"
            + " id ASC)");
    session.execute(
        "CREATE TABLE slots (c uuid, b bigint, s bigint, id uuid, body blob,"
            + " PRIMARY KEY ((c, b), s))");
    session.execute("CREATE TABLE epochs (c uuid PRIMARY KEY, epoch int, first_seq bigint)");
    session.execute(
        "CREATE TABLE openings (scope int, node uuid, opened bigint, PRIMARY KEY (scope, node))");
    for (int i = 0; i < 3; i++) {
      session.execute(
          "INSERT INTO openings (scope, node, opened) VALUES (0, ?, 1)", UUID.randomUUID());
    }
    UUID[] conversations = new UUID[CONVERSATIONS];
    for (int i = 0; i < CONVERSATIONS; i++) {
      conversations[i] = UUID.randomUUID();
      session.execute(
          "INSERT INTO epochs (c, epoch, first_seq) VALUES (?, 1, 1) IF NOT EXISTS",
          conversations[i]);
    }
    PreparedStatement insert =
        session.prepare("INSERT INTO events (c, b, s, epoch, id, body) VALUES (?, 0, ?, 1, ?, ?)");
    PreparedStatement epoch = session.prepare("SELECT epoch, first_seq FROM epochs WHERE c = ?");
    PreparedStatement look = session.prepare("SELECT node, opened FROM openings WHERE scope = 0");
    PreparedStatement transaction =
        session.prepare(
            "INSERT INTO slots (c, b, s, id, body) VALUES (?, 0, ?, ?, ?) IF NOT EXISTS");
    for (int round = 0; round < 3; round++) {
      run(
          "insert",
          operations,
          i ->
              session.executeAsync(
                  insert.bind(conversations[i % CONVERSATIONS], seq(i), UUID.randomUUID(), BODY)));
      run(
          "insert, then epoch read",
          operations,
          i ->
              session
                  .executeAsync(
                      insert.bind(
                          conversations[i % CONVERSATIONS], seq(i), UUID.randomUUID(), BODY))
                  .thenCompose(
                      done -> session.executeAsync(epoch.bind(conversations[i % CONVERSATIONS]))));
      run(
          "insert, under a lease",
          operations,
          i -> {
            CompletionStage<AsyncResultSet> inserted =
                session.executeAsync(
                    insert.bind(conversations[i % CONVERSATIONS], seq(i), UUID.randomUUID(), BODY));
            if (System.nanoTime() - looked < LEASE_NANOS) {
              return inserted;
            }
            looked = System.nanoTime();
            return inserted.thenCompose(done -> session.executeAsync(look.bind()));
          });
      int offset = round * operations;
      run(
          "insert IF NOT EXISTS",
          operations / 4,
          i ->
              session.executeAsync(
                  transaction.bind(
                      conversations[i % CONVERSATIONS], seq(i + offset), UUID.randomUUID(), BODY)));
    }
    session.execute("DROP KEYSPACE " + keyspace);
  }

  private static long seq(int i) {
    return i / CONVERSATIONS;
  }

  private static void run(String name, int operations, IntFunction<CompletionStage<?>> operation)
      throws Exception {
    Semaphore inFlight = new Semaphore(32);
    double server = cassandraSeconds();
    double client = seconds(ProcessHandle.current().pid());
    long began = System.nanoTime();
    for (int i = 0; i < operations; i++) {
      if (perSecond > 0) {
        long due = began + i * 1_000_000_000L / perSecond;
        LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
      }
      inFlight.acquire();
      operation.apply(i).whenComplete((done, failure) -> inFlight.release());
    }
    inFlight.acquire(32);
    System.out.printf(
        Locale.ROOT,
        "%-26s %6.0f µs Cassandra, %4.0f µs driver%n",
        name,
        (cassandraSeconds() - server) * 1e6 / operations,
        (seconds(ProcessHandle.current().pid()) - client) * 1e6 / operations);
  }

  private static double cassandraSeconds() throws IOException {
    double sum = 0;
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      Path command = Path.of("/proc", "" + process.pid(), "cmdline");
      try {
        String line = Files.readString(command);
        if (line.contains("CassandraDaemon") && line.contains("java\0")) {
          sum += seconds(process.pid());
        }
      } catch (IOException e) {
        // it has ended
      }
    }
    return sum;
  }

  private static double seconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", "" + pid, "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
  }
}

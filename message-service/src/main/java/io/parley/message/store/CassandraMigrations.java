package io.parley.message.store;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.loadbalancing.NodeDistance;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.parley.common.schema.SchemaRefused;
import io.parley.common.schema.SchemaStart;
import io.parley.common.schema.SchemaVersion;
import io.parley.common.schema.SchemaVersion.State;
import io.parley.common.schema.VersionedSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keyspace, kept by files {@code db/cql/V<n>__<name>.cql} (ADR 0017).
 *
 * <p>{@code schema_versions}: PRIMARY KEY (service, version), one partition; which versions were
 * applied, and in a static column who is applying ({@link CassandraSchemaLock}).
 */
final class CassandraMigrations implements VersionedSchema {

  /**
   * @param lease how long the lock lasts unless it is renewed; longer than a statement may take
   * @param patience how long to wait for a process that has the lock, or for Cassandra's nodes to
   *     agree
   */
  record Waits(Duration lease, Duration statement, Duration patience) {
    static final Waits USUAL =
        new Waits(Duration.ofSeconds(90), Duration.ofSeconds(30), Duration.ofMinutes(5));
  }

  private record Applied(String name, String checksum, @Nullable Instant at) {}

  private static final Logger log = LoggerFactory.getLogger(CassandraMigrations.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
  private static final String SERVICE = "message-service";

  private final CqlSession session;
  private final CassandraStoreProperties properties;
  private final Waits waits;
  private final String table;
  private final SortedMap<Integer, CassandraScript> scripts;
  private final SortedMap<Integer, CassandraScript> undoing;
  private final CassandraSchemaLock lock;

  /**
   * @param session its own: it is made to use the keyspace
   * @param folder a location of Spring's
   */
  CassandraMigrations(
      CqlSession session, CassandraStoreProperties properties, String folder, Waits waits) {
    this.session = session;
    this.properties = properties;
    this.waits = waits;
    this.table = properties.keyspace() + ".schema_versions";
    this.lock = new CassandraSchemaLock(session, table, SERVICE, waits.lease());
    this.scripts = CassandraScript.read("V", folder);
    this.undoing = CassandraScript.read("U", folder);
  }

  @Override
  public String name() {
    return "Cassandra keyspace " + properties.keyspace();
  }

  @Override
  public List<SchemaVersion> versions() {
    return versions(isThere("tables", "table_name", "schema_versions") ? read() : new TreeMap<>());
  }

  private List<SchemaVersion> versions(SortedMap<Integer, Applied> applied) {
    int newest = applied.isEmpty() ? 0 : applied.lastKey();
    SortedSet<Integer> numbers = new TreeSet<>(scripts.keySet());
    numbers.addAll(applied.keySet());
    List<SchemaVersion> versions = new ArrayList<>();
    for (int number : numbers) {
      CassandraScript script = scripts.get(number);
      Applied row = applied.get(number);
      State state;
      if (row == null) {
        state = number < newest ? State.LATE : State.PENDING;
      } else if (script == null) {
        state = scripts.isEmpty() || number > scripts.lastKey() ? State.NEWER : State.MISSING;
      } else {
        state = script.checksum().equals(row.checksum()) ? State.APPLIED : State.CHANGED;
      }
      String name = script != null ? script.name() : row != null ? row.name() : "";
      CassandraScript undo = undoing.get(number);
      versions.add(
          new SchemaVersion(
              number,
              name,
              state,
              row == null ? null : row.at(),
              undo != null && !undo.statements().isEmpty()));
    }
    return versions;
  }

  @Override
  public List<SchemaVersion> up() {
    prepareKeyspace();
    long start = System.nanoTime();
    boolean told = false;
    while (true) {
      List<SchemaVersion> pending = pending();
      if (pending.isEmpty()) {
        awaitAgreement();
        return List.of();
      }
      String owner = lock.take();
      if (owner.equals(lock.me())) {
        try {
          return apply();
        } finally {
          lock.giveBack();
        }
      }
      if (System.nanoTime() - start > waits.patience().toNanos()) {
        throw new SchemaRefused(
            name() + ": " + owner + " has been migrating it for more than " + waits.patience());
      }
      if (!told) {
        log.info("{}: waiting for {}, who is migrating it", name(), owner);
        told = true;
      }
      pause();
    }
  }

  private List<SchemaVersion> apply() {
    List<SchemaVersion> done = new ArrayList<>();
    for (SchemaVersion version : pending()) {
      CassandraScript script = Objects.requireNonNull(scripts.get(version.number()));
      log.info("{}: applying {}", name(), version);
      run(script, version);
      lock.write(
          "UPDATE "
              + table
              + " SET name = ?, checksum = ?, applied_at = toTimestamp(now()), applied_by = ?"
              + " WHERE service = ? AND version = ? IF lock_owner = ?",
          script.name(),
          script.checksum(),
          lock.me(),
          SERVICE,
          script.version(),
          lock.me());
      done.add(version);
    }
    return done;
  }

  private List<SchemaVersion> pending() {
    List<SchemaVersion> versions = versions(read());
    SchemaStart.refuseWrong(name(), versions);
    return versions.stream().filter(version -> version.state() == State.PENDING).toList();
  }

  @Override
  public void undo(SchemaVersion newest) {
    CassandraScript script = undoing.get(newest.number());
    if (script == null) {
      throw new SchemaRefused(name() + ": no file says how to undo " + newest);
    }
    session.execute("USE " + properties.keyspace());
    String owner = lock.take();
    if (!owner.equals(lock.me())) {
      throw new SchemaRefused(name() + ": " + owner + " is migrating it");
    }
    try {
      SortedMap<Integer, Applied> applied = read();
      if (applied.isEmpty() || applied.lastKey() != newest.number()) {
        throw new SchemaRefused(name() + ": " + newest + " is not the newest version any more");
      }
      // The row goes last: what broke off is undone by the next attempt.
      run(script, newest);
      lock.write(
          "DELETE FROM " + table + " WHERE service = ? AND version = ? IF lock_owner = ?",
          SERVICE,
          script.version(),
          lock.me());
    } finally {
      lock.giveBack();
    }
  }

  private void run(CassandraScript script, SchemaVersion version) {
    for (int i = 0; i < script.statements().size(); i++) {
      lock.renew();
      String statement = script.statements().get(i);
      try {
        ddl(statement);
      } catch (DriverException e) {
        throw new SchemaRefused(
            name()
                + ": "
                + version
                + " broke off at statement "
                + (i + 1)
                + " of "
                + script.statements().size()
                + ", and the next attempt begins with the first again: "
                + e.getMessage()
                + ": "
                + statement,
            e);
      }
    }
  }

  /**
   * The keyspace, which a user who may not create one has had created, and the table of versions.
   * Even one that is there is asked for: the catalogue lists a table a moment before it can be
   * used.
   */
  private void prepareKeyspace() {
    if (!isThere("keyspaces", "keyspace_name", properties.keyspace())) {
      ddl(
          "CREATE KEYSPACE IF NOT EXISTS "
              + properties.keyspace()
              + " WITH replication = "
              + properties.replication());
    }
    ddl(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (service text, version int, name text, checksum text, applied_at timestamp,"
            + " applied_by text, lock_owner text static, PRIMARY KEY (service, version))");
    // Another process may have created it, and this one read from another of Cassandra's nodes.
    awaitAgreement();
    session.execute("USE " + properties.keyspace());
  }

  private boolean isThere(String catalog, String column, String name) {
    Set<String> names = new HashSet<>();
    for (Row row :
        session.execute(
            "SELECT " + column + " FROM system_schema." + catalog + " WHERE keyspace_name = ?",
            properties.keyspace())) {
      names.add(row.getString(column));
    }
    return names.contains(name);
  }

  private SortedMap<Integer, Applied> read() {
    SortedMap<Integer, Applied> applied = new TreeMap<>();
    SimpleStatement statement =
        SimpleStatement.newInstance(
                "SELECT version, name, checksum, applied_at FROM " + table + " WHERE service = ?",
                SERVICE)
            // Also what a transaction has decided and not written yet.
            .setConsistencyLevel(ConsistencyLevel.SERIAL);
    for (Row row : CassandraUndecided.repeat(waits.statement(), () -> session.execute(statement))) {
      // Null where there is nothing but the lock.
      if (!row.isNull("version")) {
        applied.put(
            row.getInt("version"),
            new Applied(
                String.valueOf(row.getString("name")),
                String.valueOf(row.getString("checksum")),
                row.getInstant("applied_at")));
      }
    }
    return applied;
  }

  private void ddl(String statement) {
    session.execute(
        SimpleStatement.newInstance(statement)
            .setTimeout(waits.statement())
            .setNode(coordinator()));
    awaitAgreement();
  }

  /**
   * The same node for every process: nodes that create one table at the same time each give it an
   * id of their own, and do not agree afterwards. Null where there is no such node.
   */
  private @Nullable Node coordinator() {
    return reachable()
        .min(Comparator.comparing(node -> String.valueOf(node.getHostId())))
        .orElse(null);
  }

  private Stream<Node> reachable() {
    return session.getMetadata().getNodes().values().stream()
        .filter(node -> node.getDistance() == NodeDistance.LOCAL)
        .filter(node -> node.getState() != NodeState.DOWN && node.getOpenConnections() > 0);
  }

  /** Statements that are prepared before could meet a node that does not know a table yet. */
  private void awaitAgreement() {
    long start = System.nanoTime();
    while (!isAgreed()) {
      if (System.nanoTime() - start > waits.patience().toNanos()) {
        throw new SchemaRefused(
            name() + ": Cassandra's nodes have not agreed on it for " + waits.patience());
      }
      pause();
    }
  }

  /**
   * The driver asks one node for all, and what that one has heard of the others, or of a table that
   * another process has just made, may be old. So each is asked for its own version as well.
   */
  private boolean isAgreed() {
    if (!session.checkSchemaAgreement()) {
      return false;
    }
    Set<String> versions = new HashSet<>();
    for (Node node : reachable().toList()) {
      try {
        SimpleStatement own =
            SimpleStatement.newInstance("SELECT schema_version FROM system.local");
        session
            .execute(own.setNode(node))
            .forEach(row -> versions.add(String.valueOf(row.getUuid("schema_version"))));
      } catch (DriverException e) {
        return false;
      }
    }
    return versions.size() <= 1;
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Cassandra's schema", e);
    }
  }
}

package io.parley.message.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import io.parley.common.schema.SchemaCommand;
import io.parley.common.schema.SchemaRefused;
import io.parley.common.schema.SchemaStart;
import io.parley.common.schema.SchemaVersion;
import io.parley.common.schema.SchemaVersion.State;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** On a real Cassandra, a new keyspace for each test, with files of the test. */
class CassandraMigrationsIT {

  private static final StoreSpace STORES = Stores.shared().newSpace("cql");
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static final Duration STATEMENT = Duration.ofSeconds(60);
  private static final CqlSession SESSION = connect();
  private static final CassandraMigrations.Waits WAITS =
      new CassandraMigrations.Waits(Duration.ofSeconds(90), STATEMENT, Duration.ofMinutes(2));

  private final String keyspace = STORES.keyspace() + "_" + KEYSPACES.incrementAndGet();

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    write(
        "V1__runs.cql",
        """
        CREATE TABLE IF NOT EXISTS runs (id uuid PRIMARY KEY);
        -- Shows how often the file was run.
        INSERT INTO runs (id) VALUES (uuid());
        """);
    write("V2__names.cql", "ALTER TABLE runs ADD IF NOT EXISTS name text;");
    write("U2__names.cql", "ALTER TABLE runs DROP IF EXISTS name;");
  }

  @AfterEach
  void drop() {
    SESSION.execute("DROP KEYSPACE IF EXISTS " + keyspace);
  }

  @AfterAll
  static void close() {
    SESSION.close();
  }

  @Test
  void threeNodesThatStartAtOnceShouldApplyEachVersionOnce() throws Exception {
    CyclicBarrier start = new CyclicBarrier(3);
    List<CompletableFuture<List<SchemaVersion>>> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(
          CompletableFuture.supplyAsync(
              () -> {
                try (CqlSession session = connect()) {
                  CassandraMigrations schema = schema(session, WAITS);
                  start.await(120, TimeUnit.SECONDS);
                  List<SchemaVersion> applied = schema.up();
                  // Whoever applied it, it is all there now.
                  session.execute("SELECT name FROM " + keyspace + ".runs");
                  return applied;
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> Thread.ofPlatform().start(task)));
    }
    List<SchemaVersion> applied = new ArrayList<>();
    for (CompletableFuture<List<SchemaVersion>> node : nodes) {
      applied.addAll(node.get(240, TimeUnit.SECONDS));
    }

    assertThat(applied).hasToString("[V1 (runs), V2 (names)]");
    assertThat(runs()).isEqualTo(1);
    assertThat(schema().versions())
        .allMatch(version -> version.state() == State.APPLIED && version.appliedAt() != null);
  }

  @Test
  void nodeThatDiedWithTheLockShouldNotBlockForEver() {
    schema().up();
    write("V3__more.cql", "INSERT INTO runs (id) VALUES (uuid());");
    long start = System.nanoTime();
    new CassandraSchemaLock(SESSION, table(), "message-service", Duration.ofSeconds(5)).take();

    assertThat(schema().up()).hasToString("[V3 (more)]");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(60));
  }

  @Test
  void waitingShouldHaveAnEnd() {
    schema().up();
    CassandraSchemaLock other =
        new CassandraSchemaLock(SESSION, table(), "message-service", Duration.ofMinutes(10));
    assertThat(other.take()).isEqualTo(other.me());
    // Who has nothing to apply waits for nobody.
    assertThat(schema().up()).isEmpty();
    write("V3__more.cql", "INSERT INTO runs (id) VALUES (uuid());");
    CassandraMigrations impatient =
        schema(
            SESSION,
            new CassandraMigrations.Waits(
                Duration.ofSeconds(90), STATEMENT, Duration.ofMillis(600)));

    assertThatThrownBy(impatient::up)
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining(other.me());

    other.giveBack();
    assertThat(impatient.up()).hasToString("[V3 (more)]");
  }

  /** All who wait for the one that migrates ask what there is, again and again. */
  @Test
  void lockShouldBeKeptHoweverManyAskBesides() throws Exception {
    schema().up();
    CassandraSchemaLock lock =
        new CassandraSchemaLock(SESSION, table(), "message-service", Duration.ofMinutes(5));
    assertThat(lock.take()).isEqualTo(lock.me());
    AtomicBoolean busy = new AtomicBoolean(true);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        others.add(
            threads.submit(
                () -> {
                  while (busy.get()) {
                    assertThat(schema().versions()).hasSize(2);
                    assertThat(
                            new CassandraSchemaLock(
                                    SESSION, table(), "message-service", Duration.ofMinutes(5))
                                .take())
                        .isNotEqualTo("null");
                  }
                }));
      }
      try {
        for (int i = 0; i < 20; i++) {
          lock.renew();
        }
      } finally {
        busy.set(false);
      }
      for (Future<?> other : others) {
        other.get(60, TimeUnit.SECONDS);
      }
    }
  }

  /** One that was frozen for longer than its lease. */
  @Test
  void lockThatExpiredShouldStopWhoHadIt() {
    schema().up();
    CassandraSchemaLock slow =
        new CassandraSchemaLock(SESSION, table(), "message-service", Duration.ofSeconds(1));
    assertThat(slow.take()).isEqualTo(slow.me());
    CassandraSchemaLock next =
        new CassandraSchemaLock(SESSION, table(), "message-service", Duration.ofMinutes(5));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!next.take().equals(next.me())) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }

    assertThatThrownBy(slow::renew).isInstanceOf(SchemaRefused.class);
    slow.giveBack();
    // It was not the slow one's to give back.
    next.renew();
  }

  @Test
  void fileThatBrokeOffShouldBeRunAgain() {
    write(
        "V3__three_steps.cql",
        """
        CREATE TABLE IF NOT EXISTS first (id uuid PRIMARY KEY);
        ALTER TABLE not_there ADD IF NOT EXISTS name text;
        INSERT INTO runs (id) VALUES (uuid());
        """);

    assertThatThrownBy(() -> schema().up())
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("V3 (three steps) broke off at statement 2 of 3")
        .hasMessageContaining("ALTER TABLE not_there");

    assertThat(schema().versions())
        .extracting(SchemaVersion::state)
        .containsExactly(State.APPLIED, State.APPLIED, State.PENDING);
    // What it had done by then stays, and the lock is free.
    SESSION.execute("SELECT id FROM " + keyspace + ".first");
    SESSION.execute("CREATE TABLE " + keyspace + ".not_there (id uuid PRIMARY KEY)");
    assertThat(schema().up()).hasToString("[V3 (three steps)]");
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void changedFileShouldBeRefused() {
    schema().up();
    write("V2__names.cql", "-- A remark.\nALTER TABLE runs ADD IF NOT EXISTS name text;");
    assertThat(schema().up()).isEmpty();
    write("V2__names.cql", "ALTER TABLE runs ADD IF NOT EXISTS name blob;");

    assertThatThrownBy(() -> schema().up())
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("V2 (names) changed after it was applied");
    assertThat(schema().versions().getLast().state()).isEqualTo(State.CHANGED);
  }

  @Test
  void olderReleaseShouldTakeANewerSchema() throws IOException {
    write("V3__more.cql", "INSERT INTO runs (id) VALUES (uuid());");
    schema().up();
    Files.delete(folder.resolve("V3__more.cql"));

    assertThat(schema().up()).isEmpty();
    assertThat(schema().versions().getLast())
        .extracting(SchemaVersion::state, SchemaVersion::name)
        .containsExactly(State.NEWER, "more");
  }

  @Test
  void versionThatComesLateOrIsGoneShouldBeRefused() throws IOException {
    write("V4__more.cql", "INSERT INTO runs (id) VALUES (uuid());");
    schema().up();
    write("V3__late.cql", "INSERT INTO runs (id) VALUES (uuid());");
    assertThatThrownBy(() -> schema().up()).hasMessageContaining("V3 (late) not applied");

    Files.delete(folder.resolve("V3__late.cql"));
    Files.delete(folder.resolve("V2__names.cql"));
    assertThatThrownBy(() -> schema().up()).hasMessageContaining("V2 (names) applied, but");
    assertThat(runs()).isEqualTo(2);
  }

  @Test
  void undoneVersionShouldBePendingAgain() {
    schema().up();
    List<SchemaVersion> versions = schema().versions();
    assertThat(versions).extracting(SchemaVersion::undoable).containsExactly(false, true);
    assertThatThrownBy(() -> schema().undo(versions.getFirst()))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("no file says how to undo V1");

    schema().undo(versions.getLast());

    assertThat(schema().versions())
        .extracting(SchemaVersion::state)
        .containsExactly(State.APPLIED, State.PENDING);
    assertThatThrownBy(() -> SESSION.execute("SELECT name FROM " + keyspace + ".runs"));
    assertThatThrownBy(() -> schema().undo(versions.getLast()))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("not the newest");
    assertThat(schema().up()).hasToString("[V2 (names)]");
  }

  @Test
  void nodeThatMayNotMigrateShouldNotTouchTheKeyspace() {
    MockEnvironment settings =
        new MockEnvironment()
            .withProperty("parley.migrate", "never")
            .withProperty("spring.application.name", "message-service");

    assertThatThrownBy(() -> SchemaStart.prepare(schema(), settings))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("V1 (runs), V2 (names) pending")
        .hasMessageContaining("./scripts/migrate.sh up message-service");

    assertThat(
            SESSION.execute(
                "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
                keyspace))
        .isEmpty();
  }

  /** With all that the service is configured by, and nothing else of it. */
  @Test
  void commandsShouldWorkWithTheSettingsOfTheService() {
    assertThat(command("status")).contains("0: message-service: Cassandra", "pending");
    assertThat(command("up")).contains("0: ", "V1 (runs) applied", "V2 (names) applied");
    assertThat(command("down")).contains("1: error: ", "--yes");
    assertThat(command("down", "--parley.migrate-confirmed=true"))
        .contains("0: ", "V2 (names) undone");
    assertThat(command("status")).contains("applied", "pending");
    assertThat(commandAt("127.0.0.1:1", "up")).contains("1: error");
  }

  private String command(String command, String... more) {
    return commandAt(contactPoints(), command, more);
  }

  private String commandAt(String contactPoints, String command, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--parley.migrate=" + command);
    // As it is for the tests that come after: the command itself shows warnings only.
    arguments.add("--logging.level.root=info");
    arguments.add("--parley.stores.wait=1s");
    arguments.add("--parley.cassandra.migrations=file:" + folder);
    arguments.add("--parley.cassandra.keyspace=" + keyspace);
    arguments.add("--spring.cassandra.contact-points=" + contactPoints);
    arguments.addAll(List.of(more));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code =
        SchemaCommand.run(
            CassandraSchemaCommands.class, print, print, arguments.toArray(String[]::new));
    return code + ": " + out.toString(StandardCharsets.UTF_8);
  }

  private CassandraMigrations schema() {
    return schema(SESSION, WAITS);
  }

  private CassandraMigrations schema(CqlSession session, CassandraMigrations.Waits waits) {
    return new CassandraMigrations(
        session,
        new CassandraStoreProperties(
            keyspace, "{'class': 'SimpleStrategy', 'replication_factor': 1}", "file:" + folder),
        "file:" + folder,
        waits);
  }

  private String table() {
    return keyspace + ".schema_versions";
  }

  private int runs() {
    return SESSION.execute("SELECT id FROM " + keyspace + ".runs").all().size();
  }

  private void write(String file, String text) {
    try {
      Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String contactPoints() {
    return STORES.addresses().cassandraContactPoints();
  }

  private static CqlSession connect() {
    String[] address = contactPoints().split(",")[0].split(":");
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(address[0], Integer.parseInt(address[1])))
        .withLocalDatacenter(STORES.addresses().cassandraDatacenter())
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, STATEMENT)
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, STATEMENT)
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(10))
                .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, false)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build())
        .build();
  }
}

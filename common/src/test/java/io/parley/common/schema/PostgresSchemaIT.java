package io.parley.common.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.schema.SchemaVersion.State;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real database, with files of the test. */
class PostgresSchemaIT {

  private static final StoreSpace STORES = Stores.shared().newSpace("schema");

  /** Of the space's three databases any will do; each test empties it. */
  private static final String URL = STORES.jdbcUrl(STORES.userDatabase());

  @TempDir private Path folder;

  @BeforeEach
  void empty() throws Exception {
    execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    write("V1__things.sql", "CREATE TABLE things (id int PRIMARY KEY);");
    write("V2__names.sql", "ALTER TABLE things ADD COLUMN name text;");
    write("U2__names.sql", "-- The names are lost.\nALTER TABLE things DROP COLUMN name;");
  }

  @Test
  void upShouldApplyWhatIsPending() {
    assertThat(schema().versions())
        .extracting(SchemaVersion::state)
        .containsExactly(State.PENDING, State.PENDING);

    assertThat(schema().up()).hasToString("[V1 (things), V2 (names)]");
    assertThat(schema().up()).isEmpty();

    assertThat(schema().versions())
        .allMatch(version -> version.state() == State.APPLIED && version.appliedAt() != null)
        .extracting(SchemaVersion::undoable)
        .containsExactly(false, true);
    assertThat(schema().name())
        .matches("PostgreSQL " + STORES.userDatabase() + " at [a-z0-9.]+:[0-9]+");
  }

  @Test
  void threeNodesThatStartAtOnceShouldApplyEachVersionOnce() throws Exception {
    CyclicBarrier start = new CyclicBarrier(3);
    List<CompletableFuture<List<SchemaVersion>>> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(
          CompletableFuture.supplyAsync(
              () -> {
                PostgresSchema schema = schema();
                await(start);
                return schema.up();
              },
              task -> Thread.ofPlatform().start(task)));
    }
    List<SchemaVersion> applied = new ArrayList<>();
    for (CompletableFuture<List<SchemaVersion>> node : nodes) {
      applied.addAll(node.get(120, TimeUnit.SECONDS));
    }
    assertThat(applied).hasToString("[V1 (things), V2 (names)]");
  }

  @Test
  void undoneVersionShouldBePendingAgain() throws Exception {
    PostgresSchema schema = schema();
    schema.up();

    schema.undo(schema.versions().getLast());

    assertThat(columns()).containsExactly("id");
    assertThat(schema.versions())
        .extracting(SchemaVersion::state)
        .containsExactly(State.APPLIED, State.PENDING);
    assertThat(schema.up()).hasToString("[V2 (names)]");
    assertThat(columns()).containsExactly("id", "name");
  }

  @Test
  void undoThatFailsShouldChangeNothing() throws Exception {
    write("U2__names.sql", "ALTER TABLE things DROP COLUMN name; DROP TABLE no_such_table;");
    PostgresSchema schema = schema();
    schema.up();

    assertThatThrownBy(() -> schema.undo(schema.versions().getLast()))
        .isInstanceOf(FlywayException.class)
        .hasMessageContaining("no_such_table");

    assertThat(columns()).containsExactly("id", "name");
    assertThat(schema.versions())
        .extracting(SchemaVersion::state)
        .containsExactly(State.APPLIED, State.APPLIED);
  }

  @Test
  void undoShouldBeRefusedWithoutAFileThatSaysHow() throws Exception {
    write("U2__names.sql", "-- There is no way back.\n/* DROP TABLE things; */\n");
    PostgresSchema schema = schema();
    schema.up();

    assertThatThrownBy(() -> schema.undo(schema.versions().getLast()))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("V2 (names)");
    assertThatThrownBy(() -> schema.undo(schema.versions().getFirst()))
        .isInstanceOf(SchemaRefused.class);
    assertThat(schema.versions()).extracting(SchemaVersion::undoable).containsOnly(false);
  }

  @Test
  void undoShouldBeRefusedForAnythingButTheNewest() throws Exception {
    PostgresSchema schema = schema();
    schema.up();
    SchemaVersion second = schema.versions().getLast();
    write("V3__more.sql", "CREATE TABLE more (id int);");
    schema().up();

    assertThatThrownBy(() -> schema.undo(second))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("not the newest");
    assertThat(columns()).containsExactly("id", "name");
  }

  @Test
  void undoShouldWaitForAnUpThatRuns() throws Exception {
    PostgresSchema schema = schema();
    schema.up();
    SchemaVersion second = schema.versions().getLast();
    // Holds up V3, which a node is applying, until this test commits.
    write("V3__more.sql", "LOCK TABLE things; CREATE TABLE more (id int);");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE things");
      CompletableFuture<List<SchemaVersion>> up =
          CompletableFuture.supplyAsync(
              () -> schema().up(), task -> Thread.ofPlatform().start(task));
      awaitLockWaiters("relation", 1);
      CompletableFuture<Void> undo =
          CompletableFuture.runAsync(
              () -> schema.undo(second), task -> Thread.ofPlatform().start(task));
      awaitLockWaiters("advisory", 1);
      connection.commit();

      assertThat(up.get(60, TimeUnit.SECONDS)).hasToString("[V3 (more)]");
      assertThatThrownBy(() -> undo.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(SchemaRefused.class);
    }
    assertThat(columns()).containsExactly("id", "name");
  }

  @Test
  void changedFileShouldBeRefused() throws Exception {
    schema().up();
    write("V1__things.sql", "CREATE TABLE things (id bigint PRIMARY KEY);");

    assertThat(schema().versions().getFirst().state()).isEqualTo(State.CHANGED);
    assertThatThrownBy(() -> schema().up())
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("V1 (things) changed after it was applied");
  }

  @Test
  void olderReleaseShouldTakeANewerSchema() throws Exception {
    write("V3__more.sql", "CREATE TABLE more (id int);");
    schema().up();
    Files.delete(folder.resolve("V3__more.sql"));

    assertThat(schema().up()).isEmpty();
    assertThat(schema().versions().getLast().state()).isEqualTo(State.NEWER);
  }

  @Test
  void versionThatComesLateShouldBeRefused() throws Exception {
    write("V4__more.sql", "CREATE TABLE more (id int);");
    schema().up();
    write("V3__late.sql", "CREATE TABLE late (id int);");

    assertThatThrownBy(() -> schema().up())
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("V3 (late) not applied, though a later one is");
  }

  @Test
  void failingVersionShouldLeaveNothingBehind() throws Exception {
    write("V3__broken.sql", "CREATE TABLE more (id int); INSERT INTO no_such_table VALUES (1);");

    assertThatThrownBy(() -> schema().up()).hasMessageContaining("no_such_table");

    assertThat(schema().versions())
        .extracting(SchemaVersion::state)
        .containsExactly(State.APPLIED, State.APPLIED, State.PENDING);
    write("V3__broken.sql", "CREATE TABLE more (id int);");
    assertThat(schema().up()).hasToString("[V3 (broken)]");
  }

  /** With Flyway's own lock in a transaction it would wait for that one's end, for ever. */
  @Test
  void indexMayBeMadeWhileTheTableIsWritten() throws Exception {
    write("V3__index.sql", "CREATE INDEX CONCURRENTLY things_by_name ON things (name);");

    assertThat(
            CompletableFuture.supplyAsync(
                    () -> schema().up(), task -> Thread.ofPlatform().start(task))
                .get(60, TimeUnit.SECONDS))
        .hasSize(3);
  }

  @Test
  void commandsShouldWorkWithTheSettingsOfAService() throws Exception {
    assertThat(command("status")).contains("0: users: PostgreSQL", "pending");
    assertThat(command("up")).contains("0: ", "V1 (things) applied", "V2 (names) applied");
    assertThat(command("status")).contains("applied").doesNotContain("pending");
    assertThat(command("down")).contains("1: ", "--yes");
    assertThat(command("down", "--parley.migrate-confirmed=true")).contains("V2 (names) undone");
    assertThat(columns()).containsExactly("id");
    assertThat(command("down", "--parley.migrate-confirmed=true")).contains("1: ", "no file says");
    assertThat(command("up", "--spring.flyway.password=wrong")).contains("1: ");
  }

  private String command(String command, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--parley.migrate=" + command);
    // As it is for the tests that come after: the command itself shows warnings only.
    arguments.add("--logging.level.root=info");
    arguments.add("--spring.application.name=users");
    arguments.add("--spring.datasource.url=" + URL);
    arguments.add("--spring.flyway.url=" + URL);
    arguments.add("--spring.flyway.user=" + STORES.addresses().postgresUser());
    arguments.add("--spring.flyway.password=" + STORES.addresses().postgresPassword());
    arguments.add("--spring.flyway.locations=filesystem:" + folder);
    arguments.addAll(List.of(more));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    int code =
        SchemaCommand.run(
            PostgresSchemaCommands.class, print, print, arguments.toArray(String[]::new));
    return code + ": " + out.toString(StandardCharsets.UTF_8);
  }

  private PostgresSchema schema() {
    var configuration =
        Flyway.configure()
            .dataSource(
                URL, STORES.addresses().postgresUser(), STORES.addresses().postgresPassword())
            .locations("filesystem:" + folder);
    // As spring.flyway.postgresql.transactional-lock=false does in the services.
    configuration
        .getPluginRegister()
        .getExact(PostgreSQLConfigurationExtension.class)
        .setTransactionalLock(false);
    return new PostgresSchema(configuration.load(), URL);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private static List<String> columns() throws SQLException {
    return query(
        "SELECT column_name FROM information_schema.columns"
            + " WHERE table_schema = 'public' AND table_name = 'things' ORDER BY ordinal_position");
  }

  private static void awaitLockWaiters(String type, int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (query(
                "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                    + " WHERE NOT granted AND datname = current_database() AND locktype = '"
                    + type
                    + "'")
            .size()
        < count) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        URL, STORES.addresses().postgresUser(), STORES.addresses().postgresPassword());
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.parley.systemtests.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.Checkout;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.systemtests.scripts.MigrateScript.Answer;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The script, the services' jars and real stores. */
class MigrateScriptIT {

  private static final String JAVA = System.getProperty("java.home") + "/bin/java";

  private final StoreSpace stores = Stores.shared().newSpace("script");

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void serviceThatMayNotMigrateShouldRefuseToStart() throws Exception {
    Map<String, String> environment = new HashMap<>(stores.environment());
    environment.put("PARLEY_SECRET", "VGhpcyBzZWNyZXQgaXMga25vd24gdG8gYWxsIHRlc3RzLg==");
    environment.put("PARLEY_MIGRATE", "never");
    ProcessBuilder service =
        new ProcessBuilder(JAVA, "-XX:TieredStopAtLevel=1", "-jar", jar("user-service"))
            .redirectErrorStream(true);
    service.environment().putAll(environment);

    Answer answer = MigrateScript.finish(service);

    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.text())
        .contains(
            "APPLICATION FAILED TO START", "is behind", "Run ./scripts/migrate.sh up user-service");
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void upShouldMigrateBothKindsOfStore() throws Exception {
    MigrateScript script = MigrateScript.inCheckout(stores.environment());
    Answer up = script.run("up", "user", "message");

    assertThat(up.text())
        .contains("user-service: PostgreSQL " + stores.userDatabase())
        .contains("message-service: Cassandra keyspace " + stores.keyspace())
        .contains("V1 (accounts people audit) applied")
        .contains("V1 (conversation log) applied");
    assertThat(up.code()).isZero();

    Answer status = script.run("status", "user", "message");
    assertThat(status.text())
        .containsPattern("1 +accounts people audit +applied +20\\d\\d-")
        .containsPattern("1 +conversation log +applied +20\\d\\d-")
        .doesNotContain("pending");
    assertThat(status.code()).isZero();
  }

  /** In a container there is the jar, taken apart, and no checkout. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void containerShouldNeedNoCheckout(@TempDir Path app) throws Exception {
    Answer extracted =
        MigrateScript.finish(
            new ProcessBuilder(
                    JAVA,
                    "-Djarmode=tools",
                    "-jar",
                    jar("user-service"),
                    "extract",
                    "--destination",
                    app.toString(),
                    "--force")
                .redirectErrorStream(true));
    assertThat(extracted.code()).as(extracted.text()).isZero();
    try (ServerSocket debugger = new ServerSocket(0)) {
      Map<String, String> environment = new HashMap<>(stores.environment());
      // The service in the container listens there already.
      environment.put(
          "JAVA_TOOL_OPTIONS",
          "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address="
              + debugger.getLocalPort()
              + " -Dsome.thing=else");
      MigrateScript script = MigrateScript.copiedTo(app, environment);

      Answer up = script.run("up");
      assertThat(up.text()).contains("user-service: PostgreSQL").contains(" applied");
      assertThat(up.code()).isZero();

      Answer down = script.run("down", "--yes");
      assertThat(down.text()).containsPattern("V\\d+ \\(.+\\) undone");
      assertThat(down.code()).isZero();
      // What is left of the history is the first version, which can not be undone.
      forgetAllButTheFirst();
      Answer further = script.run("down", "--yes");
      assertThat(further.text())
          .contains("error: user-service")
          .contains("no file says how to undo");
      assertThat(further.code()).isEqualTo(1);
    }
  }

  private void forgetAllButTheFirst() throws SQLException {
    try (Connection users =
            DriverManager.getConnection(
                stores.jdbcUrl(stores.userDatabase()),
                stores.environment().get("PARLEY_POSTGRES_USER"),
                stores.environment().get("PARLEY_POSTGRES_PASSWORD"));
        Statement statement = users.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM flyway_schema_history WHERE version <> '1'"))
          .isPositive();
    }
  }

  private static String jar(String service) {
    return Checkout.root().resolve(service + "/target/" + service + ".jar").toString();
  }
}

package io.parley.systemtests.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.systemtests.scripts.MigrateScript.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no service: arguments, and new files. */
class MigrateScriptTest {

  @TempDir private Path checkout;
  private Path sql;
  private Path cql;
  private MigrateScript script;

  @BeforeEach
  void copy() throws Exception {
    script = MigrateScript.copiedTo(checkout, Map.of());
    sql = checkout.resolve("user-service/src/main/resources/db/migration");
    cql = checkout.resolve("message-service/src/main/resources/db/cql");
    Files.createDirectories(sql);
    Files.createDirectories(cql);
  }

  private static Stream<String> bad() {
    return Stream.of(
        "",
        "sideways",
        "up gateway",
        "up --yes",
        "status user message api-gateway",
        "down",
        "down user message",
        "create",
        "create user-service",
        "create gateway a_name",
        "create user-service a_name more",
        "create user-service 1st",
        "create user-service ../name");
  }

  @ParameterizedTest
  @MethodSource
  void bad(String arguments) throws Exception {
    Answer answer = script.run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    assertThat(answer.code()).isEqualTo(2);
    assertThat(answer.text()).contains("./scripts/migrate.sh up [service]...");
    try (Stream<Path> files = Files.list(sql)) {
      assertThat(files).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "--help", "help"})
  void helpShouldBeNoError(String argument) throws Exception {
    Answer answer = script.run(argument);

    assertThat(answer.code()).isZero();
    assertThat(answer.text()).contains("create <service> <name>", "Exit codes");
  }

  @Test
  void serviceThatIsNotHereShouldBeNamed() throws Exception {
    Answer answer = script.run("up", "user-service");
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.text()).isEqualTo("error: there is no user-service here\n");
    assertThat(script.run("status").text()).contains("no service with a schema here");

    Files.writeString(checkout.resolve("user-service/pom.xml"), "<project/>");
    assertThat(script.run("status").text()).contains("user-service is not built: mvn");
  }

  @Test
  void createShouldTakeTheNextNumber() throws Exception {
    assertThat(script.run("create", "user-service", "Accounts and people").code()).isZero();
    Files.writeString(sql.resolve("V9__nine.sql"), "");
    Files.writeString(sql.resolve("V10__ten.sql"), "");
    Answer answer = script.run("create", "user-service", "pronouns");

    assertThat(answer.code()).isZero();
    assertThat(answer.text().lines())
        .containsExactly(
            sql.resolve("V11__pronouns.sql").toString(),
            sql.resolve("U11__pronouns.sql").toString());
    try (Stream<Path> files = Files.list(sql)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "V1__accounts_and_people.sql",
              "U1__accounts_and_people.sql",
              "V9__nine.sql",
              "V10__ten.sql",
              "V11__pronouns.sql",
              "U11__pronouns.sql");
    }
    assertThat(Files.readAllLines(sql.resolve("V11__pronouns.sql")))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("-- "));
    assertThat(Files.readAllLines(sql.resolve("U11__pronouns.sql")))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("-- "));
  }

  @Test
  void createShouldKnowCassandra() throws Exception {
    Files.writeString(cql.resolve("V1__log.cql"), "");

    assertThat(script.run("create", "message", "origin").code()).isZero();

    assertThat(cql.resolve("V2__origin.cql")).content().contains("IF NOT EXISTS");
    assertThat(cql.resolve("U2__origin.cql")).exists();
  }

  @Test
  void createShouldWantACheckout(@TempDir Path app) throws Exception {
    Answer answer = MigrateScript.copiedTo(app, Map.of()).run("create", "user-service", "pronouns");

    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.text()).contains("files are created in a checkout");
  }
}

package io.parley.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.schema.PostgresSchemaCommands;
import io.parley.common.schema.SchemaCommand;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The newest version of the schema is undone and applied again, with data in it. */
class SchemaIT {

  private final StoreSpace space = Stores.shared().newSpace("schema");
  private final Map<String, String> stores = space.environment();
  private final JdbcClient jdbc =
      JdbcClient.create(
          new DriverManagerDataSource(
              space.jdbcUrl(space.notificationDatabase()),
              String.valueOf(stores.get("PARLEY_POSTGRES_USER")),
              String.valueOf(stores.get("PARLEY_POSTGRES_PASSWORD"))));

  @Test
  void theNewestVersionShouldBeUndoneAndAppliedAgain() {
    run("up");
    jdbc.sql("INSERT INTO digests (user_id, since) VALUES (gen_random_uuid(), now())").update();
    jdbc.sql(
            """
            INSERT INTO mails (id, state, template, claim, expires_at, at)
            VALUES (gen_random_uuid(), 'NEEDLESS', 'digest', gen_random_uuid(), now(), now())
            """)
        .update();

    run("down", "--parley.migrate-confirmed=true");

    assertThat(tables())
        .contains("mails", "mail_bounces")
        .doesNotContain("digests", "digest_scans");
    assertThat(jdbc.sql("SELECT state FROM mails").query(String.class).list())
        .containsExactly("EXPIRED");

    run("up");

    assertThat(tables()).contains("digests", "digest_scans");
  }

  private List<String> tables() {
    return jdbc.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        .query(String.class)
        .list();
  }

  private void run(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--parley.migrate=" + command));
    arguments.addAll(List.of(more));
    stores.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    int code =
        SchemaCommand.run(PostgresSchemaCommands.class, out, out, arguments.toArray(String[]::new));
    assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
  }
}

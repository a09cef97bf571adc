package io.parley.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.schema.SchemaRefused;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The first half of expand and contract: a node of the next release adds a column while a node of
 * this one serves, and goes on beside it. The next release is this one with one more version.
 */
class RollingSchemaIT {

  private final StoreSpace stores = Stores.shared().newSpace("rolling");

  @Test
  void nodesOfTwoReleasesShouldServeSideBySide(@TempDir Path folder) throws Exception {
    try (ConfigurableApplicationContext old = start()) {
      int newest =
          Integer.parseInt(old.getBean(Flyway.class).info().current().getVersion().getVersion());
      Files.writeString(
          folder.resolve("V" + (newest + 1) + "__pronouns.sql"),
          "ALTER TABLE accounts ADD COLUMN pronouns varchar(32);");
      String ann = register(old, "ann");

      try (ConfigurableApplicationContext next =
          start("--spring.flyway.locations=classpath:db/migration,filesystem:" + folder)) {
        JdbcClient database = next.getBean(JdbcClient.class);
        // What the next release does.
        assertThat(pronouns(database, "ann")).isEqualTo("none");
        database.sql("UPDATE accounts SET pronouns = 'she/her' WHERE username = 'ann'").update();

        // The old one writes rows without the column, and leaves it alone where it is.
        String ben = register(old, "ben");
        assertThat(pronouns(database, "ben")).isEqualTo("none");
        assertThat(as(ann, old).patch("/api/v1/users/me", Map.of("bio", "Rows.")).status())
            .isEqualTo(200);
        assertThat(pronouns(database, "ann")).isEqualTo("she/her");

        // Each serves those whom the other registered.
        String cleo = register(next, "cleo");
        assertThat(as(ben, next).get("/api/v1/users/me").status()).isEqualTo(200);
        assertThat(as(cleo, old).get("/api/v1/users/me").status()).isEqualTo(200);
        assertThat(as(ann, next).get("/api/v1/users/me").json().get("bio").asString())
            .isEqualTo("Rows.");
      }

      // Going back to this release needs no way back of the schema.
      try (ConfigurableApplicationContext again = start("--parley.migrate=never")) {
        assertThat(as(ann, again).get("/api/v1/users/me").status()).isEqualTo(200);
        register(again, "dora");
      }
    }
  }

  @Test
  void nodeThatMayNotMigrateShouldRefuseASchemaThatIsBehind() {
    assertThatThrownBy(() -> start("--parley.migrate=never"))
        .rootCause()
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining(stores.userDatabase())
        .hasMessageContaining("./scripts/migrate.sh up user-service");
  }

  private static String register(ConfigurableApplicationContext node, String username) {
    Api.Answer answer =
        api(node)
            .post(
                "/api/v1/auth/register",
                Map.of(
                    "username",
                    username,
                    "email",
                    username + "@example.org",
                    "password",
                    "correct horse battery",
                    "displayName",
                    "Somebody"));
    assertThat(answer.status()).isEqualTo(201);
    return answer.json().get("accessToken").asString();
  }

  private static Api as(String token, ConfigurableApplicationContext node) {
    return api(node).withToken(token);
  }

  private static Api api(ConfigurableApplicationContext node) {
    return Api.at(node.getEnvironment().getRequiredProperty("local.server.port", int.class));
  }

  private static String pronouns(JdbcClient database, String username) {
    return database
        .sql("SELECT coalesce(pronouns, 'none') FROM accounts WHERE username = ?")
        .param(username)
        .query(String.class)
        .single();
  }

  private ConfigurableApplicationContext start(String... settings) {
    String[] usual = {
      "--SERVER_PORT=0",
      "--PARLEY_SECRET=" + UserServiceIT.SECRET,
      "--PARLEY_UNVERIFIED_SCOPES=all",
      "--parley.passwords.memory=1MB",
      "--parley.passwords.passes=1"
    };
    return new SpringApplicationBuilder(UserServiceApplication.class)
        .registerShutdownHook(false)
        .properties(Map.copyOf(stores.environment()))
        .run(Stream.concat(Arrays.stream(usual), Arrays.stream(settings)).toArray(String[]::new));
  }
}

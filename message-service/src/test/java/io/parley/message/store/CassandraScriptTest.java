package io.parley.message.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CassandraScriptTest {

  @Test
  void statementsShouldEndAtSemicolonsThatAreOnesOfCql() {
    CassandraScript script =
        CassandraScript.of(
            "V12__two_things.cql",
            """
            -- One; and two.
            INSERT INTO a (b) VALUES ('it''s; -- no remark /* neither */');  // a remark; here
            /* ;
               ; */ DELETE FROM "odd;name"
              WHERE   b = 'x';
            CREATE FUNCTION IF NOT EXISTS f (a int) CALLED ON NULL INPUT RETURNS int
              LANGUAGE java AS $$ return 1; $$;
            ;
            UPDATE a SET b = 'last' WHERE c = 1""");

    assertThat(script.version()).isEqualTo(12);
    assertThat(script.name()).isEqualTo("two things");
    assertThat(script.statements())
        .containsExactly(
            "INSERT INTO a (b) VALUES ('it''s; -- no remark /* neither */')",
            "DELETE FROM \"odd;name\" WHERE b = 'x'",
            "CREATE FUNCTION IF NOT EXISTS f (a int) CALLED ON NULL INPUT RETURNS int"
                + " LANGUAGE java AS $$ return 1; $$",
            "UPDATE a SET b = 'last' WHERE c = 1");
  }

  @Test
  void checksumShouldBeOfTheStatementsOnly() {
    CassandraScript script = CassandraScript.of("V1__a.cql", "DROP TABLE IF EXISTS a;");

    assertThat(script.checksum())
        .isEqualTo(
            CassandraScript.of("V1__a.cql", "-- Why.\r\nDROP TABLE\r\n  IF EXISTS a ;\r\n")
                .checksum())
        .isNotEqualTo(CassandraScript.of("V1__a.cql", "DROP TABLE IF EXISTS b;").checksum())
        .hasSize(64);
    assertThat(CassandraScript.of("V1__a.cql", "-- Nothing.").statements()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE a (b int PRIMARY KEY)",
        "create index on a (b)",
        "DROP TABLE a",
        "ALTER TABLE a ADD b int",
        "ALTER TABLE a DROP b",
        "ALTER TABLE a RENAME b TO c",
        "BEGIN BATCH INSERT INTO a (b) VALUES (1) APPLY BATCH",
        "USE elsewhere",
        "TRUNCATE a",
        "INSERT INTO a (b) VALUES ('open)"
      })
  void statementThatMayNotBeRepeatedShouldBeRefused(String statement) {
    assertThatThrownBy(() -> CassandraScript.of("V1__a.cql", statement))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("V1__a.cql has a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE IF NOT EXISTS a (b int PRIMARY KEY)",
        "CREATE CUSTOM INDEX IF NOT EXISTS i ON a (b) USING 'SAI'",
        "DROP TABLE IF EXISTS a",
        "ALTER TABLE a ADD IF NOT EXISTS b int",
        "ALTER TABLE a DROP IF EXISTS b",
        "ALTER TABLE a WITH gc_grace_seconds = 3600",
        "INSERT INTO a (b) VALUES (1)",
        "UPDATE a SET b = 1 WHERE c = 2",
        "DELETE FROM a WHERE b = 1"
      })
  void statementThatMayBeRepeatedShouldBeTaken(String statement) {
    assertThat(CassandraScript.of("V1__a.cql", statement + ";").statements())
        .containsExactly(statement);
  }

  @ParameterizedTest
  @CsvSource({"V__a.cql", "V0__a.cql", "V01__a.cql", "V1_a.cql", "V1__A.cql", "V1.2__a.cql"})
  void fileShouldBeCalledAsTheOthers(String file) {
    assertThatThrownBy(() -> CassandraScript.of(file, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file);
  }

  @Test
  void numberShouldBeGivenOnce(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("V1__a.cql"), "");
    Files.writeString(folder.resolve("V10__b.cql"), "");
    Files.writeString(folder.resolve("V2__c.cql"), "");
    Files.writeString(folder.resolve("U2__c.cql"), "");
    assertThat(CassandraScript.read("V", "file:" + folder)).containsOnlyKeys(1, 2, 10);
    assertThat(CassandraScript.read("U", "file:" + folder)).containsOnlyKeys(2);

    Files.writeString(folder.resolve("V2__d.cql"), "");
    assertThatThrownBy(() -> CassandraScript.read("V", "file:" + folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two files have the number");
  }

  /** What the service brings with it. */
  @Test
  void filesOfTheServiceShouldBeNumberedWithoutAGap() {
    var scripts = CassandraScript.read("V", "classpath:db/cql");
    assertThat(scripts).isNotEmpty();
    assertThat(scripts.lastKey()).isEqualTo(scripts.size());
    assertThat(scripts.values()).noneMatch(script -> script.statements().isEmpty());
    assertThat(scripts.keySet())
        .containsAll(CassandraScript.read("U", "classpath:db/cql").keySet());
  }
}

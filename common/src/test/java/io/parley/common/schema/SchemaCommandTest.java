package io.parley.common.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.schema.SchemaVersion.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySourcesPropertyResolver;

/** What the commands answer, on a schema in memory. */
class SchemaCommandTest {

  private static final MemorySchema SCHEMA = new MemorySchema();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static final class MemorySchema implements VersionedSchema {
    private final List<SchemaVersion> versions = new ArrayList<>();

    @Override
    public String name() {
      return "Memory";
    }

    @Override
    public List<SchemaVersion> versions() {
      return List.copyOf(versions);
    }

    @Override
    public List<SchemaVersion> up() {
      SchemaStart.refuseWrong(name(), versions);
      List<SchemaVersion> pending =
          versions.stream().filter(version -> version.state() == State.PENDING).toList();
      versions.replaceAll(version -> pending.contains(version) ? applied(version) : version);
      return pending;
    }

    private static SchemaVersion applied(SchemaVersion version) {
      return version(version.number(), State.APPLIED, version.undoable());
    }

    @Override
    public void undo(SchemaVersion newest) {
      versions.remove(newest);
      versions.add(version(newest.number(), State.PENDING, true));
    }
  }

  static class Context {
    @Bean
    VersionedSchema schema() {
      return SCHEMA;
    }
  }

  static class BrokenContext {
    @Bean
    VersionedSchema schema() {
      throw new IllegalStateException("outer", new IllegalStateException("no route to the store"));
    }
  }

  @BeforeEach
  void empty() {
    SCHEMA.versions.clear();
  }

  @Test
  void statusShouldShowEachVersion() {
    SCHEMA.versions.add(version(1, State.APPLIED, false));
    SCHEMA.versions.add(version(2, State.PENDING, true));

    assertThat(run("status")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "a-service: Memory",
            " VERSION NAME STATE APPLIED UNDO",
            " 1 one more applied 2026-01-02T03:04:05Z -",
            " 2 one more pending - yes");
  }

  @Test
  void upShouldSayWhatItApplied() {
    SCHEMA.versions.add(version(1, State.PENDING, false));

    assertThat(run("up")).isZero();
    assertThat(run("up")).isZero();

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "a-service: Memory: V1 (one more) applied", "a-service: Memory: nothing is pending");
  }

  @Test
  void downShouldWantConsent() {
    SCHEMA.versions.add(version(1, State.APPLIED, true));

    assertThat(run("down")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("undoing V1 (one more) loses", "--yes");
    assertThat(SCHEMA.versions.getFirst().state()).isEqualTo(State.APPLIED);

    assertThat(run("down", "--parley.migrate-confirmed=true")).isZero();
    assertThat(SCHEMA.versions.getFirst().state()).isEqualTo(State.PENDING);
  }

  @Test
  void downShouldRefuseWhatItCannotUndo() {
    assertThat(run("down", "--parley.migrate-confirmed=true")).isEqualTo(1);
    SCHEMA.versions.add(version(1, State.APPLIED, false));
    assertThat(run("down", "--parley.migrate-confirmed=true")).isEqualTo(1);
    SCHEMA.versions.add(version(2, State.NEWER, true));
    assertThat(run("down", "--parley.migrate-confirmed=true")).isEqualTo(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("no version that could be undone", "no file says how", "of a later release");
    assertThat(SCHEMA.versions).hasSize(2);
  }

  @Test
  void failureShouldBeOneLineThatSaysWhy() {
    int code =
        SchemaCommand.run(
            BrokenContext.class,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            "--parley.migrate=up",
            "--logging.level.root=info");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("error: no route to the store\n");
  }

  @Test
  void startShouldRefuseASchemaThatIsBehindWhenItMayNotMigrate() {
    SCHEMA.versions.add(version(1, State.APPLIED, false));
    SchemaStart.prepare(SCHEMA, settings("never"));
    SCHEMA.versions.add(version(2, State.PENDING, false));

    assertThatThrownBy(() -> SchemaStart.prepare(SCHEMA, settings("never")))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContainingAll("V2 (one more)", "./scripts/migrate.sh up a-service");

    SchemaStart.prepare(SCHEMA, settings("start"));
    SchemaStart.prepare(SCHEMA, settings("NEVER"));
  }

  @Test
  void startShouldTakeASchemaThatIsNewer() {
    SCHEMA.versions.add(version(1, State.APPLIED, false));
    SCHEMA.versions.add(version(2, State.NEWER, false));

    SchemaStart.prepare(SCHEMA, settings("never"));
    SchemaStart.prepare(SCHEMA, settings("start"));
  }

  @Test
  void startShouldRefuseWhatDoesNotFit() {
    for (State state : List.of(State.CHANGED, State.MISSING, State.LATE)) {
      SCHEMA.versions.clear();
      SCHEMA.versions.add(version(1, state, false));
      for (String mode : List.of("start", "never")) {
        assertThatThrownBy(() -> SchemaStart.prepare(SCHEMA, settings(mode)))
            .isInstanceOf(SchemaRefused.class)
            .hasMessageContaining("V1 (one more)");
      }
    }
  }

  @Test
  void settingShouldBeOneThatIsKnown() {
    assertThatThrownBy(() -> SchemaMode.of(settings("maybe")))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining("maybe");
    assertThat(Arrays.stream(SchemaMode.values()).filter(SchemaMode::isCommand))
        .containsExactly(SchemaMode.UP, SchemaMode.DOWN, SchemaMode.STATUS);
  }

  private int run(String command, String... more) {
    String[] arguments =
        Stream.concat(
                Stream.of(
                    "--parley.migrate=" + command,
                    "--spring.application.name=a-service",
                    // As it is for the tests that come after.
                    "--logging.level.root=info"),
                Arrays.stream(more))
            .toArray(String[]::new);
    return SchemaCommand.run(
        Context.class,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        arguments);
  }

  private static PropertySourcesPropertyResolver settings(String mode) {
    MutablePropertySources sources = new MutablePropertySources();
    sources.addFirst(
        new MapPropertySource(
            "test", Map.of("parley.migrate", mode, "spring.application.name", "a-service")));
    return new PropertySourcesPropertyResolver(sources);
  }

  private static SchemaVersion version(int number, State state, boolean undoable) {
    Instant at =
        state == State.PENDING || state == State.LATE
            ? null
            : Instant.parse("2026-01-02T03:04:05.6Z");
    return new SchemaVersion(number, "one more", state, at, undoable);
  }
}

package io.parley.common.schema;

import io.parley.common.schema.SchemaVersion.State;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * A service's jar with {@code --parley.migrate=up|down|status}: does that with the settings of the
 * service, and ends. Nothing else of the service is started. {@code scripts/migrate.sh} is how
 * people call it.
 */
public final class SchemaCommand {

  private static final String CONFIRMED = "parley.migrate-confirmed";

  private final VersionedSchema schema;
  private final Environment settings;
  private final PrintStream out;

  private SchemaCommand(VersionedSchema schema, Environment settings, PrintStream out) {
    this.schema = schema;
    this.settings = settings;
    this.out = out;
  }

  /**
   * The first statement of a {@code main}: does not return when one was asked for.
   *
   * @param context a configuration that has the {@link VersionedSchema}
   */
  @SuppressWarnings("SystemOut")
  public static void runIfAsked(Class<?> context, String... arguments) {
    if (mode(arguments).isCommand()) {
      System.exit(run(context, System.out, System.err, arguments));
    }
  }

  /**
   * @return the exit code
   */
  public static int run(Class<?> context, PrintStream out, PrintStream err, String... arguments) {
    SpringApplication application = new SpringApplication(context);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(false);
    // What opens a connection is made below, where it is told in one line what went wrong.
    application.setLazyInitialization(true);
    application.setDefaultProperties(Map.of("logging.level.root", "warn"));
    try (ConfigurableApplicationContext started = application.run(arguments)) {
      VersionedSchema schema = started.getBean(VersionedSchema.class);
      new SchemaCommand(schema, started.getEnvironment(), out).run(mode(arguments));
      return 0;
    } catch (RuntimeException e) {
      Throwable cause = e instanceof SchemaRefused ? e : NestedExceptionUtils.getRootCause(e);
      err.println("error: " + (cause == null ? e : cause).getMessage());
      return 1;
    }
  }

  /** Before there is a context: one is made of other parts when this is a command. */
  private static SchemaMode mode(String... arguments) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
    return SchemaMode.of(environment);
  }

  private void run(SchemaMode mode) {
    switch (mode) {
      case UP -> up();
      case DOWN -> down();
      default -> status();
    }
  }

  private void up() {
    List<SchemaVersion> applied = schema.up();
    applied.forEach(version -> out.println(title() + ": " + version + " applied"));
    if (applied.isEmpty()) {
      out.println(title() + ": nothing is pending");
    }
  }

  private void down() {
    SchemaVersion newest = null;
    for (SchemaVersion version : schema.versions()) {
      if (version.appliedAt() != null) {
        newest = version;
      }
    }
    if (newest == null) {
      throw new SchemaRefused(title() + " has no version that could be undone");
    }
    if (newest.state() == State.NEWER) {
      throw new SchemaRefused(
          title() + ": " + newest + " is of a later release, which alone knows how to undo it");
    }
    if (!newest.undoable()) {
      throw new SchemaRefused(title() + ": no file says how to undo " + newest);
    }
    if (!settings.getProperty(CONFIRMED, boolean.class, false)) {
      throw new SchemaRefused(
          title()
              + ": undoing "
              + newest
              + " loses what was written into what it added, and services of this release fail"
              + " without it. To do so all the same, add --yes");
    }
    schema.undo(newest);
    out.println(title() + ": " + newest + " undone");
  }

  private void status() {
    out.println(title());
    String line = "  %-8s %-40s %-8s %-21s %s%n";
    out.printf(line, "VERSION", "NAME", "STATE", "APPLIED", "UNDO");
    for (SchemaVersion version : schema.versions()) {
      out.printf(
          line,
          version.number(),
          version.name(),
          version.state().name().toLowerCase(Locale.ROOT),
          at(version.appliedAt()),
          version.undoable() ? "yes" : "-");
    }
  }

  private static String at(@Nullable Instant time) {
    return time == null ? "-" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private String title() {
    return settings.getProperty("spring.application.name", "") + ": " + schema.name();
  }
}

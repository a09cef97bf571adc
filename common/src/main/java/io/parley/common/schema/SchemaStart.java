package io.parley.common.schema;

import io.parley.common.schema.SchemaVersion.State;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.PropertyResolver;

/** What a service does about its schema before it serves. */
public final class SchemaStart {

  private static final Logger log = LoggerFactory.getLogger(SchemaStart.class);

  private SchemaStart() {}

  /**
   * Applies what is pending, or only looks when {@code parley.migrate} is {@code never}. A schema
   * that is newer than the service is taken: see docs/operate/upgrade.md, "Changing a schema".
   *
   * @throws SchemaRefused when the service must not work on it
   */
  public static void prepare(VersionedSchema schema, PropertyResolver settings) {
    if (SchemaMode.of(settings) == SchemaMode.NEVER) {
      List<SchemaVersion> versions = schema.versions();
      String behind = describe(versions, State.PENDING);
      if (!behind.isEmpty()) {
        throw new SchemaRefused(
            schema.name()
                + " is behind: "
                + behind
                + " pending, and PARLEY_MIGRATE is never. Run ./scripts/migrate.sh up "
                + settings.getProperty("spring.application.name", ""));
      }
      refuseWrong(schema.name(), versions);
      return;
    }
    List<SchemaVersion> applied = schema.up();
    if (!applied.isEmpty()) {
      log.info("{} migrated: {}", schema.name(), applied);
    }
  }

  /**
   * @throws SchemaRefused when what was applied does not fit the files that are here
   */
  public static void refuseWrong(String name, List<SchemaVersion> versions) {
    refuse(name, versions, State.CHANGED, "changed after it was applied: put the file back");
    refuse(name, versions, State.MISSING, "applied, but its file is gone");
    refuse(
        name,
        versions,
        State.LATE,
        "not applied, though a later one is: give it the next number that is free");
  }

  private static void refuse(String name, List<SchemaVersion> versions, State state, String why) {
    String which = describe(versions, state);
    if (!which.isEmpty()) {
      throw new SchemaRefused(name + ": " + which + " " + why);
    }
  }

  private static String describe(List<SchemaVersion> versions, State state) {
    return versions.stream()
        .filter(version -> version.state() == state)
        .map(SchemaVersion::toString)
        .collect(Collectors.joining(", "));
  }
}

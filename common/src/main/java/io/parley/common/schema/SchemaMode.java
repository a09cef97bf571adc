package io.parley.common.schema;

import java.util.Locale;
import org.springframework.core.env.PropertyResolver;

/** What {@code parley.migrate} asks for. */
public enum SchemaMode {
  /** Apply what is pending, then serve. */
  START,
  /** Serve only when nothing is pending. */
  NEVER,
  /** Apply what is pending, and end. */
  UP,
  /** Undo the newest version, and end. */
  DOWN,
  /** Print the versions, and end. */
  STATUS;

  static final String SETTING = "parley.migrate";

  /**
   * @throws SchemaRefused when it is none of them
   */
  public static SchemaMode of(PropertyResolver settings) {
    String value = settings.getProperty(SETTING, "start");
    for (SchemaMode mode : values()) {
      if (mode.name().equals(value.toUpperCase(Locale.ROOT))) {
        return mode;
      }
    }
    throw new SchemaRefused(
        "PARLEY_MIGRATE is "
            + value
            + ", and may be start or never; migrate.sh sets up, down or status");
  }

  /** Whether the process ends when it is done, instead of serving. */
  public boolean isCommand() {
    return this == UP || this == DOWN || this == STATUS;
  }
}

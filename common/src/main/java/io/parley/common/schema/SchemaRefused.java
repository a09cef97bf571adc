package io.parley.common.schema;

/** A schema that a service must not work on, or a version that cannot be applied or undone. */
public final class SchemaRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SchemaRefused(String message) {
    super(message);
  }

  public SchemaRefused(String message, Throwable cause) {
    super(message, cause);
  }
}

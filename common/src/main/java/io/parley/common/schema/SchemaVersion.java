package io.parley.common.schema;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One numbered file.
 *
 * @param appliedAt null unless it was
 * @param undoable whether there is a file that says how to undo it
 */
public record SchemaVersion(
    int number, String name, State state, @Nullable Instant appliedAt, boolean undoable) {

  /** Where a version is. */
  public enum State {
    PENDING,
    APPLIED,
    /** Applied, by a release that knows more versions than this one. */
    NEWER,
    /** Applied from a file that is another one now. */
    CHANGED,
    /** Applied from a file that is not there, though later ones are. */
    MISSING,
    /** Not applied, though later ones are. */
    LATE
  }

  @Override
  public String toString() {
    return "V" + number + " (" + name + ")";
  }
}

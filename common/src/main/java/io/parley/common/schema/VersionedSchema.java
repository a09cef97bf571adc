package io.parley.common.schema;

import java.util.List;

/** The schema of one store. */
public interface VersionedSchema {

  /** For people: which store, and which database or keyspace in it. */
  String name();

  /** Oldest first. Changes nothing. */
  List<SchemaVersion> versions();

  /**
   * Applies what is pending, oldest first. Of several processes one does, and the others wait for
   * it.
   *
   * @return what was applied, oldest first
   * @throws SchemaRefused when what was applied before is not what is here
   */
  List<SchemaVersion> up();

  /**
   * Undoes a version; what was written into it is lost.
   *
   * @throws SchemaRefused when it is not the newest any more, or no file says how
   */
  void undo(SchemaVersion newest);
}

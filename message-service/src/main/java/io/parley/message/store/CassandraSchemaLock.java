package io.parley.message.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.schema.SchemaRefused;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may change the keyspace: a static column beside the rows of the versions, set by a
 * lightweight transaction with a TTL. A process that dies with it blocks the others for no longer
 * than that. Each row is written on the condition that the lock is held.
 */
final class CassandraSchemaLock {

  private static final Logger log = LoggerFactory.getLogger(CassandraSchemaLock.class);

  /** Well below the lease. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CqlSession session;
  private final String table;
  private final String service;
  private final int leaseSeconds;

  /** The process as people know it, and this attempt. */
  private final String me =
      ManagementFactory.getRuntimeMXBean().getName() + "/" + UUID.randomUUID();

  CassandraSchemaLock(CqlSession session, String table, String service, Duration lease) {
    this.session = session;
    this.table = table;
    this.service = service;
    this.leaseSeconds = (int) lease.toSeconds();
  }

  /** What {@link #take} answers when it was taken. */
  String me() {
    return me;
  }

  /**
   * Tries once.
   *
   * @return who has it now
   */
  String take() {
    try {
      ResultSet result =
          session.execute(
              "UPDATE "
                  + table
                  + " USING TTL ? SET lock_owner = ? WHERE service = ? IF lock_owner = null",
              leaseSeconds,
              me,
              service);
      if (result.wasApplied()) {
        return me;
      }
      Row before = result.one();
      return before == null ? me : String.valueOf(before.getString("lock_owner"));
    } catch (DriverException e) {
      if (!CassandraUndecided.is(e)) {
        throw e;
      }
      // Several wanted it at once. If it was decided for us after all, the next attempt is told so.
      return "another process";
    }
  }

  /**
   * @throws SchemaRefused when it was lost
   */
  void renew() {
    write(
        "UPDATE " + table + " USING TTL ? SET lock_owner = ? WHERE service = ? IF lock_owner = ?",
        leaseSeconds,
        me,
        service,
        me);
  }

  /**
   * @param cql with the condition {@code IF lock_owner = ?} at the end, and {@link #me} for it; it
   *     leaves that as it is, so it may be done twice
   * @throws SchemaRefused when it was lost
   */
  void write(String cql, Object... values) {
    if (!CassandraUndecided.repeat(PATIENCE, () -> session.execute(cql, values)).wasApplied()) {
      throw new SchemaRefused(
          table + ": the lock has expired, and another process may have gone on");
    }
  }

  void giveBack() {
    try {
      var unused =
          CassandraUndecided.repeat(
              PATIENCE,
              () ->
                  session.execute(
                      "DELETE lock_owner FROM " + table + " WHERE service = ? IF lock_owner = ?",
                      service,
                      me));
    } catch (DriverException e) {
      // Not in the way of what has failed before.
      log.warn("{}: the lock is not given back, and expires: {}", table, e.toString());
    }
  }
}

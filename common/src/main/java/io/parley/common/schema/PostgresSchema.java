package io.parley.common.schema;

import io.parley.common.schema.SchemaVersion.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.MigrateOutput;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * A service's database, kept by Flyway: {@code db/migration/V<n>__<name>.sql}. Flyway's open
 * edition cannot undo; {@code U<n>__<name>.sql} beside it is run here instead, and the version
 * taken out of Flyway's history in the same transaction.
 */
final class PostgresSchema implements VersionedSchema {

  /** "parley". Of an advisory lock, which PostgreSQL keeps for each database apart. */
  private static final long LOCK = 0x7061726C6579L;

  /** PostgreSQL's error code lock_not_available. */
  private static final String NOT_AVAILABLE = "55P03";

  private final Flyway flyway;
  private final String database;

  /**
   * @param url the JDBC URL, of which the address and the database are shown
   */
  PostgresSchema(Flyway flyway, String url) {
    this.flyway = flyway;
    String address = url.replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*", "");
    this.database =
        "PostgreSQL "
            + address.substring(address.lastIndexOf('/') + 1)
            + " at "
            + address.replaceFirst("/[^/]*$", "");
  }

  @Override
  public String name() {
    return database;
  }

  @Override
  public List<SchemaVersion> versions() {
    return Arrays.stream(flyway.info().all())
        .filter(MigrationInfo::isVersioned)
        .map(this::version)
        .toList();
  }

  private SchemaVersion version(MigrationInfo info) {
    int number = Integer.parseInt(info.getVersion().getVersion());
    Date applied = info.getInstalledOn();
    return new SchemaVersion(
        number,
        info.getDescription(),
        state(info),
        applied == null ? null : applied.toInstant(),
        undoing(number) != null);
  }

  private static State state(MigrationInfo info) {
    MigrationState state = info.getState();
    return switch (state) {
      case FUTURE_SUCCESS, FUTURE_FAILED -> State.NEWER;
      case MISSING_SUCCESS, MISSING_FAILED -> State.MISSING;
      case IGNORED -> State.LATE;
      default ->
          !state.isApplied()
              ? State.PENDING
              : info.isChecksumMatching() ? State.APPLIED : State.CHANGED;
    };
  }

  @Override
  public List<SchemaVersion> up() {
    // Connects with patience, as Flyway was told to; and says more than Flyway when it does not
    // fit.
    SchemaStart.refuseWrong(name(), versions());
    return locked(
        connection -> {
          List<SchemaVersion> applied = new ArrayList<>();
          try {
            for (MigrateOutput migration : flyway.migrate().migrations) {
              int number = Integer.parseInt(migration.version);
              applied.add(
                  new SchemaVersion(
                      number, migration.description, State.APPLIED, null, undoing(number) != null));
            }
          } catch (FlywayValidateException e) {
            throw new SchemaRefused(name() + ": " + e.getMessage(), e);
          }
          return applied;
        });
  }

  @Override
  public void undo(SchemaVersion newest) {
    String script = undoing(newest.number());
    if (script == null) {
      throw new SchemaRefused(name() + ": no file says how to undo " + newest);
    }
    locked(
        connection -> {
          MigrationInfo current = flyway.info().current();
          if (current == null
              || Integer.parseInt(current.getVersion().getVersion()) != newest.number()) {
            throw new SchemaRefused(name() + ": " + newest + " is not the newest version any more");
          }
          connection.setAutoCommit(false);
          try (Statement statement = connection.createStatement();
              PreparedStatement forget =
                  connection.prepareStatement(
                      "DELETE FROM \""
                          + flyway.getConfiguration().getTable()
                          + "\" WHERE installed_rank = ?")) {
            statement.execute(script);
            forget.setInt(1, current.getInstalledRank());
            if (forget.executeUpdate() != 1) {
              throw new IllegalStateException(newest + " is not in Flyway's history");
            }
            connection.commit();
          } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
          } finally {
            connection.setAutoCommit(true);
          }
          return newest;
        });
  }

  /** Null when there is none, or nothing but remarks in it. */
  private @Nullable String undoing(int number) {
    try {
      for (Location location : flyway.getConfiguration().getLocations()) {
        String folder = location.getDescriptor().replaceFirst("^filesystem:", "file:");
        for (Resource file :
            new PathMatchingResourcePatternResolver()
                .getResources(folder + "/U" + number + "__*.sql")) {
          String script = file.getContentAsString(StandardCharsets.UTF_8);
          if (!script.replaceAll("(?m)--.*$|(?s)/\\*.*?\\*/", "").isBlank()) {
            return script;
          }
        }
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is done with the connection that has the lock. */
  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Flyway has a lock of its own, but an undo does not take it. The lock is a session's and not a
   * transaction's: CREATE INDEX CONCURRENTLY would wait for the end of that transaction.
   */
  private <T> T locked(Work<T> work) {
    try (Connection connection = flyway.getConfiguration().getDataSource().getConnection();
        Statement statement = connection.createStatement()) {
      lock(statement);
      try {
        return work.on(connection);
      } finally {
        // A pooled connection would keep it.
        statement.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
      }
    } catch (SQLException e) {
      throw new FlywayException(name() + ": " + e.getMessage(), e);
    }
  }

  private void lock(Statement statement) throws SQLException {
    statement.execute("SET lock_timeout = '5min'");
    try {
      statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
    } catch (SQLException e) {
      if (NOT_AVAILABLE.equals(e.getSQLState())) {
        throw new SchemaRefused(
            name() + ": another process has been migrating it for more than 5 minutes", e);
      }
      throw e;
    }
    statement.execute("RESET lock_timeout");
  }
}

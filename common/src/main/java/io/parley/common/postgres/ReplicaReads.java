package io.parley.common.postgres;

import com.zaxxer.hikari.HikariDataSource;
import io.parley.common.problems.ProblemException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Where a read-only transaction reads: from the replica, unless the caller has written lately, the
 * replica is away or too far behind, or the read is repeated to be sure. Without a replica it does
 * nothing.
 */
public final class ReplicaReads implements DisposableBean {

  private static final ScopedValue<Boolean> SURE = ScopedValue.newInstance();

  private final RecentWriters writers;
  private volatile @Nullable Replica replica;

  ReplicaReads(RecentWriters writers) {
    this.writers = writers;
  }

  /**
   * Reads, and when that is refused with 403 or 404 reads once more, from the primary: somebody who
   * was just let in must not be told that there is nothing. Outside of a transaction.
   */
  public <T> T sure(Supplier<T> read) {
    try {
      return read.get();
    } catch (ProblemException e) {
      if (replica == null
          || (e.type().status() != HttpStatus.NOT_FOUND
              && e.type().status() != HttpStatus.FORBIDDEN)) {
        throw e;
      }
      return ScopedValue.where(SURE, true).call(read::get);
    }
  }

  /** What read-only transactions use in the place of the primary. */
  AbstractDataSource over(HikariDataSource primary, Replica used) {
    replica = used;
    return new AbstractDataSource() {

      @Override
      public Connection getConnection() throws SQLException {
        if (used.isReadable() && !SURE.isBound() && !writers.includeCurrentUser()) {
          try {
            return used.connection();
          } catch (SQLException e) {
            used.failed(e);
          }
        }
        return primary.getConnection();
      }

      @Override
      public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
      }
    };
  }

  @Override
  public void destroy() {
    Replica used = replica;
    if (used != null) {
      used.close();
    }
  }
}

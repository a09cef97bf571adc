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
 * Where a read-only transaction reads: from the primary, unless whoever asks says that the answer
 * may be a few seconds old. Then it is the replica, as long as that is there and not too far
 * behind, and the caller has not written lately. Without a replica it does nothing.
 */
public final class ReplicaReads implements DisposableBean {

  /** Bound while the replica may be read. */
  private static final ScopedValue<Boolean> MAY_BE_STALE = ScopedValue.newInstance();

  private final RecentWriters writers;
  private volatile @Nullable Replica replica;

  ReplicaReads(RecentWriters writers) {
    this.writers = writers;
  }

  /**
   * Reads, from the replica if it may be read, and when that is refused with 403 or 404 reads once
   * more, from the primary: somebody who was just let in must not be told that there is nothing.
   *
   * <p>Outside of a transaction. For what a client asks to see; never for what decides who somebody
   * is or what they may do, nor for what another service asks.
   */
  public <T> T mayBeStale(Supplier<T> read) {
    if (replica == null) {
      return read.get();
    }
    try {
      return ScopedValue.where(MAY_BE_STALE, true).call(read::get);
    } catch (ProblemException e) {
      if (e.type().status() != HttpStatus.NOT_FOUND && e.type().status() != HttpStatus.FORBIDDEN) {
        throw e;
      }
      return read.get();
    }
  }

  /** What read-only transactions use in the place of the primary. */
  AbstractDataSource over(HikariDataSource primary, Replica used) {
    replica = used;
    return new AbstractDataSource() {

      @Override
      public Connection getConnection() throws SQLException {
        if (MAY_BE_STALE.isBound() && used.isReadable() && !writers.includeCurrentUser()) {
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

package io.parley.common.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of connections to the replica, and whether it may be read: it answers, follows, and shows
 * everything that the primary had {@code maxLag} ago. A thread looks each second, so that no
 * request ever waits for a replica that is away.
 */
final class Replica implements AutoCloseable {

  static final Duration LOOK_EACH = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(1);

  /** A position of the write-ahead log, in bytes. */
  private static final String WRITTEN = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn";

  /** Null on a server that is no replica, or no more. */
  private static final String SHOWN =
      "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() - '0/0'::pg_lsn END";

  private final HikariDataSource primary;
  private final HikariDataSource pool;
  private final Duration maxLag;
  private final Deque<Position> written = new ArrayDeque<>();
  private final Thread thread;
  private volatile boolean readable;
  private volatile @Nullable String reason = "not looked at yet";

  Replica(HikariDataSource primary, String url, Duration maxLag) {
    this.primary = primary;
    this.maxLag = maxLag;
    HikariConfig config = new HikariConfig();
    primary.copyStateTo(config);
    config.setPoolName("replica");
    config.setJdbcUrl(url);
    config.setReadOnly(true);
    config.setConnectionTimeout(ANSWERS_WITHIN.toMillis());
    // A replica that is away must not keep the service from starting.
    config.setInitializationFailTimeout(-1);
    this.pool = new HikariDataSource(config);
    this.thread = Thread.ofPlatform().name("replica-lag").daemon().unstarted(this::run);
    thread.start();
  }

  boolean isReadable() {
    return readable;
  }

  /** Why it may not be read; null when it may. */
  @Nullable String reason() {
    return reason;
  }

  /** Asks the replica each time: a transaction that has begun can not change to the primary. */
  Connection connection() throws SQLException {
    Connection connection = pool.getConnection();
    if (!connection.isValid((int) ANSWERS_WITHIN.toSeconds())) {
      pool.evictConnection(connection);
      throw new SQLException("a connection to the replica broke");
    }
    return connection;
  }

  /** A request could not use it: nobody else need try before the next look. */
  void failed(SQLException e) {
    note(String.valueOf(e.getMessage()));
  }

  private void run() {
    while (!thread.isInterrupted()) {
      look();
      try {
        Thread.sleep(LOOK_EACH);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    try {
      long now = System.nanoTime();
      try {
        Long position = position(primary, WRITTEN);
        if (position != null) {
          written.addLast(new Position(now, position));
        }
      } catch (SQLException e) {
        // Without the primary nothing new is written: the replica is measured by what there was.
      }
      Position mustShow = null;
      while (!written.isEmpty() && now - written.getFirst().nanos() >= maxLag.toNanos()) {
        mustShow = written.removeFirst();
      }
      if (mustShow != null) {
        written.addFirst(mustShow);
      }
      Long shown = position(pool, SHOWN);
      if (shown == null) {
        note("it is no replica");
      } else if (mustShow != null && shown < mustShow.bytes()) {
        note("it is more than " + maxLag.toMillis() + " ms behind");
      } else {
        note(null);
      }
    } catch (SQLException | RuntimeException e) {
      note(String.valueOf(e.getMessage()));
    }
  }

  private void note(@Nullable String why) {
    if (why == null && !readable) {
      log.info("reads go to the replica");
    } else if (why != null && readable) {
      log.warn("reads go to the primary, not the replica: {}", why);
    }
    reason = why;
    readable = why == null;
  }

  private static @Nullable Long position(HikariDataSource server, String sql) throws SQLException {
    try (Connection connection = server.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      long bytes = row.getLong(1);
      return row.wasNull() ? null : bytes;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    pool.close();
  }

  private record Position(long nanos, long bytes) {}
}

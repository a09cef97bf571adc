package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.parley.message.store.CassandraCalls;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Many writes: those of one partition go together, and only so many are under way. */
final class CassandraWrites {

  private static final int IN_FLIGHT = 256;

  /** Rows of one partition in one write. */
  private static final int TOGETHER = 100;

  private final CqlSession session;
  private final Deque<CompletableFuture<AsyncResultSet>> underWay = new ArrayDeque<>();
  private final List<BatchableStatement<?>> waiting = new ArrayList<>();

  CassandraWrites(CqlSession session) {
    this.session = session;
  }

  /** All of these must be of one partition. */
  void together(BoundStatement statement) {
    waiting.add(statement);
    if (waiting.size() == TOGETHER) {
      sendWaiting();
    }
  }

  private void sendWaiting() {
    if (!waiting.isEmpty()) {
      send(BatchStatement.newInstance(BatchType.UNLOGGED, waiting).setIdempotent(true));
      waiting.clear();
    }
  }

  void add(BoundStatement statement) {
    send(statement);
  }

  private void send(Statement<?> statement) {
    underWay.add(session.executeAsync(statement).toCompletableFuture());
    if (underWay.size() > IN_FLIGHT) {
      CassandraCalls.answered(underWay.remove()::join);
    }
  }

  void end() {
    sendWaiting();
    while (!underWay.isEmpty()) {
      CassandraCalls.answered(underWay.remove()::join);
    }
  }
}

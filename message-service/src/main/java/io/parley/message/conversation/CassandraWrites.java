package io.parley.message.conversation;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.parley.message.store.CassandraTables;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Many writes: those of one partition go together, and only so many are under way. */
final class CassandraWrites {

  private static final int IN_FLIGHT = 64;

  /** Rows of one partition in one write. */
  private static final int TOGETHER = 100;

  private final CassandraTables tables;
  private final Deque<CompletableFuture<AsyncResultSet>> underWay = new ArrayDeque<>();
  private final List<BatchableStatement<?>> waiting = new ArrayList<>();

  CassandraWrites(CassandraTables tables) {
    this.tables = tables;
  }

  /**
   * All of these must be of one partition; what is given in one call is seen at once or not at all.
   */
  void together(List<BoundStatement> statements) {
    if (waiting.size() + statements.size() > TOGETHER) {
      sendWaiting();
    }
    waiting.addAll(statements);
  }

  private void sendWaiting() {
    if (!waiting.isEmpty()) {
      atOnce(waiting);
      waiting.clear();
    }
  }

  /** These are of one partition, and are seen at once or not at all. */
  void atOnce(List<? extends BatchableStatement<?>> statements) {
    send(
        statements.size() == 1
            ? statements.getFirst()
            : BatchStatement.newInstance(BatchType.UNLOGGED, List.copyOf(statements))
                .setIdempotent(true));
  }

  private void send(Statement<?> statement) {
    underWay.add(tables.start(statement));
    if (underWay.size() > IN_FLIGHT) {
      CassandraTables.answer(underWay.remove());
    }
  }

  void end() {
    sendWaiting();
    while (!underWay.isEmpty()) {
      CassandraTables.answer(underWay.remove());
    }
  }
}

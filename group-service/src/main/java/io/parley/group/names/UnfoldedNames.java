package io.parley.group.names;

import io.parley.group.roster.SearchKey;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Fills in what {@code groups} and {@code people} are found by, of rows from before there was such
 * a thing, and of those that nodes of an earlier release write beside this one. Instances may do it
 * at the same time; one that dies loses nothing but a batch.
 */
@Component
@EnableScheduling
class UnfoldedNames {

  private static final int BATCH = 200;

  private final JdbcClient database;
  private final TransactionTemplate transaction;

  UnfoldedNames(JdbcClient database, TransactionTemplate transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  private record Row(UUID id, String... names) {}

  @Scheduled(fixedDelayString = "${parley.groups.fold-each:10s}")
  void look() {
    all("groups", "id", "name", "name");
    all("people", "user_id", "username", "display_name");
  }

  private void all(String table, String id, String name, String other) {
    boolean more = true;
    while (more) {
      more = Boolean.TRUE.equals(transaction.execute(status -> batch(table, id, name, other)));
    }
  }

  private boolean batch(String table, String id, String name, String other) {
    List<Row> rows =
        database
            .sql(
                "SELECT %2$s, %3$s, %4$s FROM %1$s WHERE NOT folded ORDER BY %2$s LIMIT ? FOR UPDATE SKIP LOCKED"
                    .formatted(table, id, name, other))
            .param(BATCH)
            .query(
                (row, number) ->
                    new Row(
                        Objects.requireNonNull(row.getObject(1, UUID.class)),
                        Objects.requireNonNull(row.getString(2)),
                        Objects.requireNonNull(row.getString(3))))
            .list();
    for (Row row : rows) {
      database
          .sql("UPDATE %s SET words = ?, folded = true WHERE %s = ?".formatted(table, id))
          .params(SearchKey.words(row.names()), row.id())
          .update();
    }
    return rows.size() == BATCH;
  }
}

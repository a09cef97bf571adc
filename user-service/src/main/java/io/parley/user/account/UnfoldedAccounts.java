package io.parley.user.account;

import io.parley.user.address.Address;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Fills in what accounts are compared by, of rows from before there was such a thing, and of those
 * that nodes of an earlier release write beside this one. Instances may do it at the same time; one
 * that dies loses nothing but a batch.
 */
@Component
@EnableScheduling
class UnfoldedAccounts {

  private static final Logger log = LoggerFactory.getLogger(UnfoldedAccounts.class);

  private static final int BATCH = 200;

  private final JdbcClient database;
  private final TransactionTemplate transaction;

  UnfoldedAccounts(JdbcClient database, TransactionTemplate transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  private record Row(UUID id, String username, @Nullable String email, String displayName) {}

  @Scheduled(fixedDelayString = "${parley.accounts.fold-each:10s}")
  void look() {
    boolean more = true;
    while (more) {
      try {
        more = Boolean.TRUE.equals(transaction.execute(status -> fold()));
      } catch (DuplicateKeyException e) {
        // Somebody has registered with it meanwhile; seen by the next statement.
        log.info("accounts are folded again: {}", e.toString());
      }
    }
  }

  private boolean fold() {
    List<Row> rows =
        database
            .sql(
                """
                SELECT id, username, email, display_name FROM accounts
                WHERE NOT folded ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED
                """)
            .param(BATCH)
            .query(
                (row, number) ->
                    new Row(
                        row.getObject("id", UUID.class),
                        Objects.requireNonNull(row.getString("username")),
                        row.getString("email"),
                        Objects.requireNonNull(row.getString("display_name"))))
            .list();
    rows.forEach(this::fold);
    return rows.size() == BATCH;
  }

  private void fold(Row row) {
    String key = row.email() == null ? null : Address.key(row.email());
    if (key != null && isOfAnother("email_key", key, row.id())) {
      log.warn("account {} has the address of another one, in another spelling", row.id());
      key = null;
    }
    String skeleton = Keys.skeleton(row.username());
    database
        .sql(
            """
            UPDATE accounts SET email_key = :email, username_skeleton = :skeleton,
              display_name_folded = :prefix, words = :words, folded = true
            WHERE id = :id
            """)
        .param("email", key)
        .param("skeleton", isOfAnother("username_skeleton", skeleton, row.id()) ? null : skeleton)
        .param("prefix", Keys.prefix(row.displayName()))
        .param("words", Keys.words(row.username(), row.displayName()))
        .param("id", row.id())
        .update();
  }

  private boolean isOfAnother(String column, String value, UUID id) {
    return database
        .sql("SELECT EXISTS (SELECT FROM accounts WHERE " + column + " = ? AND id <> ?)")
        .params(value, id)
        .query(Boolean.class)
        .single();
  }
}

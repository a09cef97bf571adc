package io.parley.user.account;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps the invariant that there is always an admin who can log in. Everything that takes one away
 * (another role, a lock, an erasure) asks here first, in its own transaction.
 */
@Service
public class Admins {

  /** Arbitrary; no other lock of this database has it. */
  private static final long LOCK = 7267;

  private final JdbcClient database;

  Admins(JdbcClient database) {
    this.database = database;
  }

  /**
   * Of several who change who has which role, or act by their role, each waits until the one before
   * is committed. What is read after it is how things stand.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void lock() {
    database.sql("SELECT pg_advisory_xact_lock(?)").param(LOCK).query(row -> {});
  }

  /** Whether anybody is one who can act as one. */
  @Transactional(readOnly = true)
  public boolean exist() {
    return database
        .sql("SELECT EXISTS (SELECT FROM accounts WHERE role = 'ADMIN' AND NOT locked)")
        .query(Boolean.class)
        .single();
  }

  /**
   * So two admins who demote each other do not both succeed.
   *
   * @throws ProblemException 409 {@code last-admin} when the account is the only admin left
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void requireAnother(UserId leaving) {
    lock();
    boolean last =
        database
            .sql(
                """
                SELECT EXISTS (SELECT FROM accounts WHERE id = :id AND role = 'ADMIN' AND NOT locked)
                  AND NOT EXISTS
                    (SELECT FROM accounts WHERE id <> :id AND role = 'ADMIN' AND NOT locked)
                """)
            .param("id", leaving.value())
            .query(Boolean.class)
            .single();
    if (last) {
      throw new ProblemException(AccountProblem.LAST_ADMIN);
    }
  }
}

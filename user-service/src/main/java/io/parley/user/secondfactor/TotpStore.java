package io.parley.user.secondfactor;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code totp} and {@code recovery_codes}. Each code is taken by one statement, hence once. */
@Repository
class TotpStore {

  private final JdbcClient jdbc;

  TotpStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param confirmedAt null until a first code was right
   */
  record Row(String sealed, @Nullable Instant confirmedAt) {

    boolean isOn() {
      return confirmedAt != null;
    }
  }

  Optional<Row> find(UUID account) {
    return jdbc.sql("SELECT sealed, confirmed_at FROM totp WHERE account_id = ?")
        .param(account)
        .query(
            (row, number) -> {
              Timestamp confirmed = row.getTimestamp(2);
              return new Row(row.getString(1), confirmed == null ? null : confirmed.toInstant());
            })
        .optional();
  }

  /** False when it is on already. */
  boolean begin(UUID account, String sealed) {
    return jdbc.sql(
                """
                INSERT INTO totp (account_id, sealed) VALUES (?, ?)
                ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, last_step = 0
                WHERE totp.confirmed_at IS NULL
                """)
            .params(account, sealed)
            .update()
        == 1;
  }

  /** False when it was confirmed meanwhile, or begun anew. */
  boolean confirm(UUID account, String sealed, long step, Instant now) {
    return jdbc.sql(
                "UPDATE totp SET confirmed_at = ?, last_step = ?"
                    + " WHERE account_id = ? AND sealed = ? AND confirmed_at IS NULL")
            .params(Timestamp.from(now), step, account, sealed)
            .update()
        == 1;
  }

  /** False when this step, or a later one, was taken before. */
  boolean takeStep(UUID account, long step) {
    return jdbc.sql("UPDATE totp SET last_step = ? WHERE account_id = ? AND last_step < ?")
            .params(step, account, step)
            .update()
        == 1;
  }

  boolean takeRecoveryCode(UUID account, String hash) {
    return jdbc.sql("DELETE FROM recovery_codes WHERE account_id = ? AND hash = ?")
            .params(account, hash)
            .update()
        == 1;
  }

  void replaceRecoveryCodes(UUID account, Collection<String> hashes) {
    jdbc.sql("DELETE FROM recovery_codes WHERE account_id = ?").param(account).update();
    jdbc.sql("INSERT INTO recovery_codes (account_id, hash) SELECT ?, unnest(?)")
        .params(account, hashes.toArray(new String[0]))
        .update();
  }

  int countRecoveryCodes(UUID account) {
    return jdbc.sql("SELECT count(*) FROM recovery_codes WHERE account_id = ?")
        .param(account)
        .query(Integer.class)
        .single();
  }

  /** With the recovery codes. */
  void delete(UUID account) {
    jdbc.sql("DELETE FROM totp WHERE account_id = ?").param(account).update();
  }
}

package io.parley.user.privacy;

import io.parley.common.ids.UserId;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code privacy_settings}. */
@Repository
class PrivacyStore {

  private final JdbcClient database;

  PrivacyStore(JdbcClient database) {
    this.database = database;
  }

  Optional<PrivacySettings> find(UserId account) {
    return database
        .sql(
            "SELECT discoverable, profile, presence, last_seen, read_receipts"
                + " FROM privacy_settings WHERE account_id = ?")
        .param(account.value())
        .query(
            (row, number) ->
                new PrivacySettings(
                    Audience.of(row.getString("discoverable")),
                    Audience.of(row.getString("profile")),
                    Audience.of(row.getString("presence")),
                    Audience.of(row.getString("last_seen")),
                    row.getBoolean("read_receipts")))
        .optional();
  }

  void save(UserId account, PrivacySettings settings) {
    database
        .sql(
            """
            INSERT INTO privacy_settings
              (account_id, discoverable, profile, presence, last_seen, read_receipts)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (account_id) DO UPDATE
              SET discoverable = excluded.discoverable, profile = excluded.profile,
                presence = excluded.presence, last_seen = excluded.last_seen,
                read_receipts = excluded.read_receipts
            """)
        .params(
            account.value(),
            settings.discoverable().value(),
            settings.profile().value(),
            settings.presence().value(),
            settings.lastSeen().value(),
            settings.readReceipts())
        .update();
  }
}

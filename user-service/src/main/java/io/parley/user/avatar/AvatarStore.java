package io.parley.user.avatar;

import io.parley.common.ids.UserId;
import io.parley.common.images.Avatar;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code avatars}; the tag of each is in {@code accounts}. */
@Repository
class AvatarStore {

  private final JdbcClient database;

  AvatarStore(JdbcClient database) {
    this.database = database;
  }

  Optional<Avatar> find(UserId account) {
    return database
        .sql(
            """
            SELECT p.png, a.avatar
            FROM accounts a JOIN avatars p ON p.account_id = a.id WHERE a.id = ?
            """)
        .param(account.value())
        .query((row, number) -> new Avatar(row.getBytes("png"), row.getString("avatar")))
        .optional();
  }

  void save(UserId account, byte[] png) {
    database
        .sql(
            """
            INSERT INTO avatars (account_id, png) VALUES (?, ?)
            ON CONFLICT (account_id) DO UPDATE SET png = excluded.png
            """)
        .params(account.value(), png)
        .update();
  }

  void delete(UserId account) {
    database.sql("DELETE FROM avatars WHERE account_id = ?").param(account.value()).update();
  }
}

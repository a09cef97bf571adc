package io.parley.group.groups;

import io.parley.group.roster.GroupId;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code group_avatars}: apart from the groups, of which lists are read. */
@Repository
class AvatarStore {

  private final JdbcClient database;

  AvatarStore(JdbcClient database) {
    this.database = database;
  }

  void put(GroupId group, byte[] png) {
    database
        .sql(
            """
            INSERT INTO group_avatars (group_id, png) VALUES (?, ?)
            ON CONFLICT (group_id) DO UPDATE SET png = excluded.png
            """)
        .params(group.value(), png)
        .update();
  }

  void remove(GroupId group) {
    database.sql("DELETE FROM group_avatars WHERE group_id = ?").param(group.value()).update();
  }

  Optional<byte[]> find(GroupId group) {
    return database
        .sql("SELECT png FROM group_avatars WHERE group_id = ?")
        .param(group.value())
        .query((row, number) -> row.getBytes(1))
        .optional();
  }
}

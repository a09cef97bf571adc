package io.parley.user.slowdown;

import io.parley.common.ids.UserId;
import io.parley.user.secret.RandomTokens;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * {@code known_devices}: devices that have logged in to an account. A device's token lets nobody
 * in; it only has its failures counted apart from strangers'.
 */
@Repository
public class KnownDevices {

  /** Of one account; one more drops the one that was not used for longest. */
  private static final int MAX = 50;

  private static final UUID NOBODY = new UUID(0, 0);

  private final JdbcClient jdbc;
  private final Clock clock;
  private final Duration life;

  KnownDevices(JdbcClient jdbc, SlowDownProperties properties, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.life = properties.deviceLife();
  }

  /**
   * @param account null when there is no such account, which takes as long
   * @return null when the token is not one of the account's
   */
  public @Nullable UUID find(@Nullable UserId account, @Nullable String token) {
    return jdbc.sql(
            "SELECT id FROM known_devices WHERE hash = ? AND account_id = ? AND expires_at > ?")
        .params(
            RandomTokens.hash(token == null ? "" : token),
            account == null ? NOBODY : account.value(),
            Timestamp.from(clock.instant()))
        .query(UUID.class)
        .optional()
        .orElse(null);
  }

  /** The token of a device that is new. */
  @Transactional
  public String add(UserId account) {
    String token = RandomTokens.next();
    Instant now = clock.instant();
    jdbc.sql(
            "INSERT INTO known_devices (hash, id, account_id, used_at, expires_at)"
                + " VALUES (?, ?, ?, ?, ?)")
        .params(
            RandomTokens.hash(token),
            UUID.randomUUID(),
            account.value(),
            Timestamp.from(now),
            Timestamp.from(now.plus(life)))
        .update();
    jdbc.sql(
            """
            DELETE FROM known_devices WHERE account_id = :account AND (expires_at <= :now OR hash IN
              (SELECT hash FROM known_devices WHERE account_id = :account
               ORDER BY used_at DESC OFFSET :max))
            """)
        .param("account", account.value())
        .param("now", Timestamp.from(now))
        .param("max", MAX)
        .update();
    return token;
  }

  /** The device has logged in again. */
  public void used(UUID device) {
    Instant now = clock.instant();
    jdbc.sql("UPDATE known_devices SET used_at = ?, expires_at = ? WHERE id = ?")
        .params(Timestamp.from(now), Timestamp.from(now.plus(life)), device)
        .update();
  }

  public void forgetAll(UserId account) {
    jdbc.sql("DELETE FROM known_devices WHERE account_id = ?").param(account.value()).update();
  }
}

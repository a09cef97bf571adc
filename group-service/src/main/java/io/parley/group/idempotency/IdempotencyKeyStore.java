package io.parley.group.idempotency;

import java.time.Instant;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** {@code idempotency_keys}. */
interface IdempotencyKeyStore extends JpaRepository<IdempotencyKey, IdempotencyKey.Key> {

  /**
   * Waits while another transaction holds the same key, until that commits or rolls back.
   *
   * @return 0 when the key is taken
   */
  @Modifying
  @Query(
      value =
          "INSERT INTO idempotency_keys (user_id, key, fingerprint, created_at)"
              + " VALUES (:user, :key, :fingerprint, :now) ON CONFLICT DO NOTHING",
      nativeQuery = true)
  int claim(UUID user, String key, String fingerprint, Instant now);

  @Modifying
  @Query("update IdempotencyKey k set k.answer = :answer where k.userId = :user and k.key = :key")
  void answer(UUID user, String key, String answer);

  @Modifying
  @Query("delete from IdempotencyKey k where k.userId = :user and k.createdAt < :before")
  void forget(UUID user, Instant before);

  long deleteByUserId(UUID user);
}

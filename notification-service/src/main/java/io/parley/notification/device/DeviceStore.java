package io.parley.notification.device;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/**
 * Table {@code devices}: read by user; unique by token. Registering is one statement, so that the
 * same token sent twice at once, or by two users, ends as one row.
 */
interface DeviceStore extends Repository<Device, UUID> {

  /** Against an erasure at the same time, until the end of the transaction. */
  @NativeQuery(
      "SELECT 1 FROM pg_advisory_xact_lock_shared(hashtextextended(CAST(:userId AS text), 0))")
  int shareLock(UUID userId);

  /**
   * The row has the proposed id when the token is new or was another user's. None for a user who
   * was erased.
   */
  @NativeQuery(
      """
      INSERT INTO devices AS d (id, user_id, platform, token, token_hash, created_at, seen_at)
      SELECT :id, :userId, :platform, :token, :tokenHash, :now, :now
      WHERE NOT EXISTS (SELECT FROM erasures WHERE user_id = :userId)
      ON CONFLICT (token_hash) DO UPDATE SET
        id = CASE WHEN d.user_id = excluded.user_id THEN d.id ELSE excluded.id END,
        created_at =
          CASE WHEN d.user_id = excluded.user_id THEN d.created_at ELSE excluded.created_at END,
        user_id = excluded.user_id,
        platform = excluded.platform,
        seen_at = excluded.seen_at
      RETURNING *
      """)
  Optional<Device> upsert(
      UUID id, UUID userId, String platform, String token, byte[] tokenHash, Instant now);

  /** Keeps the {@code max} that were registered last. */
  @Modifying
  @NativeQuery(
      """
      DELETE FROM devices WHERE user_id = :userId AND id NOT IN
        (SELECT id FROM devices WHERE user_id = :userId ORDER BY seen_at DESC, id LIMIT :max)
      """)
  int trim(UUID userId, int max);

  @Query("SELECT d FROM Device d WHERE d.userId = :userId ORDER BY d.createdAt, d.id")
  List<Device> of(UUID userId);

  @Query("SELECT d FROM Device d WHERE d.userId IN :userIds ORDER BY d.id")
  List<Device> ofAll(Collection<UUID> userIds);

  @Modifying
  @Query("DELETE FROM Device d WHERE d.id = :id AND d.userId = :userId")
  int delete(UUID id, UUID userId);

  @Modifying
  @Query("DELETE FROM Device d WHERE d.userId = :userId")
  int deleteAll(UUID userId);

  @Modifying
  @Query("DELETE FROM Device d WHERE d.id IN :ids AND d.seenAt <= :before")
  int deleteStale(Collection<UUID> ids, Instant before);
}

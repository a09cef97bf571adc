package io.parley.notification.device;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/**
 * Table {@code devices}: read by user; unique by token. Registering is one statement, so that the
 * same token sent twice at once, or by two users, ends as one row.
 */
interface DeviceStore extends Repository<Device, UUID> {

  /** Against an erasure, or an end of a session, at the same time; until the transaction ends. */
  @NativeQuery(
      "SELECT 1 FROM pg_advisory_xact_lock_shared(hashtextextended(CAST(:userId AS text), 0))")
  int shareLock(UUID userId);

  /** Alone, until the transaction ends. */
  @NativeQuery("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(CAST(:userId AS text), 0))")
  int lock(UUID userId);

  /**
   * The row has the proposed id when the token is new or was another user's. None for a user who
   * was erased, or with a session that has ended.
   */
  @NativeQuery(
      """
      INSERT INTO devices AS d
        (id, user_id, channel, platform, token, token_hash, p256dh, auth, name, locale,
         session_id, created_at, seen_at)
      SELECT :id, :userId, :channel, :platform, :token, :tokenHash, CAST(:p256dh AS bytea),
        CAST(:auth AS bytea), CAST(:name AS text), CAST(:locale AS text), :sessionId, :createdAt,
        :now
      WHERE NOT EXISTS (SELECT FROM erasures WHERE user_id = :userId)
        AND NOT EXISTS (SELECT FROM ended_sessions WHERE session_id = :sessionId)
      ON CONFLICT (token_hash) DO UPDATE SET
        id = CASE WHEN d.user_id = excluded.user_id THEN d.id ELSE excluded.id END,
        created_at =
          CASE WHEN d.user_id = excluded.user_id THEN d.created_at ELSE excluded.created_at END,
        user_id = excluded.user_id,
        channel = excluded.channel,
        platform = excluded.platform,
        p256dh = excluded.p256dh,
        auth = excluded.auth,
        name = excluded.name,
        locale = excluded.locale,
        session_id = excluded.session_id,
        seen_at = excluded.seen_at
      RETURNING *
      """)
  Optional<Device> upsert(
      UUID id,
      UUID userId,
      String channel,
      String platform,
      String token,
      byte[] tokenHash,
      byte @Nullable [] p256dh,
      byte @Nullable [] auth,
      @Nullable String name,
      @Nullable String locale,
      UUID sessionId,
      Instant createdAt,
      Instant now);

  @Query("SELECT d.createdAt FROM Device d WHERE d.id = :id AND d.userId = :userId")
  Optional<Instant> createdAt(UUID id, UUID userId);

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
  @Query("DELETE FROM Device d WHERE d.sessionId = :sessionId AND d.userId = :userId")
  int deleteOfSession(UUID sessionId, UUID userId);

  @Modifying
  @Query("DELETE FROM Device d WHERE d.userId = :userId")
  int deleteAll(UUID userId);

  @Modifying
  @Query("DELETE FROM Device d WHERE d.id IN :ids AND d.seenAt <= :before")
  int deleteStale(Collection<UUID> ids, Instant before);
}

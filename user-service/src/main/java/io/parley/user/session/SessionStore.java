package io.parley.user.session;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.jpa.repository.Query;

/** {@code sessions}. */
interface SessionStore extends JpaRepository<Session, UUID> {

  /** Locks the session: the exchanges of one family happen one after another. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query(
      "select s from Session s"
          + " where s.id = (select t.sessionId from RefreshToken t where t.hash = :tokenHash)")
  Optional<Session> lockByToken(String tokenHash);

  /** Nobody ends it until the transaction does. */
  @Lock(LockModeType.PESSIMISTIC_READ)
  @Query("select s from Session s where s.id = :id")
  Optional<Session> holdById(UUID id);

  @Query(
      "select s from Session s where s.accountId = :account and s.expiresAt > :now"
          + " order by s.usedAt desc, s.id")
  List<Session> alive(UUID account, Instant now);

  /**
   * The session's tokens go with it.
   *
   * @return 0 when it had ended before
   */
  @Modifying
  @Query("delete from Session s where s.id = :id")
  int end(UUID id);

  List<Session> findByAccountId(UUID accountId);

  List<Session> findByAccountIdAndExpiresAtBefore(UUID accountId, Instant now);

  /** Of anybody, and that no other instance has its hands on. */
  @NativeQuery("SELECT * FROM sessions WHERE expires_at < :now LIMIT :limit FOR UPDATE SKIP LOCKED")
  List<Session> lockExpired(Instant now, int limit);
}

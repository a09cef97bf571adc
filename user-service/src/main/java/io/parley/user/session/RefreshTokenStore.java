package io.parley.user.session;

import java.time.Instant;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** {@code refresh_tokens}. */
interface RefreshTokenStore extends JpaRepository<RefreshToken, String> {

  /**
   * Of the tokens that came of one exchange and its retries only one is good: the first that is
   * used. The others count as used from then on.
   */
  @Modifying
  @Query(
      "update RefreshToken t set t.usedAt = :now"
          + " where t.parentHash = :parent and t.hash <> :chosen and t.usedAt is null")
  void endSiblings(String parent, String chosen, Instant now);

  @Modifying
  @Query("delete from RefreshToken t where t.sessionId = :session and t.usedAt < :before")
  void forgetUsed(UUID session, Instant before);
}

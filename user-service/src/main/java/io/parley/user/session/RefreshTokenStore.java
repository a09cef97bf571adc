package io.parley.user.session;

import java.time.Instant;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** {@code refresh_tokens}. */
interface RefreshTokenStore extends JpaRepository<RefreshToken, String> {

  @Modifying
  @Query("delete from RefreshToken t where t.sessionId = :session and t.usedAt < :before")
  void forgetUsed(UUID session, Instant before);
}

package io.parley.user.session;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is kept of a refresh token; the token itself only its holder knows. */
@Entity
@Table(name = "refresh_tokens")
class RefreshToken {

  @Id private String hash;
  private UUID sessionId;
  private @Nullable String parentHash;
  private @Nullable Instant usedAt;
  private @Nullable Instant retryUntil;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected RefreshToken() {}

  /**
   * @param parentHash the token that is exchanged for this one; null at login
   */
  RefreshToken(String hash, UUID sessionId, @Nullable String parentHash) {
    this.hash = hash;
    this.sessionId = sessionId;
    this.parentHash = parentHash;
  }

  String hash() {
    return hash;
  }

  UUID sessionId() {
    return sessionId;
  }

  @Nullable String parentHash() {
    return parentHash;
  }

  boolean isUsed() {
    return usedAt != null;
  }

  boolean mayBeRetried(Instant now) {
    return retryUntil != null && retryUntil.isAfter(now);
  }

  void use(Instant now, Instant mayRetryUntil) {
    this.usedAt = now;
    this.retryUntil = mayRetryUntil;
  }

  /** Its answer has arrived: a token that came of it was used. */
  void endRetries() {
    this.retryUntil = null;
  }
}

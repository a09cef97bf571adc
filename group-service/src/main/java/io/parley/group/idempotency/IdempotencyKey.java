package io.parley.group.idempotency;

import io.parley.common.ids.UserId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code idempotency_keys}. Written by {@link IdempotencyKeyStore}'s statements only. */
@Entity
@Table(name = "idempotency_keys")
@IdClass(IdempotencyKey.Key.class)
class IdempotencyKey {

  @Id private UUID userId;
  @Id private String key;
  private String fingerprint;

  @Column(columnDefinition = "text")
  private @Nullable String answer;

  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected IdempotencyKey() {}

  String key() {
    return key;
  }

  String fingerprint() {
    return fingerprint;
  }

  @Nullable String answer() {
    return answer;
  }

  Instant createdAt() {
    return createdAt;
  }

  /** Keys of different users never meet. */
  record Key(UUID userId, String key) implements Serializable {

    static Key of(UserId user, String key) {
      return new Key(user.value(), key);
    }
  }
}

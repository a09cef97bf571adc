package io.parley.user.token;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of {@code signing_keys}: a P-256 key pair, the private half wrapped. */
@Entity
@Table(name = "signing_keys")
class SigningKey {

  @Id private String id;
  private byte[] wrappedPrivateKey;
  private byte[] publicKey;
  private Instant createdAt;
  private Instant signsFrom;
  private @Nullable Instant retiredAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected SigningKey() {}

  /**
   * @param publicKey X.509 SubjectPublicKeyInfo
   * @param signsFrom until then it is only published
   */
  SigningKey(
      String id, byte[] wrappedPrivateKey, byte[] publicKey, Instant createdAt, Instant signsFrom) {
    this.id = id;
    this.wrappedPrivateKey = wrappedPrivateKey.clone();
    this.publicKey = publicKey.clone();
    this.createdAt = createdAt;
    this.signsFrom = signsFrom;
  }

  String id() {
    return id;
  }

  byte[] wrappedPrivateKey() {
    return wrappedPrivateKey.clone();
  }

  byte[] publicKey() {
    return publicKey.clone();
  }

  Instant createdAt() {
    return createdAt;
  }

  Instant signsFrom() {
    return signsFrom;
  }

  /** Its tokens are refused from then on. */
  void retire(Instant at) {
    this.retiredAt = at;
  }

  boolean hasSuccessor() {
    return retiredAt != null;
  }

  boolean isRetired(Instant now) {
    return retiredAt != null && !retiredAt.isAfter(now);
  }
}

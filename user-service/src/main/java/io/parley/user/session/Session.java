package io.parley.user.session;

import io.parley.common.ids.UserId;
import io.parley.user.client.Client;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.UuidGenerator;

/** One login of one account, on one device. */
@Entity
@Table(name = "sessions")
@DynamicUpdate
class Session {

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private UUID accountId;
  private String device;
  private String address;
  private Instant createdAt;
  private Instant usedAt;
  private Instant expiresAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Session() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  Session(UserId account, Client client, Instant now, Instant expiresAt) {
    this.accountId = account.value();
    this.device = client.device();
    this.address = client.address();
    this.createdAt = now;
    this.usedAt = now;
    this.expiresAt = expiresAt;
  }

  UUID id() {
    return id;
  }

  UserId account() {
    return new UserId(accountId);
  }

  String device() {
    return device;
  }

  /** From where it was used last. */
  String address() {
    return address;
  }

  Instant createdAt() {
    return createdAt;
  }

  Instant usedAt() {
    return usedAt;
  }

  boolean isExpired(Instant now) {
    return !expiresAt.isAfter(now);
  }

  void refreshed(String from, Instant now, Instant newExpiry) {
    this.address = from;
    this.usedAt = now;
    this.expiresAt = newExpiry;
  }
}

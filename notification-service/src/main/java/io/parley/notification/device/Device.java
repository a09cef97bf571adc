package io.parley.notification.device;

import io.parley.common.ids.UserId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A row of {@code devices}. Written by the statements of {@link DeviceStore} only. */
@Entity
@Table(name = "devices")
public class Device {

  @Id private UUID id;
  private UUID userId;

  @Enumerated(EnumType.STRING)
  private Platform platform;

  private String token;
  private byte[] tokenHash;
  private Instant createdAt;
  private Instant seenAt;

  /** For JPA, which sets the fields. */
  @SuppressWarnings("NullAway.Init")
  protected Device() {}

  public DeviceId id() {
    return new DeviceId(id);
  }

  public UserId userId() {
    return new UserId(userId);
  }

  public Platform platform() {
    return platform;
  }

  /** Says where to push to: a secret of the user's, never in a log. */
  public String token() {
    return token;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public Instant seenAt() {
    return seenAt;
  }
}

package io.parley.notification.device;

import io.parley.common.ids.UserId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code devices}. Written by the statements of {@link DeviceStore} only. */
@Entity
@Table(name = "devices")
public class Device {

  @Id private UUID id;
  private UUID userId;

  @Enumerated(EnumType.STRING)
  private Channel channel;

  @Enumerated(EnumType.STRING)
  private Platform platform;

  private String token;
  private byte[] tokenHash;
  private byte @Nullable [] p256dh;
  private byte @Nullable [] auth;
  private @Nullable String name;
  private @Nullable String locale;
  private @Nullable UUID sessionId;
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

  public Channel channel() {
    return channel;
  }

  public Platform platform() {
    return platform;
  }

  /**
   * FCM's registration token, or a Web Push subscription's endpoint. It says where to push to: a
   * secret of the user's, never in a log.
   */
  public String token() {
    return token;
  }

  /** Of a Web Push subscription: the browser's public key, an uncompressed point of P-256. */
  public byte @Nullable [] p256dh() {
    return p256dh;
  }

  /** Of a Web Push subscription: 16 bytes that only the browser and who may push to it know. */
  public byte @Nullable [] auth() {
    return auth;
  }

  /** What its user calls it. */
  public @Nullable String name() {
    return name;
  }

  /** A BCP 47 tag; null: the client did not say. */
  public @Nullable String locale() {
    return locale;
  }

  /** The login or personal token it was registered with; null: before that was noted. */
  public @Nullable UUID sessionId() {
    return sessionId;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public Instant seenAt() {
    return seenAt;
  }
}

package io.parley.group.roster;

import io.parley.common.ids.UserId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Somebody who can not come into a group. */
@Entity
@Table(name = "bans")
@IdClass(Membership.Key.class)
public class Ban {

  @Id private UUID groupId;
  @Id private UUID userId;
  private @Nullable UUID bannedBy;
  private String reason;
  private @Nullable Instant until;
  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Ban() {}

  Ban(
      GroupId group,
      UserId user,
      UserId bannedBy,
      String reason,
      @Nullable Instant until,
      Instant createdAt) {
    this.groupId = group.value();
    this.userId = user.value();
    this.bannedBy = bannedBy.value();
    this.reason = reason;
    this.until = until;
    this.createdAt = createdAt;
  }

  GroupId group() {
    return new GroupId(groupId);
  }

  public UserId user() {
    return new UserId(userId);
  }

  /** Null when that account was erased. */
  public @Nullable UserId bannedBy() {
    return bannedBy == null ? null : new UserId(bannedBy);
  }

  public String reason() {
    return reason;
  }

  /** Null: for good. */
  public @Nullable Instant until() {
    return until;
  }

  public Instant createdAt() {
    return createdAt;
  }

  boolean standsAt(Instant time) {
    return until == null || until.isAfter(time);
  }
}

package io.parley.group.links;

import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/** A link by which whoever has it comes into a group. Changes under the lock of the group's row. */
@Entity(name = "InvitationLink")
@Table(name = "invitation_links")
class Link {

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private UUID groupId;
  private String tokenHash;

  @Enumerated(EnumType.STRING)
  private GroupRole role;

  private boolean needsApproval;
  private UUID createdBy;
  private Instant createdAt;
  private @Nullable Instant expiresAt;
  private @Nullable Integer maxUses;
  private int uses;
  private boolean revoked;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Link() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  Link(
      GroupId group,
      LinkToken token,
      GroupRole role,
      boolean needsApproval,
      UserId createdBy,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Integer maxUses) {
    this.groupId = group.value();
    this.tokenHash = token.hash();
    this.role = role;
    this.needsApproval = needsApproval;
    this.createdBy = createdBy.value();
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
    this.maxUses = maxUses;
  }

  RowId id() {
    return new RowId(id);
  }

  GroupId group() {
    return new GroupId(groupId);
  }

  GroupRole role() {
    return role;
  }

  boolean needsApproval() {
    return needsApproval;
  }

  UserId createdBy() {
    return new UserId(createdBy);
  }

  Instant createdAt() {
    return createdAt;
  }

  /** Null: never. */
  @Nullable Instant expiresAt() {
    return expiresAt;
  }

  /** Null: as often as one likes. */
  @Nullable Integer maxUses() {
    return maxUses;
  }

  int uses() {
    return uses;
  }

  boolean revoked() {
    return revoked;
  }

  boolean isGoodAt(Instant time) {
    return !revoked
        && (expiresAt == null || expiresAt.isAfter(time))
        && (maxUses == null || uses < maxUses);
  }

  void use() {
    uses++;
  }

  void revoke() {
    revoked = true;
  }
}

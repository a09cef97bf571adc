package io.parley.group.invitations;

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

/** One user asked into a group. Gone once it is answered. */
@Entity
@Table(name = "invitations")
class Invitation {

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private UUID groupId;
  private UUID userId;

  @Enumerated(EnumType.STRING)
  private GroupRole role;

  private UUID invitedBy;
  private Instant createdAt;
  private Instant expiresAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Invitation() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  Invitation(
      GroupId group,
      UserId user,
      GroupRole role,
      UserId invitedBy,
      Instant createdAt,
      Instant expiresAt) {
    this.groupId = group.value();
    this.userId = user.value();
    this.role = role;
    this.invitedBy = invitedBy.value();
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  RowId id() {
    return new RowId(id);
  }

  GroupId group() {
    return new GroupId(groupId);
  }

  UserId user() {
    return new UserId(userId);
  }

  GroupRole role() {
    return role;
  }

  UserId invitedBy() {
    return new UserId(invitedBy);
  }

  Instant createdAt() {
    return createdAt;
  }

  Instant expiresAt() {
    return expiresAt;
  }

  /** The same invitation, made anew. */
  void renew(GroupRole newRole, UserId by, Instant at, Instant until) {
    role = newRole;
    invitedBy = by.value();
    createdAt = at;
    expiresAt = until;
  }
}

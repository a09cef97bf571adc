package io.parley.group.roster;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.group.rules.Standing;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** Somebody's place in a group. */
@Entity
@Table(name = "members")
@IdClass(Membership.Key.class)
public class Membership implements Persistable<Membership.Key> {

  @Id private UUID groupId;
  @Id private UUID userId;

  @Enumerated(EnumType.STRING)
  private GroupRole role;

  private Instant joinedAt;
  private @Nullable Instant mutedUntil;

  @Convert(converter = PermissionColumns.Overrides.class)
  private Map<GroupPermission, Boolean> overrides;

  /** Spares a SELECT before each INSERT. */
  @Transient private boolean stored;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Membership() {}

  Membership(GroupId group, UserId user, GroupRole role, Instant joinedAt) {
    this.groupId = group.value();
    this.userId = user.value();
    this.role = role;
    this.joinedAt = joinedAt;
    this.overrides = Map.of();
  }

  public GroupId group() {
    return new GroupId(groupId);
  }

  public UserId user() {
    return new UserId(userId);
  }

  public GroupRole role() {
    return role;
  }

  public Instant joinedAt() {
    return joinedAt;
  }

  /** Null when never muted; may lie in the past. */
  public @Nullable Instant mutedUntil() {
    return mutedUntil;
  }

  public Map<GroupPermission, Boolean> overrides() {
    return overrides;
  }

  public Standing standing() {
    return new Standing(user(), role, overrides);
  }

  public void setRole(GroupRole role) {
    this.role = role;
  }

  public void setOverrides(Map<GroupPermission, Boolean> overrides) {
    this.overrides = Map.copyOf(overrides);
  }

  public void muteUntil(@Nullable Instant until) {
    mutedUntil = until;
  }

  @Override
  public Key getId() {
    return new Key(groupId, userId);
  }

  @Override
  public boolean isNew() {
    return !stored;
  }

  @PostLoad
  @PostPersist
  void markStored() {
    stored = true;
  }

  /** A group and a user. */
  public record Key(UUID groupId, UUID userId) implements Serializable {

    static Key of(GroupId group, UserId user) {
      return new Key(group.value(), user.value());
    }
  }
}

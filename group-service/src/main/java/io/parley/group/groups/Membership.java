package io.parley.group.groups;

import io.parley.common.ids.UserId;
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
import java.util.UUID;
import org.springframework.data.domain.Persistable;

/** Somebody's place in a group. */
@Entity
@Table(name = "members")
@IdClass(Membership.Key.class)
class Membership implements Persistable<Membership.Key> {

  @Id private UUID groupId;
  @Id private UUID userId;

  @Enumerated(EnumType.STRING)
  private Role role;

  private Instant joinedAt;

  /** Spares a SELECT before each INSERT. */
  @Transient private boolean stored;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Membership() {}

  Membership(GroupId group, UserId user, Role role, Instant joinedAt) {
    this.groupId = group.value();
    this.userId = user.value();
    this.role = role;
    this.joinedAt = joinedAt;
  }

  GroupId group() {
    return new GroupId(groupId);
  }

  UserId user() {
    return new UserId(userId);
  }

  Role role() {
    return role;
  }

  Instant joinedAt() {
    return joinedAt;
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

  record Key(UUID groupId, UUID userId) implements Serializable {

    static Key of(GroupId group, UserId user) {
      return new Key(group.value(), user.value());
    }
  }
}

package io.parley.group.groups;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.UuidGenerator;

/**
 * A group. Its version and member count change only under the lock of its row. The entity has a
 * name of its own because GROUP is a word of JPQL.
 */
@Entity(name = "ChatGroup")
@Table(name = "groups")
@DynamicUpdate
class Group {

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private String name;
  private String description;
  private long version;
  private int memberCount;
  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Group() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  Group(String name, String description, Instant createdAt) {
    this.name = name;
    this.description = description;
    this.createdAt = createdAt;
  }

  GroupId id() {
    return new GroupId(id);
  }

  String name() {
    return name;
  }

  String description() {
    return description;
  }

  long version() {
    return version;
  }

  int memberCount() {
    return memberCount;
  }

  Instant createdAt() {
    return createdAt;
  }

  /**
   * Counts one change, of which exactly one event tells.
   *
   * @param joined how many members came; negative when they left
   * @return the version that the event carries
   */
  long changed(int joined) {
    memberCount += joined;
    version++;
    return version;
  }
}

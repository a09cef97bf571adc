package io.parley.group.roster;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.group.rules.GroupRules;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.UuidGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A group. All of it changes only under the lock of its row. The entity has a name of its own
 * because GROUP is a word of JPQL.
 */
@Entity(name = "ChatGroup")
@Table(name = "groups")
@DynamicUpdate
public class Group {

  /** Whether those who are no members learn that the group exists. */
  public enum Visibility {
    @JsonProperty("public")
    PUBLIC,
    @JsonProperty("private")
    PRIVATE
  }

  /** How one comes into a public group. */
  public enum Joining {
    @JsonProperty("open")
    OPEN,
    @JsonProperty("request")
    REQUEST
  }

  @Id
  @UuidGenerator(style = UuidGenerator.Style.VERSION_7)
  private UUID id;

  private String name;
  private String nameKey;
  private String @Nullable [] words;
  private boolean folded;
  private String description;

  @Enumerated(EnumType.STRING)
  private Visibility visibility;

  @Enumerated(EnumType.STRING)
  private Joining joining;

  @Convert(converter = PermissionColumns.Table.class)
  private Map<GroupPermission, GroupRole> permissions;

  private int slowModeSeconds;
  private int editSeconds;
  private int expireSeconds;

  @Enumerated(EnumType.STRING)
  private GroupPolicy.History history;

  private boolean archived;
  private @Nullable String avatarTag;
  private long version;
  private long revision;
  private int memberCount;
  private Instant createdAt;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields.
  protected Group() {}

  @SuppressWarnings("NullAway.Init") // Hibernate makes the id.
  public Group(
      String name,
      String description,
      Visibility visibility,
      Joining joining,
      GroupPolicy policy,
      Instant createdAt) {
    this.name = name;
    this.nameKey = SearchKey.of(name);
    this.words = SearchKey.words(name);
    this.folded = true;
    this.description = description;
    this.visibility = visibility;
    this.joining = joining;
    this.permissions = policy.permissions();
    this.slowModeSeconds = policy.slowModeSeconds();
    this.editSeconds = (int) policy.editWindow().toSeconds();
    this.expireSeconds = (int) policy.messageLife().toSeconds();
    this.history = policy.historyForJoiners();
    this.revision = 1;
    this.createdAt = createdAt;
  }

  public GroupId id() {
    return new GroupId(id);
  }

  public String name() {
    return name;
  }

  public String nameKey() {
    return nameKey;
  }

  public String description() {
    return description;
  }

  public Visibility visibility() {
    return visibility;
  }

  public boolean isPublic() {
    return visibility == Visibility.PUBLIC;
  }

  public Joining joining() {
    return joining;
  }

  public GroupPolicy policy() {
    return new GroupPolicy(permissions, slowModeSeconds, editSeconds, history, expireSeconds);
  }

  public GroupRules rules() {
    return new GroupRules(policy(), archived);
  }

  public boolean archived() {
    return archived;
  }

  /** Null when it has none. */
  public @Nullable String avatarTag() {
    return avatarTag;
  }

  /** Grows by one with each event. */
  public long version() {
    return version;
  }

  /** Grows with each edit, not with members. */
  public long revision() {
    return revision;
  }

  public int memberCount() {
    return memberCount;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public void describe(String newName, String newDescription) {
    name = newName;
    nameKey = SearchKey.of(newName);
    words = SearchKey.words(newName);
    description = newDescription;
  }

  public void open(Visibility newVisibility, Joining newJoining) {
    visibility = newVisibility;
    joining = newJoining;
  }

  public void setPolicy(GroupPolicy policy) {
    permissions = policy.permissions();
    slowModeSeconds = policy.slowModeSeconds();
    editSeconds = (int) policy.editWindow().toSeconds();
    expireSeconds = (int) policy.messageLife().toSeconds();
    history = policy.historyForJoiners();
  }

  public void setArchived(boolean archived) {
    this.archived = archived;
  }

  public void setAvatarTag(@Nullable String tag) {
    avatarTag = tag;
  }

  void edited() {
    revision++;
  }

  /**
   * Counts one change, of which exactly one event tells.
   *
   * @param joined how many members came; negative when they left
   */
  void changed(int joined) {
    memberCount += joined;
    version++;
  }
}

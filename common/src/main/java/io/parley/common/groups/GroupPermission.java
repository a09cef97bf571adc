package io.parley.common.groups;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a group can leave to some of its members. */
public enum GroupPermission {
  /** Sending messages. */
  WRITE(GroupRole.MEMBER),
  ADD_MEMBERS(GroupRole.ADMIN),
  /** Name, description, avatar. */
  EDIT_INFO(GroupRole.ADMIN),
  PIN(GroupRole.MODERATOR),
  MENTION_EVERYONE(GroupRole.MODERATOR),
  /** Making invitations, and deciding requests to join. */
  INVITE(GroupRole.ADMIN),
  /** Muting, removing and banning lower members, deleting their messages, seeing reports. */
  MODERATE(GroupRole.MODERATOR);

  private final GroupRole usual;

  GroupPermission(GroupRole usual) {
    this.usual = usual;
  }

  /** The lowest role that has it in a group that has not decided otherwise. */
  public GroupRole usual() {
    return usual;
  }

  /** The word on the wire, such as {@code add_members}. */
  @JsonValue
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static GroupPermission of(String value) {
    for (GroupPermission permission : values()) {
      if (permission.value().equals(value)) {
        return permission;
      }
    }
    throw new IllegalArgumentException("not a permission: " + value);
  }
}

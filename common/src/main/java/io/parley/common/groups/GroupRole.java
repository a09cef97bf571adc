package io.parley.common.groups;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a member is in a group, highest first. */
public enum GroupRole {
  OWNER,
  ADMIN,
  MODERATOR,
  MEMBER;

  /** The word on the wire, in lower case. */
  @JsonValue
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static GroupRole of(String value) {
    for (GroupRole role : values()) {
      if (role.value().equals(value)) {
        return role;
      }
    }
    throw new IllegalArgumentException("not a role: owner, admin, moderator or member");
  }

  /** Whether this role is the other or a higher one. */
  public boolean atLeast(GroupRole other) {
    return ordinal() <= other.ordinal();
  }

  public boolean above(GroupRole other) {
    return ordinal() < other.ordinal();
  }
}

package io.parley.group.groups;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What somebody is in a group, highest first. */
enum Role {
  OWNER,
  ADMIN,
  MODERATOR,
  MEMBER;

  boolean outranks(Role other) {
    return compareTo(other) < 0;
  }

  boolean mayAddMembers() {
    return this == OWNER || this == ADMIN;
  }

  /** Nobody acts on an equal or a higher role. */
  boolean mayRemove(Role other) {
    return mayAddMembers() && outranks(other);
  }

  /** Lower case, on every wire. */
  @JsonValue
  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.parley.common.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What somebody may do in the whole installation, whatever their roles in groups. */
public enum SystemRole {
  USER,
  MODERATOR,
  ADMIN;

  /** The word on the wire, in lower case. */
  @JsonValue
  public String value() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException for another word
   */
  @JsonCreator
  public static SystemRole of(String value) {
    for (SystemRole role : values()) {
      if (role.value().equals(value)) {
        return role;
      }
    }
    throw new IllegalArgumentException("not a role: user, moderator or admin");
  }

  /** All that somebody with this role can have. */
  public Set<Scope> scopes() {
    Set<Scope> scopes = EnumSet.allOf(Scope.class);
    if (this != ADMIN) {
      scopes.remove(Scope.ADMIN);
    }
    if (this == USER) {
      scopes.remove(Scope.MODERATE);
    }
    return scopes;
  }
}

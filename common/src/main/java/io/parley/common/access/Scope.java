package io.parley.common.access;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an access token may be used for: the words of its claim {@code scope} (RFC 8693, 4.2). */
public enum Scope {
  ACCOUNT_READ("account:read"),
  ACCOUNT_WRITE("account:write"),
  /**
   * Passwords, sessions, second factor, personal tokens, export and erasure. Only a login gives it,
   * never a personal token.
   */
  ACCOUNT_SECURITY("account:security"),
  USERS_READ("users:read"),
  /** Pictures of the own: work to unpack, and shown to others. */
  MEDIA_WRITE("media:write"),
  MESSAGES_READ("messages:read"),
  MESSAGES_WRITE("messages:write"),
  GROUPS_READ("groups:read"),
  GROUPS_MANAGE("groups:manage"),
  NOTIFICATIONS_MANAGE("notifications:manage"),
  /** For {@link SystemRole#MODERATOR} and {@link SystemRole#ADMIN}. */
  MODERATE("moderate"),
  /** For {@link SystemRole#ADMIN}. */
  ADMIN("admin");

  private final String value;

  Scope(String value) {
    this.value = value;
  }

  /** The word on the wire. */
  public String value() {
    return value;
  }

  /** Null for a word that is no scope. */
  public static @Nullable Scope of(String word) {
    for (Scope scope : values()) {
      if (scope.value.equals(word)) {
        return scope;
      }
    }
    return null;
  }

  /**
   * @param words separated by spaces; words that are no scope are left out, as a newer user-service
   *     may know more of them
   */
  public static Set<Scope> parse(String words) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String word : words.split(" ")) {
      Scope scope = of(word);
      if (scope != null) {
        scopes.add(scope);
      }
    }
    return Collections.unmodifiableSet(scopes);
  }

  /** The reverse of {@link #parse}. */
  public static String format(Set<Scope> scopes) {
    return scopes.stream().sorted().map(Scope::value).collect(Collectors.joining(" "));
  }
}

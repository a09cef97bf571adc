package io.parley.user.admin;

import io.parley.common.access.SystemRole;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.erasure.AuthoredMessages;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Words in the query of a request; Spring would take the names of the constants. */
final class AdminWords {

  private AdminWords() {}

  static @Nullable SystemRole role(@Nullable String word) {
    return word == null ? null : read("role", word, SystemRole::of);
  }

  static AuthoredMessages messages(String word) {
    return read("messages", word, AuthoredMessages::of);
  }

  private static <T> T read(String name, String word, Function<String, T> of) {
    try {
      return of.apply(word);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, name + ": " + e.getMessage());
    }
  }
}

package io.parley.user.account;

import io.parley.common.edge.Page;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The cursor of every list that is in the order of usernames. Opaque to clients. */
public final class UsernameCursor {

  /** Of before, too, with periods anywhere. */
  private static final Pattern USERNAME = Pattern.compile("[a-z0-9_.]{3,32}");

  private UsernameCursor() {}

  /**
   * The username after which the page begins; "" for the first.
   *
   * @throws ProblemException 400 when the cursor is not one of ours
   */
  public static String after(@Nullable String cursor) {
    if (cursor == null) {
      return "";
    }
    try {
      String username =
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.ISO_8859_1);
      if (USERNAME.matcher(username).matches()) {
        return username;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: is not from a page before");
  }

  /**
   * @param found up to one more than the page holds, which says whether there is a next one
   */
  public static <T> Page<T> page(List<T> found, int limit, Function<T, String> username) {
    if (found.size() <= limit) {
      return new Page<>(found, null);
    }
    String last = username.apply(found.get(limit - 1));
    return new Page<>(
        List.copyOf(found.subList(0, limit)),
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(last.getBytes(StandardCharsets.US_ASCII)));
  }
}

package io.parley.group.groups;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last group of a page of a search: names repeat, hence the id. */
record SearchCursor(String nameKey, Optional<GroupId> id) {

  private static final int ID_CHARS = 36;

  static String of(Group last) {
    byte[] bytes = (last.id() + last.nameKey()).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * @throws ProblemException 400 {@code invalid-request} for what is no cursor
   */
  static SearchCursor parse(@Nullable String cursor) {
    if (cursor == null) {
      return new SearchCursor("", Optional.empty());
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      return new SearchCursor(
          text.substring(ID_CHARS), Optional.of(GroupId.valueOf(text.substring(0, ID_CHARS))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: not one of this list");
    }
  }
}

package io.parley.message.chat;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import org.jspecify.annotations.Nullable;

/** What a message may say. */
public final class MessageText {

  private MessageText() {}

  /**
   * @return the text as it is
   * @throws ProblemException 400 {@code invalid-request}
   */
  public static String of(@Nullable String text, int maxChars) {
    if (text == null || text.isBlank()) {
      throw invalid("text: must not be blank");
    }
    if (text.length() > maxChars) {
      throw invalid("text: may have at most " + maxChars + " characters");
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if ((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) {
        throw invalid("text: has a control character at " + i);
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw invalid("text: has half a surrogate pair at " + i);
      }
      i += Character.charCount(c);
    }
    return text;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

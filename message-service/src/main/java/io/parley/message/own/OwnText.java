package io.parley.message.own;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;

/**
 * The rules for what a user writes for themselves: those of a message, but that it may be blank.
 */
public final class OwnText {

  private OwnText() {}

  /**
   * @param member of the request, for the refusal
   * @param maxUnits longest, in UTF-16 units
   * @return the same text
   * @throws ProblemException 400 {@code invalid-request}
   */
  public static String checked(String member, String text, int maxUnits) {
    if (text.length() > maxUnits) {
      throw invalid(member + ": may have at most " + maxUnits + " UTF-16 units");
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r') {
        throw invalid(member + ": has a control character at " + i);
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw invalid(member + ": has half a surrogate pair at " + i);
      }
      i += Character.charCount(c);
    }
    return text;
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

package io.parley.message.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What may be written: any text, as it is. Nothing is changed, as joiners and selectors make emoji,
 * flags and Persian words what they are.
 *
 * <p>Refused are control characters (C0 and C1) but tab, line feed and carriage return, halves of
 * surrogate pairs, which UTF-8 can not carry, and a text that shows nothing. The separators U+2028
 * and U+2029 are no control characters.
 */
public final class MessageText {

  /**
   * Blank by their names and on every screen, although Unicode gives them the properties of a
   * letter, a mark or a symbol: BRAILLE PATTERN BLANK, EGYPTIAN HIEROGLYPH FULL and HALF BLANK,
   * KHITAN SMALL SCRIPT FILLER, MUSICAL SYMBOL NULL NOTEHEAD. All else is left to ICU.
   */
  private static final Set<Integer> BLANK_BY_NAME =
      Set.of(0x2800, 0x13441, 0x13442, 0x16FE4, 0x1D159);

  private MessageText() {}

  /**
   * A text that may be sent.
   *
   * @param maxUnits longest, in UTF-16 units
   * @return the same text
   * @throws ProblemException 400 {@code invalid-request}
   */
  public static String of(@Nullable String text, int maxUnits) {
    String written = written("text", text == null ? "" : text, maxUnits);
    if (!shows(written)) {
      throw invalid("text", "must not be blank");
    }
    return written;
  }

  /**
   * What is shown of a message where there is room for one text: what its author wrote, or else
   * what it passes on.
   *
   * @param content of the message, as JSON
   */
  public static String shown(JsonNode content) {
    String text = content.path("text").asString("");
    return text.isEmpty() ? content.at("/forwardedFrom/text").asString("") : text;
  }

  /**
   * As {@link #of}, but may be blank: what is not sent yet, or is for its writer alone.
   *
   * @param member of the request, for the refusal
   * @throws ProblemException 400 {@code invalid-request}
   */
  public static String written(String member, String text, int maxUnits) {
    if (text.length() > maxUnits) {
      throw invalid(member, "may have at most " + maxUnits + " UTF-16 units, has " + text.length());
    }
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isISOControl(unit) && unit != '\n' && unit != '\t' && unit != '\r') {
        throw invalid(member, "has a control character at " + i);
      }
      if (Character.isSurrogate(unit)) {
        if (Character.charCount(text.codePointAt(i)) == 1) {
          throw invalid(member, "has half a surrogate pair at " + i);
        }
        i++;
      }
    }
    return text;
  }

  /** Whether there is anything to be seen of it: usually its first character tells. */
  private static boolean shows(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (shows(c)) {
        return true;
      }
      i += Character.charCount(c);
    }
    return false;
  }

  private static boolean shows(int c) {
    if (c < 0x7F) {
      return c > ' ';
    }
    return !UCharacter.hasBinaryProperty(c, UProperty.WHITE_SPACE)
        && !UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
        && !isInvisibleFormat(c)
        && !BLANK_BY_NAME.contains(c);
  }

  /** Of the other format characters only those are seen that stand before Arabic numbers. */
  private static boolean isInvisibleFormat(int c) {
    return UCharacter.getType(c) == UCharacterCategory.FORMAT
        && !UCharacter.hasBinaryProperty(c, UProperty.PREPENDED_CONCATENATION_MARK);
  }

  private static ProblemException invalid(String member, String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, member + ": " + detail);
  }
}

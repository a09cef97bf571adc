package io.parley.message.mention;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where a text may mention somebody: an {@code @} and a username behind it, outside of code, of
 * addresses of mails and of the web, and not in the middle of a word. In scripts that are written
 * without spaces, and behind a Korean word, a word may end anywhere. Takes time in proportion to
 * the text.
 */
final class MentionScan {

  /**
   * A place where somebody may be mentioned.
   *
   * @param start of the {@code @}
   * @param names what may be meant, in lower case, the longest first: a username may end with a
   *     period, and a sentence, too
   */
  record Place(int start, List<String> names) {}

  /** Those behind are text. */
  static final int MAX_PLACES = 100;

  private static final int SHORTEST = 3;
  private static final int LONGEST = 32;
  private static final int MAX_PERIODS = 3;

  /** With one of these before it an {@code @} is a part of something else. */
  private static final String JOINING = "_.+-@\\";

  private final String text;
  private final MarkdownCode code;

  private MentionScan(String text) {
    this.text = text;
    this.code = MarkdownCode.of(text);
  }

  static List<Place> places(String text) {
    return text.indexOf('@') < 0 ? List.of() : new MentionScan(text).places();
  }

  private List<Place> places() {
    List<Place> places = new ArrayList<>();
    boolean web = false;
    boolean period = false;
    for (int i = 0; i < text.length() && places.size() < MAX_PLACES; i++) {
      char unit = text.charAt(i);
      if (Character.isWhitespace(unit)) {
        web = false;
        period = false;
      } else if (unit == '.') {
        period = true;
      } else if (unit == ':') {
        web |= text.startsWith("//", i + 1);
      } else if (unit == '@' && !web && !code.contains(i) && mayBegin(i, period)) {
        List<String> names = names(i + 1);
        if (!names.isEmpty()) {
          places.add(new Place(i, names));
        }
      }
    }
    return places;
  }

  /**
   * @param period whether there is one in the same run of characters: its slash is one of the web
   */
  private boolean mayBegin(int at, boolean period) {
    if (at == 0) {
      return true;
    }
    int before = text.codePointBefore(at);
    return JOINING.indexOf(before) < 0 && !(before == '/' && period) && endsWord(before);
  }

  /** Whether a word that reaches up to this character is none that goes on behind it. */
  private static boolean endsWord(int c) {
    if (c < 0x80) {
      return !isOfUsername(c);
    }
    return !Character.isLetterOrDigit(c) && !isMark(c) || isWrittenWithoutSpaces(c);
  }

  private static boolean isMark(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
            && !UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
        || type == Character.COMBINING_SPACING_MARK;
  }

  /** Where a line may break within what other scripts would call a word (UAX 14). */
  private static boolean isWrittenWithoutSpaces(int c) {
    return switch (UCharacter.getIntPropertyValue(c, UProperty.LINE_BREAK)) {
      case UCharacter.LineBreak.IDEOGRAPHIC,
          UCharacter.LineBreak.CONDITIONAL_JAPANESE_STARTER,
          UCharacter.LineBreak.NONSTARTER,
          UCharacter.LineBreak.COMPLEX_CONTEXT,
          UCharacter.LineBreak.H2,
          UCharacter.LineBreak.H3,
          UCharacter.LineBreak.JL,
          UCharacter.LineBreak.JV,
          UCharacter.LineBreak.JT ->
          true;
      default -> false;
    };
  }

  private static boolean isOfUsername(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '.';
  }

  private List<String> names(int from) {
    int end = from;
    while (end < text.length() && isOfUsername(text.charAt(end))) {
      end++;
    }
    if (end < text.length()) {
      int behind = text.codePointAt(end);
      if (behind == '@' || !endsWord(behind)) {
        return List.of();
      }
    }
    int shortest = end;
    while (shortest > from && text.charAt(shortest - 1) == '.') {
      shortest--;
    }
    if (shortest == from) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (int last = Math.min(end, shortest + MAX_PERIODS); last >= shortest; last--) {
      int length = last - from;
      if (length >= SHORTEST && length <= LONGEST) {
        names.add(text.substring(from, last).toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }
}

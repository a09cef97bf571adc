package io.parley.notification.settings;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.Normalizer2;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * A text as keywords are looked for in it: without the difference of upper and lower case, of full
 * and half width, of kinds of blanks and apostrophes, and without invisible characters (NFKC_CF of
 * UAX 44).
 *
 * <p>A word is a run of letters, digits and underscores; every other sign stands alone, so that
 * {@code c++} can be found. In scripts that set no blanks between words, a word begins where
 * Unicode's rules and dictionaries (UAX 29) let one begin, and may end after any character: the
 * dictionaries know few compounds, and Korean and Japanese particles follow without a blank. So
 * {@code 京都} is not found in {@code 東京都}, but {@code 東京都} is in {@code 東京都庁}.
 */
final class KeywordText {

  private static final Normalizer2 FOLDED = Normalizer2.getNFKCCasefoldInstance();

  private static final List<Integer> WITHOUT_BLANKS =
      List.of(
          UScript.HAN,
          UScript.HIRAGANA,
          UScript.KATAKANA,
          UScript.BOPOMOFO,
          UScript.HANGUL,
          UScript.THAI,
          UScript.LAO,
          UScript.KHMER,
          UScript.MYANMAR);

  /** The first character of Thai: of the scripts above, none is before it. */
  private static final int FIRST_WITHOUT_BLANKS = 0x0E01;

  private enum Kind {
    BLANK,
    WORD,
    /** A letter of a script without blanks. */
    RUN_ON,
    SIGN
  }

  private final String folded;
  private final BitSet starts = new BitSet();
  private final BitSet ends = new BitSet();

  KeywordText(String text) {
    this.folded = fold(text);
    mark();
  }

  /** What of two texts is equal when one is as good as the other as a keyword. */
  String folded() {
    return folded;
  }

  /** Indexes at which a word begins. */
  BitSet starts() {
    return starts;
  }

  boolean isEnd(int index) {
    return ends.get(index);
  }

  /** Blanks are single, and none is at either end. */
  private static String fold(String text) {
    StringBuilder folded = new StringBuilder();
    FOLDED
        .normalize(text)
        .codePoints()
        .map(c -> isBlank(c) ? ' ' : c)
        .map(c -> c == 0x2019 || c == 0x2BC ? '\'' : c)
        .filter(c -> c != ' ' || (!folded.isEmpty() && folded.charAt(folded.length() - 1) != ' '))
        .forEach(folded::appendCodePoint);
    return folded.toString().stripTrailing();
  }

  private static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
  }

  private void mark() {
    BreakIterator words = null;
    Kind before = Kind.BLANK;
    int index = 0;
    while (index < folded.length()) {
      int c = folded.codePointAt(index);
      if (before == Kind.BLANK || !isMark(c)) {
        Kind kind = kind(c);
        boolean begins = kind != Kind.BLANK && begins(before, kind);
        if (begins && before == Kind.RUN_ON && kind == Kind.RUN_ON) {
          if (words == null) {
            words = BreakIterator.getWordInstance(Locale.ROOT);
            words.setText(folded);
          }
          begins = words.isBoundary(index);
        }
        starts.set(index, begins);
        ends.set(index, before != Kind.BLANK && begins(before, kind));
        before = kind;
      }
      index += Character.charCount(c);
    }
    ends.set(folded.length(), !folded.isEmpty());
  }

  /** Whether a word may end before, and another begin with, the second of two characters. */
  private static boolean begins(Kind before, Kind kind) {
    return before != Kind.WORD || kind != Kind.WORD;
  }

  private static Kind kind(int c) {
    if (c == ' ') {
      return Kind.BLANK;
    }
    if (!Character.isLetterOrDigit(c)
        && !isMark(c)
        && Character.getType(c) != Character.CONNECTOR_PUNCTUATION) {
      return Kind.SIGN;
    }
    boolean runsOn =
        c >= FIRST_WITHOUT_BLANKS
            && WITHOUT_BLANKS.stream().anyMatch(script -> UScript.hasScript(c, script));
    return runsOn ? Kind.RUN_ON : Kind.WORD;
  }

  /** It belongs to the character before it. */
  private static boolean isMark(int c) {
    int type = UCharacter.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}

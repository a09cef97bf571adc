package io.parley.common.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.Transliterator;
import com.ibm.icu.util.ULocale;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How what people type is compared. Computed here and stored, never by a database: two programs
 * fold {@code İ} in two ways.
 */
public final class Folding {

  /** In code points; long enough to tell names apart, short enough for any index. */
  private static final int MAX_WORD = 100;

  private static final Normalizer2 NFC = Normalizer2.getNFCInstance();
  private static final Normalizer2 NFD = Normalizer2.getNFDInstance();
  private static final Normalizer2 NFKC = Normalizer2.getNFKCInstance();
  private static final Normalizer2 NFKC_CASEFOLD = Normalizer2.getNFKCCasefoldInstance();

  /** Safe for use by several threads: ICU locks it. */
  private static final Transliterator LATIN = Transliterator.getInstance("Latin-ASCII");

  private static final int OVERLAY = 1;
  private static final int FIRST_HEBREW = 10;
  private static final int LAST_SYRIAC = 36;
  private static final int FIRST_ATTACHED = 200;

  private Folding() {}

  /** Without case, compatibility characters and blanks around: names that one logs in with. */
  public static String caseless(String text) {
    return NFKC.normalize(UCharacter.toLowerCase(ULocale.ROOT, NFKC.normalize(strip(text))));
  }

  /** Without blanks of any kind around, nor characters that nobody sees. */
  public static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (to > from && isBlank(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  private static boolean isBlank(int c) {
    return UCharacter.hasBinaryProperty(c, UProperty.WHITE_SPACE)
        || UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT);
  }

  /**
   * For searches: without case, without accents and points that a language may leave out, and Latin
   * letters as those of ASCII: {@code Łukasz Strauß} is {@code lukasz strauss}. What makes another
   * letter of one, as in Japanese or Thai, stays.
   */
  public static String search(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    NFD.normalize(NFKC_CASEFOLD.normalize(text))
        .codePoints()
        .filter(c -> !isAccent(c))
        .forEach(plain::appendCodePoint);
    return NFKC_CASEFOLD.normalize(LATIN.transliterate(NFC.normalize(plain)));
  }

  private static boolean isAccent(int c) {
    int combining = UCharacter.getCombiningClass(c);
    return combining == OVERLAY
        || (combining >= FIRST_HEBREW && combining <= LAST_SYRIAC)
        || combining >= FIRST_ATTACHED;
  }

  /**
   * The words of names, folded: each word, its parts ({@code anne-marie}), and, in scripts that are
   * written without spaces, what begins at each of its characters. A prefix of one of them finds
   * the name.
   */
  public static Set<String> words(String... names) {
    Set<String> words = new LinkedHashSet<>();
    for (String name : names) {
      for (String word : search(name).split("\\p{IsWhite_Space}+")) {
        if (!word.isEmpty()) {
          addParts(word, words);
        }
      }
    }
    return words;
  }

  /** The words that somebody looks for: each has to be the beginning of one of {@link #words}. */
  public static Set<String> asked(String query) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : search(query).split("\\p{IsWhite_Space}+")) {
      String letters = lettersOf(word);
      if (!word.isEmpty()) {
        words.add(beginning(letters.isEmpty() ? word : letters));
      }
    }
    return words;
  }

  private static String beginning(String word) {
    return word.codePointCount(0, word.length()) <= MAX_WORD
        ? word
        : word.substring(0, word.offsetByCodePoints(0, MAX_WORD));
  }

  private static String lettersOf(String word) {
    StringBuilder letters = new StringBuilder();
    word.codePoints().filter(Folding::isOfWord).forEach(letters::appendCodePoint);
    return letters.toString();
  }

  private static void addParts(String word, Set<String> words) {
    String letters = lettersOf(word);
    if (letters.isEmpty()) {
      words.add(beginning(word));
      return;
    }
    words.add(beginning(letters));
    int begun = 0;
    boolean between = true;
    for (int i = 0; i < word.length(); ) {
      int c = word.codePointAt(i);
      if (!isOfWord(c)) {
        between = true;
      } else {
        if (begun > 0 && (between || isWrittenWithoutSpaces(c))) {
          words.add(beginning(letters.substring(begun)));
        }
        between = false;
        begun += Character.charCount(c);
      }
      i += Character.charCount(c);
    }
  }

  private static boolean isOfWord(int c) {
    int type = UCharacter.getType(c);
    return UCharacter.isLetterOrDigit(c)
        || type == UCharacterCategory.NON_SPACING_MARK
        || type == UCharacterCategory.COMBINING_SPACING_MARK
        || type == UCharacterCategory.LETTER_NUMBER;
  }

  /** Where a line may break within what other scripts would call a word (UAX 14). */
  private static boolean isWrittenWithoutSpaces(int c) {
    return switch (UCharacter.getIntPropertyValue(c, UProperty.LINE_BREAK)) {
      case UCharacter.LineBreak.IDEOGRAPHIC,
          UCharacter.LineBreak.CONDITIONAL_JAPANESE_STARTER,
          UCharacter.LineBreak.NONSTARTER,
          UCharacter.LineBreak.COMPLEX_CONTEXT ->
          true;
      default -> false;
    };
  }
}

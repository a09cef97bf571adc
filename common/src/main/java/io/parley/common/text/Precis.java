package io.parley.common.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.ULocale;
import java.util.Optional;

/**
 * Strings that people are known by and prove who they are with, as RFC 8264 (PRECIS), 8265 and 8266
 * have them: what is typed on one system is the same when it is typed on another. Properties of
 * characters are ICU's. Beyond the RFCs, emoji that Unicode recommends for interchange pass as a
 * whole although they are joined by characters that are refused elsewhere.
 */
public final class Precis {

  /** UTS 39, 5.4: no language puts more of them on one letter. */
  private static final int MAX_MARKS = 4;

  /** RFC 8266, 2.3: what is not stable by then is refused. */
  private static final int MAX_ROUNDS = 4;

  /** A canonical combining class. */
  private static final int VIRAMA = 9;

  private static final char ZERO_WIDTH_NON_JOINER = '\u200c';

  private static final Normalizer2 NFC = Normalizer2.getNFCInstance();
  private static final Normalizer2 NFD = Normalizer2.getNFDInstance();
  private static final Normalizer2 NFKC = Normalizer2.getNFKCInstance();

  private Precis() {}

  /** UsernameCaseMapped (RFC 8265, 3.3). Empty when it is no username. */
  public static Optional<String> username(String text) {
    String mapped = NFC.normalize(UCharacter.toLowerCase(ULocale.ROOT, narrow(text)));
    return mapped.isEmpty()
            || !mapped.codePoints().allMatch(Precis::isOfIdentifiers)
            || !hasJoinersInPlace(mapped, 0, mapped.length())
            || hasTooManyMarks(mapped)
        ? Optional.empty()
        : Optional.of(mapped);
  }

  /** OpaqueString (RFC 8265, 4.2), for passwords. Empty when it has what nobody can type again. */
  public static Optional<String> password(String text) {
    String mapped = opaque(text);
    return mapped.isEmpty() || !isFreeform(mapped) ? Optional.empty() : Optional.of(mapped);
  }

  /** The mapping of OpaqueString alone, for what is compared with something that was taken once. */
  public static String opaque(String text) {
    return NFC.normalize(asciiSpaces(text));
  }

  /**
   * Nickname (RFC 8266), with its case, for what is shown: names of people, groups, bots, devices.
   * Empty when it is no such name: when it shows nothing, turns the direction of what is around it,
   * or piles marks up.
   */
  public static Optional<String> nickname(String text) {
    if (!isFreeform(text)) {
      return Optional.empty();
    }
    String name = text;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      String next = NFKC.normalize(singleSpaces(asciiSpaces(name)));
      if (next.equals(name)) {
        return isFreeform(name) && isVisible(name) && !hasTooManyMarks(name)
            ? Optional.of(name)
            : Optional.empty();
      }
      name = next;
    }
    return Optional.empty();
  }

  /** Full width and half width forms only: RFC 8264, 5.2.1. */
  private static String narrow(String text) {
    StringBuilder narrow = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              int width = UCharacter.getIntPropertyValue(c, UProperty.DECOMPOSITION_TYPE);
              if (width == UCharacter.DecompositionType.WIDE
                  || width == UCharacter.DecompositionType.NARROW) {
                narrow.append(NFKC.normalize(Character.toString(c)));
              } else {
                narrow.appendCodePoint(c);
              }
            });
    return narrow.toString();
  }

  private static String asciiSpaces(String text) {
    StringBuilder spaced = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                spaced.appendCodePoint(
                    UCharacter.getType(c) == UCharacterCategory.SPACE_SEPARATOR ? ' ' : c));
    return spaced.toString();
  }

  private static String singleSpaces(String text) {
    return text.strip().replaceAll(" {2,}", " ");
  }

  /** FreeformClass, RFC 8264, 4.3. */
  private static boolean isFreeform(String text) {
    BreakIterator clusters = BreakIterator.getCharacterInstance(ULocale.ROOT);
    clusters.setText(text);
    int from = clusters.first();
    for (int to = clusters.next(); to != BreakIterator.DONE; from = to, to = clusters.next()) {
      String cluster = text.substring(from, to);
      if (!isEmoji(cluster)
          && !(cluster.codePoints().allMatch(Precis::isOfFreeform)
              && hasJoinersInPlace(text, from, to))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEmoji(String cluster) {
    return UCharacter.hasBinaryProperty(cluster, UProperty.RGI_EMOJI);
  }

  private static boolean isOfFreeform(int c) {
    return isAllowed(c, hasCompat(c) || isLetterDigit(c) || isFreeOnly(c));
  }

  /** IdentifierClass, RFC 8264, 4.2. */
  private static boolean isOfIdentifiers(int c) {
    return isAllowed(c, !hasCompat(c) && isLetterDigit(c));
  }

  /**
   * @param ofClass whether the categories of the class have it
   */
  private static boolean isAllowed(int c, boolean ofClass) {
    return switch (listed(c)) {
      case PVALID, CONTEXT -> true;
      case DISALLOWED -> false;
      case NONE -> isAssigned(c) && (isAscii7(c) || isJoiner(c) || !isIgnorable(c) && ofClass);
    };
  }

  private enum Listed {
    NONE,
    PVALID,
    CONTEXT,
    DISALLOWED
  }

  /** RFC 5892, 2.6, which RFC 8264 refers to. */
  private static Listed listed(int c) {
    return switch (c) {
      case 0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007 -> Listed.PVALID;
      case 0x00B7, 0x0375, 0x05F3, 0x05F4, 0x30FB -> Listed.CONTEXT;
      case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B ->
          Listed.DISALLOWED;
      default -> Listed.NONE;
    };
  }

  private static boolean isAssigned(int c) {
    return UCharacter.getType(c) != UCharacterCategory.UNASSIGNED;
  }

  private static boolean isAscii7(int c) {
    return c >= 0x21 && c <= 0x7E;
  }

  private static boolean isJoiner(int c) {
    return UCharacter.hasBinaryProperty(c, UProperty.JOIN_CONTROL);
  }

  private static boolean isIgnorable(int c) {
    return UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
        || UCharacter.hasBinaryProperty(c, UProperty.NONCHARACTER_CODE_POINT)
        || isOldHangulJamo(c);
  }

  private static boolean isOldHangulJamo(int c) {
    return switch (UCharacter.getIntPropertyValue(c, UProperty.HANGUL_SYLLABLE_TYPE)) {
      case UCharacter.HangulSyllableType.LEADING_JAMO,
          UCharacter.HangulSyllableType.VOWEL_JAMO,
          UCharacter.HangulSyllableType.TRAILING_JAMO ->
          true;
      default -> false;
    };
  }

  private static boolean hasCompat(int c) {
    return !NFKC.isNormalized(Character.toString(c));
  }

  private static boolean isLetterDigit(int c) {
    return switch (UCharacter.getType(c)) {
      case UCharacterCategory.LOWERCASE_LETTER,
          UCharacterCategory.UPPERCASE_LETTER,
          UCharacterCategory.OTHER_LETTER,
          UCharacterCategory.MODIFIER_LETTER,
          UCharacterCategory.DECIMAL_DIGIT_NUMBER,
          UCharacterCategory.NON_SPACING_MARK,
          UCharacterCategory.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  /** OtherLetterDigits, Spaces, Symbols and Punctuation. */
  private static boolean isFreeOnly(int c) {
    return switch (UCharacter.getType(c)) {
      case UCharacterCategory.TITLECASE_LETTER,
          UCharacterCategory.LETTER_NUMBER,
          UCharacterCategory.OTHER_NUMBER,
          UCharacterCategory.ENCLOSING_MARK,
          UCharacterCategory.SPACE_SEPARATOR,
          UCharacterCategory.MATH_SYMBOL,
          UCharacterCategory.CURRENCY_SYMBOL,
          UCharacterCategory.MODIFIER_SYMBOL,
          UCharacterCategory.OTHER_SYMBOL,
          UCharacterCategory.CONNECTOR_PUNCTUATION,
          UCharacterCategory.DASH_PUNCTUATION,
          UCharacterCategory.START_PUNCTUATION,
          UCharacterCategory.END_PUNCTUATION,
          UCharacterCategory.INITIAL_PUNCTUATION,
          UCharacterCategory.FINAL_PUNCTUATION,
          UCharacterCategory.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /**
   * RFC 5892, A.1 and A.2, as far as the letters beside it say it: joiners are part of the spelling
   * behind a virama, and of a non-joiner between letters that join.
   */
  private static boolean hasJoinersInPlace(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char unit = text.charAt(i);
      if (isJoiner(unit) && !(i > 0 && mayJoin(text.codePointBefore(i), unit))) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayJoin(int before, char joiner) {
    if (UCharacter.getCombiningClass(before) == VIRAMA) {
      return true;
    }
    int joining = UCharacter.getIntPropertyValue(before, UProperty.JOINING_TYPE);
    return joiner == ZERO_WIDTH_NON_JOINER
        && (joining == UCharacter.JoiningType.DUAL_JOINING
            || joining == UCharacter.JoiningType.LEFT_JOINING);
  }

  /** Whether there is anything but spaces, marks and the braille pattern that is blank. */
  private static boolean isVisible(String name) {
    return name.codePoints().anyMatch(c -> c != ' ' && c != '\u2800' && !isMark(c));
  }

  private static boolean isMark(int c) {
    int type = UCharacter.getType(c);
    return type == UCharacterCategory.NON_SPACING_MARK || type == UCharacterCategory.ENCLOSING_MARK;
  }

  private static boolean hasTooManyMarks(String text) {
    int marks = 0;
    for (int c : NFD.normalize(text).codePoints().toArray()) {
      marks = isMark(c) ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        return true;
      }
    }
    return false;
  }
}

package io.parley.message.reaction;

import com.ibm.icu.lang.CharacterProperties;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.text.BreakIterator;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * One emoji, as Unicode 17 has them: those recommended for interchange (UTS #51, RGI_Emoji), skin
 * tones, flags, keycaps and ZWJ sequences included, and other ZWJ sequences of such that are one
 * grapheme cluster. U+FE0F, which asks for an emoji where a character can be text as well, makes no
 * difference: both forms are the one with it that Unicode calls fully qualified.
 */
final class Emoji {

  private static final String EMOJI_STYLE = "\uFE0F";
  private static final String ZERO_WIDTH_JOINER = "\u200D";

  /** A family of four with skin tones has 15; tags make a flag of 14. */
  private static final int MAX_UNITS = 40;

  /** Without U+FE0F → fully qualified. */
  private static final Map<String, String> RECOMMENDED = recommended();

  private Emoji() {}

  private static Map<String, String> recommended() {
    Map<String, String> all = new HashMap<>();
    for (String emoji : CharacterProperties.getBinaryPropertySet(UProperty.RGI_EMOJI)) {
      all.put(plain(emoji), emoji);
    }
    return Map.copyOf(all);
  }

  private static String plain(String text) {
    return text.replace(EMOJI_STYLE, "");
  }

  /**
   * @return fully qualified: the same for all forms of an emoji
   * @throws ProblemException 400 {@code invalid-request} when it is anything but one emoji
   */
  static String of(@Nullable String text) {
    String emoji = text == null || text.length() > MAX_UNITS ? null : qualified(plain(text));
    if (emoji == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "emoji: must be one emoji");
    }
    return emoji;
  }

  private static @Nullable String qualified(String plain) {
    String recommended = RECOMMENDED.get(plain);
    if (recommended != null || !isOneCluster(plain)) {
      return recommended;
    }
    StringJoiner sequence = new StringJoiner(ZERO_WIDTH_JOINER);
    for (String element : plain.split(ZERO_WIDTH_JOINER, -1)) {
      String qualified = RECOMMENDED.get(element);
      if (qualified == null) {
        return null;
      }
      sequence.add(qualified);
    }
    return sequence.toString();
  }

  private static boolean isOneCluster(String text) {
    BreakIterator clusters = BreakIterator.getCharacterInstance(Locale.ROOT);
    clusters.setText(text);
    return clusters.next() == text.length();
  }
}

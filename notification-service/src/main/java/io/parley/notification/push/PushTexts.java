package io.parley.notification.push;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.BreakIterator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The words of notifications, in the language of a device.
 *
 * <p>Names are what anybody may have typed. Beside other words each stands in an isolate of its own
 * (UAX #9, FSI and PDI), so that a name from right to left does not turn round what is beside it,
 * and what could end an isolate is taken out of names.
 *
 * <p>Push services take 4,096 bytes in all, so lengths are counted in bytes of UTF-8.
 */
@Component
public class PushTexts {

  static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "zh", "ar");

  static final int MAX_TITLE_BYTES = 480;
  static final int MAX_BODY_BYTES = 1_600;

  private static final String FALLBACK = "en";
  private static final int MAX_NAME_BYTES = 200;
  private static final String ELLIPSIS = "…";
  private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");
  private static final String FIRST_STRONG_ISOLATE = "\u2068";
  private static final String POP_DIRECTIONAL_ISOLATE = "\u2069";

  private final Map<String, Map<PushText, String>> texts = new HashMap<>();

  /** Reads all texts, so that one that is missing or broken ends the start. */
  public PushTexts() {
    for (String language : LANGUAGES) {
      texts.put(language, texts(language));
    }
  }

  /**
   * @param words null, or without a text, when the user wants no preview: then no name is shown
   *     either
   * @param locale a BCP 47 tag; English when it is null or its language unknown
   */
  public Shown of(@Nullable Words words, boolean mention, @Nullable String locale) {
    String language = language(locale);
    if (words == null || words.text() == null) {
      return new Shown(
          text(language, mention ? PushText.HIDDEN_MENTION : PushText.HIDDEN), null, language);
    }
    Map<String, String> names = new HashMap<>();
    names.put("sender", name(words.senderName()));
    PushText title = mention ? PushText.MENTION_DIRECT : PushText.TITLE_DIRECT;
    String conversation = words.conversationName();
    if (conversation != null && !conversation.isBlank()) {
      names.put("conversation", name(conversation));
      title = mention ? PushText.MENTION_GROUP : PushText.TITLE_GROUP;
    }
    String body = cut(words.text(), MAX_BODY_BYTES);
    return new Shown(
        cut(fill(text(language, title), names), MAX_TITLE_BYTES),
        body.isBlank() ? text(language, PushText.HIDDEN) : body,
        language);
  }

  private String language(@Nullable String locale) {
    String asked = locale == null ? FALLBACK : Locale.forLanguageTag(locale).getLanguage();
    return texts.containsKey(asked) ? asked : FALLBACK;
  }

  private String text(String language, PushText text) {
    String found = texts.getOrDefault(language, Map.of()).get(text);
    if (found == null) {
      throw new IllegalStateException("no text " + text + " in " + language);
    }
    return found;
  }

  /** On one line, and without what turns the direction of what is beside it. */
  private static String name(String given) {
    StringBuilder line = new StringBuilder();
    given
        .codePoints()
        .filter(c -> !isDirectional(c) && Character.getType(c) != Character.SURROGATE)
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
        .forEach(line::appendCodePoint);
    String stripped = line.toString().strip();
    return stripped.isEmpty() ? ELLIPSIS : cut(stripped, MAX_NAME_BYTES);
  }

  /** Embeddings, overrides and isolates. */
  private static boolean isDirectional(int codePoint) {
    return (codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }

  /** In one pass: a name that looks like a gap stays what it is. */
  private static String fill(String text, Map<String, String> names) {
    boolean alone = GAP.matcher(text).matches();
    return GAP.matcher(text)
        .replaceAll(
            gap -> {
              String name = names.get(gap.group(1));
              return Matcher.quoteReplacement(
                  alone
                      ? String.valueOf(name)
                      : FIRST_STRONG_ISOLATE + name + POP_DIRECTIONAL_ISOLATE);
            });
  }

  /** Never within what a reader takes for one character, such as a letter with its accents. */
  public static String cut(String text, int maxBytes) {
    if (bytes(text) <= maxBytes) {
      return text;
    }
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(text);
    int left = maxBytes - bytes(ELLIPSIS);
    int end = 0;
    for (int next = characters.next(); next != BreakIterator.DONE; next = characters.next()) {
      left -= bytes(text.substring(end, next));
      if (left < 0) {
        break;
      }
      end = next;
    }
    return text.substring(0, end).stripTrailing() + ELLIPSIS;
  }

  /** As JSON has it, with its escapes. */
  static int bytes(String text) {
    int escapes = text.chars().map(c -> c == '"' || c == '\\' ? 1 : c < ' ' ? 5 : 0).sum();
    return text.getBytes(StandardCharsets.UTF_8).length + escapes;
  }

  private static Map<PushText, String> texts(String language) {
    String file = "push/" + language + ".properties";
    Properties properties = read(file);
    Map<PushText, String> found = new EnumMap<>(PushText.class);
    for (PushText text : PushText.values()) {
      String value = properties.getProperty(text.key());
      if (value == null || value.isBlank() || !gaps(value).equals(text.gaps())) {
        throw new IllegalStateException(
            file + ": " + text.key() + " is missing, or has not the gaps " + text.gaps());
      }
      found.put(text, value);
    }
    if (properties.size() != found.size()) {
      throw new IllegalStateException(file + " has texts that nothing uses");
    }
    return found;
  }

  private static Set<String> gaps(String text) {
    Set<String> gaps = new HashSet<>();
    GAP.matcher(text).results().forEach(gap -> gaps.add(gap.group(1)));
    return gaps;
  }

  private static Properties read(String file) {
    try (InputStream in = PushTexts.class.getResourceAsStream("/" + file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing");
      }
      Properties properties = new Properties();
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

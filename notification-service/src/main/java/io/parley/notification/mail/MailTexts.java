package io.parley.notification.mail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The words of mails, and what all of a language share ({@link MailWords}). A text's first line is
 * its subject, which has no gaps but the service's name; then come paragraphs. One that is {@code
 * {facts}} stands for what is known of the event, {@code {conversations}} for what is unread,
 * {@code [label]({link})} for a button, and {@code [label]({unsubscribe})} for a link to no more of
 * them.
 *
 * <p>Names of people, conversations and devices are what anybody may have typed, and a mail goes
 * out under this service's name: they are made harmless ({@link #harmless}) so that nobody can send
 * advertisements or links through it.
 */
@Component
class MailTexts {

  static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "zh", "ar");

  private static final String FALLBACK = "en";
  private static final int MAX_NAME_CHARS = 80;
  private static final int MAX_LIST_CHARS = 300;
  private static final int MAX_LINK_CHARS = 2_000;
  private static final String FACTS = "{facts}";
  private static final String CONVERSATIONS = "{conversations}";
  private static final Pattern UNSUBSCRIBE = Pattern.compile("\\[([^\\]]+)]\\(\\{unsubscribe}\\)");
  private static final Pattern BUTTON = Pattern.compile("\\[([^\\]]+)]\\(\\{link}\\)");

  /** Among the values: a page for people, and what mail programs post to (RFC 8058). */
  static final String UNSUBSCRIBE_PAGE = "unsubscribePage";

  static final String UNSUBSCRIBE_URL = "unsubscribeUrl";

  private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");

  /** What a mail program makes a link of by itself, in any script's full stop. */
  private static final Pattern DOT_WITHIN = Pattern.compile("[.\\u3002\\uff0e\\uff61](?=\\S)");

  private final Map<String, Map<MailTemplate, Text>> texts = new HashMap<>();
  private final Map<String, MailWords> words = new HashMap<>();
  private final MailLayout layout;
  private final String service;

  /** Reads all texts, so that one that is missing or broken ends the start. */
  MailTexts(SmtpProperties properties) {
    this.service = properties.senderName();
    this.layout = new MailLayout(read("layout.html"));
    for (String language : LANGUAGES) {
      words.put(language, words(language));
      Map<MailTemplate, Text> ofLanguage = new EnumMap<>(MailTemplate.class);
      for (MailTemplate template : MailTemplate.values()) {
        ofLanguage.put(template, text(language, template));
      }
      texts.put(language, ofLanguage);
    }
  }

  /**
   * @param locale a BCP 47 tag; English when its language is unknown
   * @param values {@code displayName}; {@code link} for the button; those of the template's facts;
   *     {@code timeZone}, in which times are told besides UTC; {@code mutedUntil} in the last mail
   *     of its kind for a while
   * @throws UnreadableMailException when a value is missing or is not what its name says
   */
  Letter write(
      UUID id, String to, MailTemplate template, String locale, Map<String, String> values) {
    return write(id, to, template, locale, values, null);
  }

  /** As the other, of a mail that was written just now. */
  Letter write(UUID id, MailTemplate template, MailContent content) {
    return write(id, content.to(), template, content.locale(), content.values(), content.unread());
  }

  private Letter write(
      UUID id,
      String to,
      MailTemplate template,
      String locale,
      Map<String, String> values,
      MailContent.@Nullable Unread unread) {
    String asked = Locale.forLanguageTag(locale).getLanguage();
    String language = texts.containsKey(asked) ? asked : FALLBACK;
    Text text = texts.getOrDefault(language, Map.of()).get(template);
    MailWords common = words.get(language);
    if (text == null || common == null) {
      throw new IllegalStateException("no text " + template + " in " + language);
    }
    Map<String, String> safe = new HashMap<>();
    safe.put("service", service);
    safe.put("displayName", harmless(given(values, "displayName"), MAX_NAME_CHARS));
    List<MailBlock> blocks = new ArrayList<>();
    blocks.add(new MailBlock.Words(common.of("greeting")));
    for (String paragraph : text.paragraphs()) {
      Matcher button = BUTTON.matcher(paragraph);
      Matcher end = UNSUBSCRIBE.matcher(paragraph);
      if (paragraph.equals(FACTS)) {
        List<MailBlock.Fact> facts = facts(template, common, values);
        if (!facts.isEmpty()) {
          blocks.add(new MailBlock.Facts(facts));
        }
      } else if (paragraph.equals(CONVERSATIONS)) {
        blocks.addAll(unread(common, unread));
      } else if (end.matches()) {
        String page = link(given(values, UNSUBSCRIBE_PAGE));
        blocks.add(new MailBlock.SmallLink(end.group(1), page));
      } else if (!button.matches()) {
        blocks.add(new MailBlock.Words(paragraph));
      } else if (template.button() == MailTemplate.Button.NEEDED || values.get("link") != null) {
        blocks.add(new MailBlock.Button(button.group(1), link(given(values, "link"))));
      }
    }
    if (values.get("mutedUntil") != null) {
      safe.put("mutedUntil", MailLayout.oneLine(time(common, values, "mutedUntil")));
      blocks.add(new MailBlock.Words(common.of("last")));
    }
    String subject =
        MailLayout.fill(text.subject(), Map.of("service", service), UnaryOperator.identity());
    return new Letter(
        id,
        to,
        language,
        subject,
        layout.text(common, blocks, safe),
        layout.html(common, language, subject, blocks, safe),
        template.isDigest() ? template.templateName() : null,
        template.isDigest() ? link(given(values, UNSUBSCRIBE_URL)) : null);
  }

  private static List<MailBlock> unread(MailWords words, MailContent.@Nullable Unread unread) {
    if (unread == null) {
      throw new UnreadableMailException("a mail without what is unread");
    }
    List<MailBlock.Passage> passages = new ArrayList<>();
    for (MailContent.Conversation conversation : unread.named()) {
      List<String> lines = new ArrayList<>();
      lines.add(words.count("unread", conversation.messages()));
      if (!conversation.senders().isEmpty()) {
        lines.add(
            words.names(
                conversation.senders().stream()
                    .map(sender -> harmless(sender, MAX_NAME_CHARS))
                    .toList()));
      }
      passages.add(
          new MailBlock.Passage(harmless(conversation.name(), MAX_NAME_CHARS), List.copyOf(lines)));
    }
    if (unread.others() > 0) {
      passages.add(
          new MailBlock.Passage(
              words.count(passages.isEmpty() ? "conversations" : "others", unread.others()),
              List.of(words.count("unread", unread.messagesOfOthers()))));
    }
    List<MailBlock> blocks = new ArrayList<>();
    blocks.add(new MailBlock.Passages(passages));
    if (unread.countedTo() > 0) {
      blocks.add(new MailBlock.Words(words.count("capped", unread.countedTo())));
    }
    return blocks;
  }

  private static List<MailBlock.Fact> facts(
      MailTemplate template, MailWords words, Map<String, String> values) {
    List<MailBlock.Fact> facts = new ArrayList<>();
    for (MailFact fact : template.facts()) {
      String given = values.get(fact.value());
      if (given != null) {
        String shown =
            switch (fact) {
              case WHEN, UNTIL -> time(words, values, fact.value());
              case ADDRESS ->
                  given.matches("[0-9A-Fa-f:.]{2,45}") ? given : harmless(given, MAX_NAME_CHARS);
              case SCOPES -> harmless(given, MAX_LIST_CHARS);
              case DEVICE, NAME, BOT, CODES_LEFT -> harmless(given, MAX_NAME_CHARS);
            };
        facts.add(new MailBlock.Fact(words.of(fact.value()), shown));
      }
    }
    return facts;
  }

  private static String time(MailWords words, Map<String, String> values, String name) {
    try {
      return words.time(Instant.parse(given(values, name)), values.get("timeZone"));
    } catch (DateTimeException e) {
      throw new UnreadableMailException("a mail whose " + name + " is no time");
    }
  }

  private static String given(Map<String, String> values, String name) {
    String given = values.get(name);
    if (given == null) {
      throw new UnreadableMailException("a mail without " + name);
    }
    return given;
  }

  private static String link(String given) {
    try {
      URI uri = new URI(given);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (given.length() <= MAX_LINK_CHARS && web && uri.getHost() != null) {
        return uri.toASCIIString();
      }
    } catch (URISyntaxException e) {
      // Below: its message would quote the link, which is a secret.
    }
    throw new UnreadableMailException("a mail whose link is none");
  }

  /**
   * One line of bounded length, without control, formatting or line characters, in which mail
   * programs see no link: {@code example.org} becomes {@code example. org}.
   */
  static String harmless(String given, int maxChars) {
    StringBuilder line = new StringBuilder();
    given
        .codePoints()
        .map(c -> isFormat(c) ? ' ' : c)
        .filter(c -> Character.getType(c) != Character.SURROGATE)
        .forEach(line::appendCodePoint);
    String dotted = DOT_WITHIN.matcher(line).replaceAll("$0 ").replace("://", ": //");
    String stripped = dotted.replaceAll("\\s+", " ").strip();
    if (stripped.isEmpty()) {
      return "…";
    }
    if (stripped.length() <= maxChars) {
      return stripped;
    }
    int end = maxChars - 1;
    boolean splits = Character.isHighSurrogate(stripped.charAt(end - 1));
    return stripped.substring(0, splits ? end - 1 : end) + "…";
  }

  /** Zero-width joiners stay: emoji and several scripts need them. */
  private static boolean isFormat(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.CONTROL
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || (type == Character.FORMAT && codePoint != 0x200C && codePoint != 0x200D);
  }

  private static MailWords words(String language) {
    MailWords words = new MailWords(language, read(language + "/words.properties"));
    List.of("greeting", "link", "last", "footer").forEach(words::of);
    // A pattern that is none ends the start, too.
    List.of("unread", "conversations", "others", "capped").forEach(key -> words.count(key, 1));
    for (MailFact fact : MailFact.values()) {
      words.of(fact.value());
    }
    return words;
  }

  private static Text text(String language, MailTemplate template) {
    String file = language + "/" + template.templateName() + ".txt";
    String[] parts = read(file).strip().split("\n\n", 2);
    if (parts.length != 2 || parts[0].contains("\n")) {
      throw new IllegalStateException("mail/" + file + " has no subject or no text");
    }
    List<String> paragraphs = List.of(parts[1].split("\n\n"));
    require(file, paragraphs, FACTS::equals, !template.facts().isEmpty(), FACTS);
    require(file, paragraphs, CONVERSATIONS::equals, template.isDigest(), CONVERSATIONS);
    require(
        file,
        paragraphs,
        paragraph -> UNSUBSCRIBE.matcher(paragraph).matches(),
        template.isDigest(),
        "[label]({unsubscribe})");
    require(
        file,
        paragraphs,
        paragraph -> BUTTON.matcher(paragraph).matches(),
        template.button() != MailTemplate.Button.NONE,
        "[label]({link})");
    String plain = parts[0] + parts[1].replace(FACTS, "").replace(CONVERSATIONS, "");
    Matcher gaps =
        GAP.matcher(UNSUBSCRIBE.matcher(BUTTON.matcher(plain).replaceAll("")).replaceAll(""));
    while (gaps.find()) {
      if (!gaps.group(1).equals("service")) {
        throw new IllegalStateException("mail/" + file + " has an unknown gap " + gaps.group());
      }
    }
    return new Text(parts[0], paragraphs);
  }

  private static void require(
      String file, List<String> paragraphs, Predicate<String> what, boolean wanted, String name) {
    if (paragraphs.stream().filter(what).count() != (wanted ? 1 : 0)) {
      throw new IllegalStateException(
          "mail/" + file + (wanted ? " needs one paragraph " : " must not have ") + name);
    }
  }

  private static String read(String file) {
    try (InputStream in = MailTexts.class.getResourceAsStream("/mail/" + file)) {
      if (in == null) {
        throw new IllegalStateException("mail/" + file + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Text(String subject, List<String> paragraphs) {}
}

package io.parley.notification.mail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * The words of mails. A text's first line is its subject, which has no gaps; then come paragraphs
 * with gaps such as {@code {link}}. The HTML form is made of the same paragraphs.
 *
 * <p>Names of people and devices are what anybody may have typed, and a mail goes out under this
 * service's name: they are made harmless ({@link #harmless}) so that nobody can send advertisements
 * or links through it.
 */
@Component
class MailTexts {

  static final List<String> LANGUAGES = List.of("en", "de");

  private static final String FALLBACK = "en";
  private static final int MAX_NAME_CHARS = 80;
  private static final int MAX_LINK_CHARS = 2_000;
  private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");

  /** What a mail program makes a link of by itself, in any script's full stop. */
  private static final Pattern DOT_WITHIN = Pattern.compile("[.\\u3002\\uff0e\\uff61](?=\\S)");

  private final Map<String, Map<MailTemplate, Text>> texts = new HashMap<>();
  private final String layout;
  private final String service;

  /** Reads all texts, so that one that is missing or broken ends the start. */
  MailTexts(SmtpProperties properties) {
    this.service = properties.senderName();
    this.layout = read("layout.html");
    for (String language : LANGUAGES) {
      Map<MailTemplate, Text> ofLanguage = new EnumMap<>(MailTemplate.class);
      for (MailTemplate template : MailTemplate.values()) {
        ofLanguage.put(template, text(language, template));
      }
      texts.put(language, ofLanguage);
    }
  }

  /**
   * @param locale a BCP 47 tag; English when its language is unknown
   * @throws UnreadableMailException when a value is missing or is not what its name says
   */
  Letter write(
      UUID id, String to, MailTemplate template, String locale, Map<String, String> values) {
    String asked = Locale.forLanguageTag(locale).getLanguage();
    String language = texts.containsKey(asked) ? asked : FALLBACK;
    Text text = texts.getOrDefault(language, Map.of()).get(template);
    if (text == null) {
      throw new IllegalStateException("no text " + template + " in " + language);
    }
    Map<String, String> safe = new HashMap<>();
    safe.put("service", service);
    for (String gap : template.gaps()) {
      safe.put(gap, value(gap, values.get(gap)));
    }
    String subject = fill(text.subject(), Map.of("service", service), UnaryOperator.identity());
    String body = fill(text.body(), safe, UnaryOperator.identity()) + "\n";
    return new Letter(id, to, language, subject, body, html(language, subject, text.body(), safe));
  }

  private String html(String language, String subject, String body, Map<String, String> values) {
    StringBuilder content = new StringBuilder();
    for (String paragraph : body.split("\n\n")) {
      content.append("<p>");
      if (paragraph.equals("{link}")) {
        String link = HtmlUtils.htmlEscape(String.valueOf(values.get("link")), "UTF-8");
        content.append("<a href=\"").append(link).append("\">").append(link).append("</a>");
      } else {
        String escaped = HtmlUtils.htmlEscape(paragraph, "UTF-8");
        content.append(
            fill(
                    escaped,
                    values,
                    value -> "<bdi>" + HtmlUtils.htmlEscape(value, "UTF-8") + "</bdi>")
                .replace("\n", "<br>"));
      }
      content.append("</p>\n");
    }
    return fill(
        layout,
        Map.of(
            "language",
            language,
            "subject",
            HtmlUtils.htmlEscape(subject, "UTF-8"),
            "content",
            content.toString()),
        UnaryOperator.identity());
  }

  private static String value(String name, @Nullable String given) {
    if (given == null) {
      throw new UnreadableMailException("a mail without " + name);
    }
    return switch (name) {
      case "link" -> link(given);
      case "address" -> given.matches("[0-9A-Fa-f:.]{2,45}") ? given : harmless(given);
      default -> harmless(given);
    };
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
  static String harmless(String given) {
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
    if (stripped.length() <= MAX_NAME_CHARS) {
      return stripped;
    }
    int end = MAX_NAME_CHARS - 1;
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

  /** In one pass: a value that looks like a gap stays what it is. */
  private static String fill(String text, Map<String, String> values, UnaryOperator<String> form) {
    return GAP.matcher(text)
        .replaceAll(
            gap -> {
              String value = values.get(gap.group(1));
              return Matcher.quoteReplacement(value == null ? gap.group() : form.apply(value));
            });
  }

  private static Text text(String language, MailTemplate template) {
    String file = language + "/" + template.templateName() + ".txt";
    String[] parts = read(file).strip().split("\n\n", 2);
    if (parts.length != 2 || parts[0].contains("\n")) {
      throw new IllegalStateException("mail/" + file + " has no subject or no text");
    }
    Matcher gaps = GAP.matcher(parts[0] + parts[1]);
    while (gaps.find()) {
      if (!template.gaps().contains(gaps.group(1)) && !gaps.group(1).equals("service")) {
        throw new IllegalStateException("mail/" + file + " has an unknown gap " + gaps.group());
      }
    }
    for (String gap : template.gaps()) {
      if (!parts[1].contains("{" + gap + "}")) {
        throw new IllegalStateException("mail/" + file + " lacks {" + gap + "}");
      }
    }
    return new Text(parts[0], parts[1]);
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

  private record Text(String subject, String body) {}
}

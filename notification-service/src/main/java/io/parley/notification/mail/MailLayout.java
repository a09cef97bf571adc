package io.parley.notification.mail;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.HtmlUtils;

/**
 * The one look of all mails, {@code mail/layout.html}, and the same as plain text: light and dark,
 * from left to right and from right to left, without anything that would have to be loaded.
 */
final class MailLayout {

  private static final Pattern GAP = Pattern.compile("\\{(\\w+)}");

  private static final String SOFT = "<span class=\"soft\" style=\"font-size:14px;color:#5b6577\">";

  private static final String BOX =
      "<table role=\"presentation\" class=\"facts\" width=\"100%\" cellpadding=\"0\""
          + " cellspacing=\"0\" border=\"0\" style=\"margin:0 0 16px;background:#f1f4fa;"
          + "border-radius:10px\"><tr><td style=\"padding:12px 16px 4px\">\n";

  private final String html;

  MailLayout(String html) {
    this.html = html;
  }

  /**
   * @param values for the gaps in words; harmless already
   */
  String text(MailWords words, List<MailBlock> blocks, Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    for (MailBlock block : blocks) {
      switch (block) {
        case MailBlock.Words paragraph ->
            text.append(fill(paragraph.text(), values, UnaryOperator.identity())).append('\n');
        case MailBlock.Facts list ->
            list.facts()
                .forEach(
                    fact ->
                        text.append(fact.label())
                            .append(": ")
                            .append(oneLine(fact.value()))
                            .append('\n'));
        case MailBlock.Button button ->
            text.append(button.label()).append(":\n").append(button.link()).append('\n');
        case MailBlock.Passages list ->
            text.append(
                list.passages().stream().map(MailLayout::text).collect(Collectors.joining("\n")));
        case MailBlock.SmallLink link ->
            text.append(link.label()).append(":\n").append(link.link()).append('\n');
      }
      text.append('\n');
    }
    return text.append("--\n")
        .append(fill(words.of("footer"), values, UnaryOperator.identity()))
        .append('\n')
        .toString();
  }

  private static String text(MailBlock.Passage passage) {
    StringBuilder text = new StringBuilder(passage.title()).append('\n');
    passage.lines().forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString();
  }

  /** As {@link #text}. */
  String html(
      MailWords words,
      String language,
      String subject,
      List<MailBlock> blocks,
      Map<String, String> values) {
    StringBuilder content = new StringBuilder();
    for (MailBlock block : blocks) {
      switch (block) {
        case MailBlock.Words paragraph ->
            content
                .append("<p style=\"margin:0 0 16px\">")
                .append(marked(paragraph.text(), values).replace("\n", "<br>"))
                .append("</p>\n");
        case MailBlock.Facts list -> append(content, list);
        case MailBlock.Button button -> append(content, button, words);
        case MailBlock.Passages list -> append(content, list);
        case MailBlock.SmallLink link ->
            content
                .append("<p style=\"margin:0 0 16px\">")
                .append(SOFT)
                .append("<a class=\"link\" href=\"")
                .append(escaped(link.link()))
                .append("\" style=\"color:#3b5bdb\">")
                .append(escaped(link.label()))
                .append("</a></span></p>\n");
      }
    }
    return fill(
        html,
        Map.of(
            "language", language,
            "direction", words.direction(),
            "service", escaped(values.getOrDefault("service", "")),
            "subject", escaped(subject),
            "content", content.toString(),
            "footer", marked(words.of("footer"), values)),
        UnaryOperator.identity());
  }

  private static void append(StringBuilder content, MailBlock.Passages list) {
    content.append(BOX);
    for (MailBlock.Passage passage : list.passages()) {
      content
          .append("<p class=\"ink\" style=\"margin:0 0 8px;color:#1b2230\"><b><bdi>")
          .append(escaped(passage.title()))
          .append("</bdi></b>");
      for (String line : passage.lines()) {
        content
            .append("<br>")
            .append(SOFT)
            .append("<bdi>")
            .append(escaped(line))
            .append("</bdi></span>");
      }
      content.append("</p>\n");
    }
    content.append("</td></tr></table>\n");
  }

  private static void append(StringBuilder content, MailBlock.Facts list) {
    content.append(BOX);
    for (MailBlock.Fact fact : list.facts()) {
      content
          .append("<p class=\"ink\" style=\"margin:0 0 8px;color:#1b2230\">")
          .append(SOFT)
          .append(escaped(fact.label()))
          .append("</span><br><bdi>")
          .append(escaped(fact.value()).replace("\n", "<br>"))
          .append("</bdi></p>\n");
    }
    content.append("</td></tr></table>\n");
  }

  private static void append(StringBuilder content, MailBlock.Button button, MailWords words) {
    String link = escaped(button.link());
    content
        .append("<p style=\"margin:0 0 16px\"><a class=\"button\" href=\"")
        .append(link)
        .append(
            "\" style=\"display:inline-block;background:#3b5bdb;color:#ffffff;font-weight:600;"
                + "text-decoration:none;padding:12px 22px;border-radius:10px\">")
        .append(escaped(button.label()))
        .append("</a></p>\n<p style=\"margin:0 0 16px\">")
        .append(SOFT)
        .append(escaped(words.of("link")))
        .append("<br><a class=\"link\" href=\"")
        .append(link)
        .append("\" style=\"color:#3b5bdb\"><bdi dir=\"ltr\">")
        .append(link)
        .append("</bdi></a></span></p>\n");
  }

  /** A value of two lines, in a sentence or a list. */
  static String oneLine(String value) {
    return value.replace("\n", ", ");
  }

  private static String marked(String text, Map<String, String> values) {
    return fill(escaped(text), values, value -> "<bdi>" + escaped(value) + "</bdi>");
  }

  private static String escaped(String text) {
    return HtmlUtils.htmlEscape(text, "UTF-8");
  }

  /** In one pass: a value that looks like a gap stays what it is. */
  static String fill(String text, Map<String, String> values, UnaryOperator<String> form) {
    return GAP.matcher(text)
        .replaceAll(
            gap -> {
              String value = values.get(gap.group(1));
              return Matcher.quoteReplacement(value == null ? gap.group() : form.apply(value));
            });
  }
}

package io.parley.notification.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.notification.mail.MailContent.Conversation;
import io.parley.notification.mail.MailContent.Unread;
import java.lang.Character.UnicodeScript;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailTextsTest {

  private static final String LINK = "https://chat.example/verify-email#abc?d=1&e='2'";

  private static final String END = "https://chat.example/unsubscribe#t";
  private static final String END_URL = "https://chat.example/api/v1/unsubscribe?token=t";

  private static final Unread UNREAD =
      new Unread(List.of(new Conversation("Hike", 3, List.of("Ben", "Cleo"))), 2, 40, 500);

  /** The end of what each fact of {@link #values} is shown as, in any language. */
  private static final Map<MailFact, String> SHOWN =
      Map.of(
          MailFact.WHEN, "(Europe/Berlin), 2026-11-28 10:00 UTC",
          MailFact.UNTIL, "(Europe/Berlin), 2027-01-01 00:00 UTC",
          MailFact.DEVICE, "Firefox on Linux",
          MailFact.ADDRESS, "2001:db8::1",
          MailFact.NAME, "backup",
          MailFact.BOT, "builder",
          MailFact.SCOPES, "messages:read messages:write",
          MailFact.CODES_LEFT, "9");

  private final MailTexts texts =
      new MailTexts(
          new SmtpProperties(
              "smtp.example",
              25,
              "",
              "",
              "\"Chat <&> Co\" <noreply@chat.example>",
              SmtpProperties.Tls.AUTO,
              Duration.ofSeconds(1),
              ""));

  @ParameterizedTest
  @EnumSource
  void everyTextShouldBeFilledInEveryLanguage(MailTemplate template) {
    for (String language : MailTexts.LANGUAGES) {
      Letter letter = write(template, language, "Ann", LINK);

      assertThat(letter.language()).isEqualTo(language);
      assertThat(letter.subject()).isNotBlank().hasLineCount(1);
      assertThat(letter.text()).contains("Ann", "Chat <&> Co").doesNotContain("{", "}", "[", "](");
      assertThat(letter.html())
          .contains("<bdi>Ann</bdi>", "Chat &lt;&amp;&gt; Co", "<html lang=\"" + language)
          .doesNotContain("Chat <&>", "](")
          .doesNotContainPattern("\\{\\w+}");
      if (template.button() != MailTemplate.Button.NONE) {
        assertThat(letter.text()).containsOnlyOnce(LINK);
        assertThat(letter.html())
            .contains("href=\"https://chat.example/verify-email#abc?d=1&amp;e=&#39;2&#39;\"");
      } else {
        assertThat(letter.text()).doesNotContain("https:");
        assertThat(letter.html()).doesNotContain("href=");
      }
      assertThat(letter.unsubscribe()).isEqualTo(template.isDigest() ? END_URL : null);
      assertThat(letter.text().contains("\n" + END + "\n")).isEqualTo(template.isDigest());
      assertThat(letter.html().contains("href=\"" + END + "\"")).isEqualTo(template.isDigest());
      for (MailFact fact : template.facts()) {
        String shown = String.valueOf(SHOWN.get(fact));
        assertThat(letter.text()).as("%s %s", language, fact).contains(shown + "\n");
        assertThat(letter.html())
            .as("%s %s", language, fact)
            .contains(shown.replace("), ", ")<br>") + "</bdi>");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTextShouldBeTranslated(MailTemplate template) {
    Set<String> subjects = new HashSet<>();
    Set<String> paragraphs = new HashSet<>();
    for (String language : MailTexts.LANGUAGES) {
      Letter letter = write(template, language, "Ann", LINK);
      assertThat(subjects.add(letter.subject())).as(language).isTrue();
      String values =
          Stream.concat(Stream.of(LINK, END), SHOWN.values().stream())
              .map(Pattern::quote)
              .collect(Collectors.joining("|"));
      for (String paragraph : letter.text().replaceAll(values, "").split("\n+")) {
        boolean says = paragraph.codePoints().filter(Character::isLetter).count() > 30;
        assertThat(!says || paragraphs.add(paragraph)).as("%s: %s", language, paragraph).isTrue();
      }
    }
  }

  /** Each in its own script: a text that was put into the wrong folder shows here. */
  @ParameterizedTest
  @EnumSource
  void everyTextShouldBeInTheScriptOfItsLanguage(MailTemplate template) {
    for (String language : MailTexts.LANGUAGES) {
      Letter letter = write(template, language, "Ann", LINK);
      assertThat(count(letter.text(), UnicodeScript.HAN) > 20)
          .as(language)
          .isEqualTo(language.equals("zh"));
      assertThat(count(letter.text(), UnicodeScript.ARABIC) > 20)
          .as(language)
          .isEqualTo(language.equals("ar"));
    }
  }

  private static long count(String text, UnicodeScript script) {
    return text.codePoints().filter(c -> UnicodeScript.of(c) == script).count();
  }

  @Test
  void allShouldHaveOneLookThatLoadsNothing() {
    for (String language : MailTexts.LANGUAGES) {
      Letter letter = write(MailTemplate.NEW_LOGIN, language, "Ann", LINK);

      assertThat(letter.html())
          .contains(
              "<html lang=\"%s\" dir=\"%s\">"
                  .formatted(language, language.equals("ar") ? "rtl" : "ltr"))
          .contains("<meta name=\"color-scheme\" content=\"light dark\">")
          .contains("@media (prefers-color-scheme: dark)")
          .doesNotContain("<img", "src=", "url(", "@import", "<link", "<script");
    }
  }

  @Test
  void aTimeShouldBeToldInWordsInUtcAndInTheReadersZone() {
    Map<String, String> values = values("Ann", LINK);
    values.put("when", "2026-11-28T23:10:30.123Z");
    values.remove("timeZone");

    assertThat(text(MailTemplate.NEW_LOGIN, "en", values))
        .contains("When: Saturday, November 28, 2026, 23:10 UTC\n");
    assertThat(text(MailTemplate.NEW_LOGIN, "de", values))
        .contains("Wann: Samstag, 28. November 2026, 23:10 UTC\n");
    assertThat(text(MailTemplate.NEW_LOGIN, "zh", values)).contains("2026年11月28日");
    assertThat(text(MailTemplate.NEW_LOGIN, "ar", values)).contains("نوفمبر");
    values.put("timeZone", "Asia/Tokyo");
    assertThat(text(MailTemplate.NEW_LOGIN, "en", values))
        .contains("When: Sunday, November 29, 2026, 08:10 (Asia/Tokyo), 2026-11-28 23:10 UTC\n");
    values.put("timeZone", "Middle/Earth");
    assertThat(text(MailTemplate.NEW_LOGIN, "en", values)).contains("23:10 UTC\n");
    values.put("when", "yesterday");
    assertThatThrownBy(() -> text(MailTemplate.NEW_LOGIN, "en", values))
        .isInstanceOf(UnreadableMailException.class)
        .hasMessage("a mail whose when is no time");
  }

  @Test
  void whatIsNotKnownShouldBeLeftOut() {
    Letter letter =
        texts.write(
            UUID.randomUUID(),
            "ann@example.org",
            MailTemplate.NEW_LOGIN,
            "en",
            Map.of("displayName", "Ann", "device", "Firefox on Linux"));

    assertThat(letter.text())
        .contains("\n\nDevice: Firefox on Linux\n\n")
        .doesNotContain("When:", "Address:", "Open my account");
    assertThat(letter.html()).doesNotContain("href=", "Address");
  }

  @Test
  void theLastMailForAWhileShouldSaySo() {
    Map<String, String> values = values("Ann", LINK);
    assertThat(text(MailTemplate.NEW_LOGIN, "en", values)).doesNotContain("last mail");

    values.put("mutedUntil", "2026-11-29T10:00:00Z");

    assertThat(text(MailTemplate.NEW_LOGIN, "en", values))
        .contains(
            "This is the last mail of this kind for now", "2026-11-29 10:00 UTC is not mailed.");
  }

  @ParameterizedTest
  @CsvSource({
    "en,en",
    "de,de",
    "de-AT,de",
    "DE-ch,de",
    "en-GB,en",
    "fr,fr",
    "fr-CA,fr",
    "es-419,es",
    "zh-Hant-TW,zh",
    "ar-EG,ar",
    "pt,en",
    "pt-BR,en",
    "'',en",
    "../../etc/passwd,en",
    "de_DE,en",
    "x-klingon,en",
    "'{link}',en"
  })
  void localesShouldFallBackToTheirLanguageAndThenToEnglish(String locale, String expected) {
    assertThat(write(MailTemplate.NEW_LOGIN, locale, "Ann", LINK).language()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Ann Miller|Ann Miller",
        "Win at example.com now|Win at example. com now",
        "https://evil.example/x|https: //evil. example/x",
        "evil。example|evil。 example",
        "mail me@evil.example|mail me@evil. example",
        "J.R.R. Tolkien|J. R. R. Tolkien",
        "Änn 𝕏 你好|Änn 𝕏 你好",
        "👩‍👩‍👧|👩‍👩‍👧",
        "{link}|{link}",
        "$1 \\2|$1 \\2"
      })
  void namesShouldCarryNoLinks(String name, String expected) {
    Letter letter = write(MailTemplate.VERIFY_EMAIL, "en", name, LINK);

    assertThat(letter.text()).startsWith("Hello " + expected + ",\n\n").containsOnlyOnce(LINK);
  }

  @Test
  void namesShouldBeOneLineWithoutControlCharacters() {
    String name = "A\r\nBcc: x@evil.example\u0000\u2028\u202E\u0085\tZ\uD800";

    assertThat(MailTexts.harmless(name, 80)).isEqualTo("A Bcc: x@evil. example Z");
    assertThat(MailTexts.harmless("\u200B\r\n", 80)).isEqualTo("…");
    assertThat(MailTexts.harmless("x".repeat(79) + "𝕏y", 80))
        .hasSizeLessThanOrEqualTo(80)
        .endsWith("…");
  }

  @Test
  void namesShouldBeEscapedInHtml() {
    Letter letter =
        write(MailTemplate.NEW_LOGIN, "en", "</bdi><script>alert('x')</script>&amp;\"", LINK);

    assertThat(letter.html())
        .contains(
            "&lt;/bdi&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;&quot;</bdi>")
        .doesNotContain("<script");
    assertThat(letter.text()).contains("</bdi><script>alert('x')</script>&amp;\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "javascript:alert(1)",
        "https:",
        "https://",
        "file:///etc/passwd",
        "//host/x",
        "https://a b/",
        "https://host/\r\nx",
        "data:text/html,x"
      })
  void whatIsNoLinkShouldBeRefused(String link) {
    assertThatThrownBy(() -> write(MailTemplate.VERIFY_EMAIL, "en", "Ann", link))
        .isInstanceOf(UnreadableMailException.class)
        .hasMessage("a mail whose link is none");
    assertThatThrownBy(
            () -> write(MailTemplate.VERIFY_EMAIL, "en", "Ann", "https://h/" + "x".repeat(2000)))
        .isInstanceOf(UnreadableMailException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|1|1 unread message|1 more conversation",
        "en|2|2 unread messages|2 more conversations",
        "en|1200|1,200 unread messages|1,200 more conversations",
        "de|1|1 ungelesene Nachricht|1 weitere Unterhaltung",
        "de|1200|1.200 ungelesene Nachrichten|1.200 weitere Unterhaltungen",
        "fr|1|1 message non lu|1 autre conversation",
        "fr|2|2 messages non lus|2 autres conversations",
        "es|1|1 mensaje sin leer|1 conversación más",
        "es|2|2 mensajes sin leer|2 conversaciones más",
        "zh|1|1 条未读消息|另外 1 个会话",
        "zh|200|200 条未读消息|另外 200 个会话",
        "ar|1|رسالة واحدة غير مقروءة|محادثة أخرى",
        "ar|2|رسالتان غير مقروءتين|محادثتان أخريان",
        "ar|3|رسائل غير مقروءة|محادثات أخرى",
        "ar|11|رسالة غير مقروءة|محادثة أخرى",
        "ar|100|رسالة غير مقروءة|محادثة أخرى"
      })
  void countsShouldBeInThePluralOfTheLanguage(
      String language, int count, String messages, String others) {
    Letter letter =
        digest(
            language,
            "Ann",
            LINK,
            new Unread(List.of(new Conversation("Hike", 5, List.of())), count, count, 0));

    List<String> lines = letter.text().lines().toList();
    int place =
        lines.indexOf(lines.stream().filter(l -> l.endsWith(others)).findFirst().orElse(""));
    assertThat(place).as(letter.text()).isPositive();
    assertThat(lines.get(place + 1)).endsWith(messages);
  }

  @Test
  void withoutNamesADigestShouldCountConversations() {
    Letter letter = digest("en", "Ann", LINK, new Unread(List.of(), 3, 12, 0));

    assertThat(letter.text())
        .contains("\n3 conversations\n  12 unread messages\n")
        .doesNotContain("more conversation");
  }

  @Test
  void namesInDigestsShouldBeHarmlessAndKeepToThemselves() {
    Unread unread =
        new Unread(
            List.of(
                new Conversation(
                    "Win at <b>evil.example</b>",
                    2,
                    List.of("نور", "Ben\u202E", "https://x.example"))),
            0,
            0,
            0);

    assertThat(digest("en", "Ann", LINK, unread).text())
        .contains(
            "\nWin at <b>evil. example</b>\n  2 unread messages\n"
                + "  \u2068نور\u2069, Ben, https: //x. example\n");
    assertThat(digest("ar", "Ann", LINK, unread).text()).contains("\u2068Ben\u2069");
    assertThat(digest("ar", "Ann", LINK, unread).html())
        .contains("dir=\"rtl\"", "<b><bdi>Win at &lt;b&gt;evil. example&lt;/b&gt;</bdi></b>");
  }

  @Test
  void aDigestWithoutWhatIsUnreadShouldBeRefused() {
    assertThatThrownBy(() -> text(MailTemplate.DIGEST, "en", values("Ann", LINK)))
        .isInstanceOf(UnreadableMailException.class);
  }

  @Test
  void aMissingValueShouldBeRefused() {
    assertThatThrownBy(
            () ->
                texts.write(
                    UUID.randomUUID(), "a@b.example", MailTemplate.NEW_LOGIN, "en", Map.of()))
        .isInstanceOf(UnreadableMailException.class)
        .hasMessageStartingWith("a mail without ");
  }

  private Letter write(MailTemplate template, String locale, String name, String link) {
    return template.isDigest()
        ? digest(locale, name, link, UNREAD)
        : texts.write(UUID.randomUUID(), "ann@example.org", template, locale, values(name, link));
  }

  private Letter digest(String locale, String name, String link, Unread unread) {
    Map<String, String> values = MailContent.values(name, link, END, END_URL);
    return texts.write(
        UUID.randomUUID(),
        MailTemplate.DIGEST,
        new MailContent("ann@example.org", locale, null, values, unread));
  }

  private String text(MailTemplate template, String locale, Map<String, String> values) {
    return texts.write(UUID.randomUUID(), "ann@example.org", template, locale, values).text();
  }

  private static Map<String, String> values(String name, String link) {
    Map<String, String> values = new HashMap<>();
    values.put("displayName", name);
    values.put("link", link);
    values.put("when", "2026-11-28T10:00:00Z");
    values.put("until", "2027-01-01T00:00:00Z");
    values.put("timeZone", "Europe/Berlin");
    values.put("device", "Firefox on Linux");
    values.put("address", "2001:db8::1");
    values.put("name", "backup");
    values.put("bot", "builder");
    values.put("scopes", "messages:read messages:write");
    values.put("codesLeft", "9");
    return values;
  }
}

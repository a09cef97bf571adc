package io.parley.notification.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailTextsTest {

  private static final String LINK = "https://chat.example/verify-email#abc?d=1&e='2'";

  private final MailTexts texts =
      new MailTexts(
          new SmtpProperties(
              "smtp.example",
              25,
              "",
              "",
              "\"Chat <&> Co\" <noreply@chat.example>",
              SmtpProperties.Tls.AUTO,
              Duration.ofSeconds(1)));

  @ParameterizedTest
  @EnumSource
  void everyTextShouldBeFilledInEveryLanguage(MailTemplate template) {
    for (String language : MailTexts.LANGUAGES) {
      Letter letter = write(template, language, "Ann", LINK);

      assertThat(letter.language()).isEqualTo(language);
      assertThat(letter.subject()).isNotBlank().hasLineCount(1);
      assertThat(letter.text()).contains("Ann", "Chat <&> Co").doesNotContain("{", "}");
      assertThat(letter.html())
          .contains("<bdi>Ann</bdi>", "Chat &lt;&amp;&gt; Co", "<html lang=\"" + language)
          .doesNotContain("Chat <&>")
          .doesNotContainPattern("\\{\\w+}");
      if (template.gaps().contains("link")) {
        assertThat(letter.text()).containsOnlyOnce(LINK);
        assertThat(letter.html())
            .contains("<a href=\"https://chat.example/verify-email#abc?d=1&amp;e=&#39;2&#39;\">");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "en,en",
    "de,de",
    "de-AT,de",
    "DE-ch,de",
    "en-GB,en",
    "fr,en",
    "zh-Hant-TW,en",
    "'',en",
    "../../etc/passwd,en",
    "de_DE,en",
    "x-klingon,en",
    "'{link}',en"
  })
  void unknownLocalesShouldFallBackToEnglish(String locale, String expected) {
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

    assertThat(MailTexts.harmless(name)).isEqualTo("A Bcc: x@evil. example Z");
    assertThat(MailTexts.harmless("\u200B\r\n")).isEqualTo("…");
    assertThat(MailTexts.harmless("x".repeat(79) + "𝕏y"))
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
    Map<String, String> values = new HashMap<>();
    values.put("displayName", name);
    values.put("link", link);
    values.put("device", "Firefox on Linux");
    values.put("address", "2001:db8::1");
    return texts.write(UUID.randomUUID(), "ann@example.org", template, locale, values);
  }
}

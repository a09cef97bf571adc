package io.parley.notification.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Bidi;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class PushTextsTest {

  static final List<String> LANGUAGES = PushTexts.LANGUAGES;

  private static final Words DIRECT = new Words(null, "Ann", "Hello");
  private static final Words GROUP = new Words("Hikers", "Ann", "Hello");

  private final PushTexts texts = new PushTexts();

  @ParameterizedTest
  @FieldSource("LANGUAGES")
  void everyLanguageShouldHaveAWordForEverything(String language) {
    Map<String, Shown> all = new HashMap<>();
    all.put("direct", texts.of(DIRECT, false, language));
    all.put("group", texts.of(GROUP, false, language));
    all.put("direct mention", texts.of(DIRECT, true, language));
    all.put("group mention", texts.of(GROUP, true, language));
    all.forEach(
        (what, shown) -> {
          assertThat(shown.title()).as(what).contains("Ann").doesNotContain("{");
          assertThat(shown.title().contains("Hikers")).as(what).isEqualTo(what.startsWith("group"));
          assertThat(shown.body()).as(what).isEqualTo("Hello");
          assertThat(shown.language()).isEqualTo(language);
        });
    assertThat(new HashSet<>(all.values())).hasSize(4);
    assertThat(all.get("direct mention").title()).isNotEqualTo(all.get("direct").title());
  }

  @ParameterizedTest
  @FieldSource("LANGUAGES")
  void withoutPreviewNobodyShouldBeNamed(String language) {
    Words hidden = new Words("Hikers", "Ann", null);

    Shown message = texts.of(hidden, false, language);
    Shown mention = texts.of(hidden, true, language);

    assertThat(message.title()).doesNotContain("Ann", "Hikers").isNotBlank();
    assertThat(message.body()).isNull();
    assertThat(mention.title()).doesNotContain("Ann", "Hikers").isNotEqualTo(message.title());
    assertThat(texts.of(null, false, language)).isEqualTo(message);
  }

  @Test
  void noTwoLanguagesShouldSayTheSame() {
    Set<String> hidden = new HashSet<>();
    Set<String> mentions = new HashSet<>();
    for (String language : LANGUAGES) {
      hidden.add(texts.of(null, false, language).title());
      mentions.add(texts.of(GROUP, true, language).title());
    }
    assertThat(hidden).hasSize(LANGUAGES.size());
    assertThat(mentions).hasSize(LANGUAGES.size());
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "de-CH, Neue Nachricht",
        "zh-Hant-TW, 新消息",
        "ar-EG, رسالة جديدة",
        "tlh, New message",
        "null, New message"
      },
      nullValues = "null")
  void aRegionShouldGetItsLanguageAndAnUnknownOneEnglish(@Nullable String locale, String expected) {
    assertThat(texts.of(null, false, locale).title()).isEqualTo(expected);
  }

  @Test
  void namesBesideWordsShouldBeIsolatedAndOneAloneNot() {
    assertThat(texts.of(DIRECT, false, "en").title()).isEqualTo("Ann");
    assertThat(texts.of(new Words("رحلات", "آن", "Hi"), false, "en").title())
        .isEqualTo("\u2068آن\u2069 · \u2068رحلات\u2069");
    assertThat(texts.of(DIRECT, true, "ar").title()).isEqualTo("إشارة إليك من \u2068Ann\u2069");
  }

  /** With "·" between them, two Arabic names would else change places. */
  @Test
  void whatIsBesideANameFromRightToLeftShouldStayWhereItIs() {
    String title = texts.of(new Words("رحلات", "آن", "Hi"), false, "en").title();

    Bidi bidi = new Bidi(title, Bidi.DIRECTION_LEFT_TO_RIGHT);

    assertThat(bidi.getLevelAt(title.indexOf('·'))).isZero();
    assertThat(bidi.getLevelAt(title.indexOf('آ'))).isOdd();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"A\u2069nn", "\u202EA\u202Dnn", "A\u2066n\u2067n\u2068", "A\u202A\u202B\u202Cnn"})
  void aNameShouldNotBreakOutOfItsIsolate(String name) {
    assertThat(texts.of(new Words("Hikers", name, "Hello"), true, "en").title())
        .isEqualTo("\u2068Ann\u2069 mentioned you in \u2068Hikers\u2069");
  }

  @Test
  void aNameShouldStayOnOneLineAndBeNoGap() {
    assertThat(texts.of(new Words("a\nb", "{conversation}", "Hello"), false, "en").title())
        .isEqualTo("\u2068{conversation}\u2069 · \u2068a b\u2069");
    assertThat(texts.of(new Words(" ", "\u202E ", "Hello"), false, "en").title()).isEqualTo("…");
  }

  @Test
  void aTextOfBlanksShouldBeSaidToBeAMessage() {
    assertThat(texts.of(new Words(null, "Ann", " \n"), false, "fr").body())
        .isEqualTo("Nouveau message");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "é",
        "مر",
        "你",
        "ह",
        "😀",
        "👩‍👩‍👧",
        "e\u0301\u0302",
        "\"",
        "\\",
        "\n",
        "\u0001"
      })
  void whatIsTooLongShouldBeCutByItsBytesAndNoCharacterInTwo(String character) {
    String text = character.repeat(400);

    String cut = PushTexts.cut(text, PushTexts.MAX_BODY_BYTES);

    assertThat(PushTexts.bytes(cut)).isLessThanOrEqualTo(PushTexts.MAX_BODY_BYTES);
    if (cut.equals(text)) {
      assertThat(PushTexts.bytes(text)).isLessThanOrEqualTo(PushTexts.MAX_BODY_BYTES);
    } else {
      assertThat(cut).endsWith("…");
      String kept = cut.substring(0, cut.length() - 1);
      assertThat(kept.length() % character.length()).isZero();
      assertThat(text).startsWith(kept);
      if (!character.isBlank()) {
        assertThat(PushTexts.bytes(cut))
            .isGreaterThan(PushTexts.MAX_BODY_BYTES - 2 * PushTexts.bytes(character) - 1);
      }
    }
    assertThat(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(cut);
  }

  @Test
  void aCharacterWithoutAnEndShouldBeLeftOut() {
    assertThat(PushTexts.cut("a" + "\u0301".repeat(2_000), 100)).isEqualTo("…");
  }

  @Test
  void theLongestTitleShouldKeepBothNames() {
    String title = texts.of(new Words("组".repeat(300), "人".repeat(300), "Hi"), true, "ar").title();

    assertThat(PushTexts.bytes(title)).isLessThanOrEqualTo(PushTexts.MAX_TITLE_BYTES);
    assertThat(title).contains("人…\u2069").contains("组…\u2069");
  }
}

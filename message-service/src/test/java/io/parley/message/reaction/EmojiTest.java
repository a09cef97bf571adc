package io.parley.message.reaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmojiTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "👍",
        "👍🏽",
        "😀",
        "❤️",
        "☺️",
        "©️",
        "1️⃣",
        "#️⃣",
        "*️⃣",
        "🇩🇪",
        "🇺🇳",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "🏳️‍🌈",
        "👨‍👩‍👧‍👦",
        "👩🏻‍❤️‍💋‍👨🏿",
        "🧑🏽‍🚀",
        "👁️‍🗨️",
        "🫩",
        "🏻",
        "👨🏻‍👩🏼‍👧🏽‍👦🏾",
        "🐱‍👤"
      })
  void oneEmojiShouldBeTaken(String emoji) {
    assertThat(Emoji.of(emoji)).isEqualTo(emoji);
  }

  @Test
  void formsWithAndWithoutEmojiStyleShouldBeTheSame() {
    assertThat(Emoji.of("❤")).isEqualTo("❤\uFE0F");
    assertThat(Emoji.of("👍\uFE0F")).isEqualTo("👍");
    assertThat(Emoji.of("1\u20E3")).isEqualTo("1\uFE0F\u20E3");
    assertThat(Emoji.of("🏳\u200D🌈")).isEqualTo("🏳\uFE0F\u200D🌈");
    assertThat(Emoji.of("👁\uFE0F\u200D🗨")).isEqualTo("👁\uFE0F\u200D🗨\uFE0F");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        "1",
        "#",
        "ok",
        "é",
        "中",
        "★",
        "→",
        "\u200D",
        "\uFE0F",
        "\u20E3",
        "👍👍",
        "👍 ",
        " 👍",
        "👍a",
        "a👍",
        "❤\uFE0E",
        "👍\uFE0E",
        "🇦",
        "🇦🇦",
        "🇩🇪🇫🇷",
        "👍\u200D",
        "\u200D👍",
        "👍\u200D\u200D👎",
        "1️⃣\u200D👍",
        "🇩🇪\u200D👍",
        "👍\u200Da",
        "👍🏽🏽",
        "\uD83D",
        "👍\uDC4D",
        "👍\u0301",
        "\u202E👍",
        "👍\u0000",
        "<script>",
        "👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍\u200D👍"
            + "\u200D👍\u200D👍\u200D👍"
      })
  void anythingElseShouldBeRefused(String text) {
    assertThatThrownBy(() -> Emoji.of(text))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> assertThat(refusal.type()).isEqualTo(CommonProblem.INVALID_REQUEST));
  }
}

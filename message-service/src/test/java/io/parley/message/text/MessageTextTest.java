package io.parley.message.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.parley.common.problems.ProblemException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTextTest {

  private static final int MAX = 60;

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        " ",
        " \t\r\n",
        "\u00a0",
        "\u00ad",
        "\u034f",
        "\u061c",
        "\u115f",
        "\u1160",
        "\u1680",
        "\u17b4",
        "\u180b",
        "\u180e",
        "\u2000\u200a",
        "\u200b",
        "\u200c\u200d",
        "\u200e\u200f",
        "\u2028\u2029",
        "\u202a\u202e",
        "\u202f",
        "\u205f",
        "\u2060",
        "\u2062\u2063\u2064",
        "\u2065",
        "\u2066 \u2069",
        "\u206f",
        "\u2800",
        "\u3000",
        "\u3164",
        "\ufe0f",
        "\ufeff",
        "\uffa0",
        "\ufff0",
        "\ufff9\ufffa\ufffb",
        "\ud80d\udc30",
        "\ud80d\udc41\ud80d\udc42",
        "\ud81b\udfe4",
        "\ud82f\udca0",
        "\ud834\udd59",
        "\ud834\udd73",
        "\udb40\udc01",
        "\udb40\udc20\udb40\udc7f",
        "\udb40\udd00",
        "\udb43\udfff",
        " \u2800\u200b\n\u3164\u00a0",
      })
  void textOfWhichNothingIsSeenShouldBeBlank(@Nullable String text) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> MessageText.of(text, MAX))
        .withMessage("text: must not be blank");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        " a\tb\r\n",
        "\u200b.",
        "\u200f\u05e9\u05dc\u05d5\u05dd\u200f",
        "\u2028x\u2029",
        "\u00a1",
        "\u0301",
        "\u0605",
        "\u06dd",
        "\u115f\u1161",
        "\u2422",
        "\u2801",
        "\u3042",
        "\u4f60\u597d",
        "\ud55c\uae00",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\ud83d\ude00",
        "\ud83d\udc4d\ud83c\udffd",
        "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67\u200d\ud83d\udc66",
        "\ud83c\udff3\ufe0f\u200d\ud83c\udf08",
        "\ud83c\udde9\ud83c\uddea",
        "\ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc73\udb40\udc63\udb40\udc74\udb40\udc7f",
        "\ue000",
        "\ufffd",
        "\uffff",
        "a\u202eb\u202c",
        "\ud834\udd1e",
      })
  void whatIsSeenShouldStayAsItIs(String text) {
    assertThat(MessageText.of(text, MAX)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0", "\u0001", "\u0008", "\u000b", "\u000c", "\u001b", "\u001f", "\u007f", "\u0080",
        "\u0085", "\u009b", "\u009f",
      })
  void controlCharactersShouldBeRefused(String control) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> MessageText.of("ab" + control, MAX))
        .withMessage("text: has a control character at 2");
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> MessageText.written("text", control, MAX));
  }

  @ParameterizedTest
  @CsvSource({"a\ud800,1", "\udc00a,0", "\ud83d\ude00\ud83d,2", "\ud83d\ud83d\ude00,0"})
  void halfASurrogatePairShouldBeRefused(String text, int at) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> MessageText.of(text, MAX))
        .withMessage("text: has half a surrogate pair at " + at);
  }

  @Test
  void lengthShouldBeToldInUtf16Units() {
    String emoji = "\ud83d\ude00";
    assertThat(MessageText.of(emoji.repeat(5), 10)).hasSize(10);
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> MessageText.of(emoji.repeat(6), 10))
        .withMessage("text: may have at most 10 UTF-16 units, has 12");
  }

  @Test
  void whatIsNotSentYetMayBeBlank() {
    assertThat(MessageText.written("text", "", MAX)).isEmpty();
    assertThat(MessageText.written("text", " \u200b", MAX)).isEqualTo(" \u200b");
  }
}

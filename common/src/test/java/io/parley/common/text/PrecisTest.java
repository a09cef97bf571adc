package io.parley.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisTest {

  @ParameterizedTest
  @CsvSource({
    "ann, ann",
    "ANN, ann",
    "\uff21\uff4e\uff4e, ann",
    "Ju\u0308rgen, j\u00fcrgen",
    "\u0130nan, i\u0307nan",
    // RFC 8265, 3.5.
    "fussball, fussball",
    "fu\u00dfball, fu\u00dfball",
    "\u03c0, \u03c0",
    "\u03a3, \u03c3",
    "\u03c3, \u03c3",
    "\u03c2, \u03c2",
    "juliet@example.com, juliet@example.com"
  })
  void usernameShouldBeMapped(String typed, String mapped) {
    assertThat(Precis.username(typed)).contains(mapped);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "foo bar",
        "ann\u00a0",
        "ann\u200b",
        "a\u202enn",
        "ann\u00ad",
        "henry\u2163",
        "\u221e",
        "ann\ufe0f",
        "\ud83d\ude00",
        "a\u200dnn",
        "a\u0301\u0301\u0301\u0301\u0301",
        "\u115f\u1160",
        "ann\n"
      })
  void usernameShouldBeRefusedWhenItIsNoIdentifier(String typed) {
    assertThat(Precis.username(typed)).isEmpty();
  }

  @Test
  void passwordShouldBeTheSameHoweverItIsTyped() {
    assertThat(Precis.password("mu\u0308sli\u00a0und\u3000Milch"))
        .isEqualTo(Precis.password("m\u00fcsli und Milch"))
        .contains("m\u00fcsli und Milch");
    // RFC 8265, 4.3: case and compatibility characters count.
    assertThat(Precis.password("Correct Horse Battery Staple"))
        .isNotEqualTo(Precis.password("correct horse battery staple"));
    assertThat(Precis.password("\uff41")).contains("\uff41");
    assertThat(Precis.password("Jack of \u2666s")).contains("Jack of \u2666s");
    assertThat(Precis.password("my cat is a \u0009by")).isEmpty();
    assertThat(Precis.password("hidden\u200bspace")).isEmpty();
    assertThat(Precis.password("I \u2764\ufe0f cats")).contains("I \u2764\ufe0f cats");
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "  Ann   Baker ,Ann Baker",
        "Ann\u00a0\u3000Baker,Ann Baker",
        "\uff21nn,Ann",
        "Ju\u0308rgen,J\u00fcrgen",
        "\u4e2d\u6587,\u4e2d\u6587",
        "Ann \u2764\ufe0f,Ann \u2764\ufe0f",
        "\ud83d\udc69\u200d\ud83d\udcbb Ann,\ud83d\udc69\u200d\ud83d\udcbb Ann",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645,\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937,\u0915\u094d\u200d\u0937",
        "Nguy\u1ec5n,Nguy\u1ec5n"
      })
  void nicknameShouldBeMapped(String typed, String mapped) {
    assertThat(Precis.nickname(typed)).contains(mapped);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "\u00a0\u2003",
        "\u200b",
        "\u3164",
        "\u2800",
        "\u2800 \u2800",
        "\u200d\u200d",
        "\ufe0f",
        "\u0301",
        "Ann\u200b",
        "Ann\u200dBaker",
        "\u202ennA",
        "Ann\u202d",
        "\u2066Ann\u2069",
        "Ann\u200f",
        "Ann\u0000",
        "Ann\nBaker",
        "\udb40\udc41nn"
      })
  void nicknameShouldBeRefusedWhenItHidesSomething(String typed) {
    assertThat(Precis.nickname(typed)).isEmpty();
  }

  @Test
  void nicknameShouldBeRefusedWhenMarksArePiledUp() {
    assertThat(Precis.nickname("Z" + "\u0301".repeat(60))).isEmpty();
    assertThat(Precis.nickname("e\u0301\u0302\u0303\u0304\u0308")).isEmpty();
    // Hebrew with a vowel, a dagesh and an accent.
    assertThat(Precis.nickname("\u05e9\u05c1\u05b8\u05bc\u05dc\u05d5\u05b9\u05dd")).isPresent();
  }
}

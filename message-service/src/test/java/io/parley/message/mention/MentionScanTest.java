package io.parley.message.mention;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.mention.MentionScan.Place;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MentionScanTest {

  private static List<String> names(String text) {
    return MentionScan.places(text).stream().map(place -> place.names().getLast()).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@ann",
        "@ANN",
        " @ann ",
        "hi @ann!",
        "(@ann)",
        "@ann, @Ann",
        "@ann's",
        "cc:@ann",
        "\u00bf@ann?",
        "\u2014@ann\u2026",
        "\n@ann\n",
        "\u4f60\u597d@ann\u4f60\u597d",
        "\u3053\u3093\u306b\u3061\u306f@ann\u3055\u3093",
        "\u30c6\u30b9\u30c8\u30fc@ann",
        "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35@ann",
        "\uc548\ub155 @ann\ub2d8",
        "\ud83d\ude00@ann\ud83d\ude00",
        "\u2764\ufe0f@ann\u2764\ufe0f",
        "@ann/@ann",
        "and/@ann",
        "`code` @ann",
        "see https://example.org/x?y @ann",
        "a@b.example @ann",
        "**@ann**",
        "> @ann",
        "\u200f@ann\u200f",
      })
  void mentionsShouldBeFound(String text) {
    assertThat(names(text)).isNotEmpty().allMatch("ann"::equals);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann",
        "@",
        "@@ann",
        "@ann@example.org",
        "mail@ann.example",
        "first.last@ann",
        "x_@ann",
        "x+@ann",
        "x-@ann",
        ".@ann",
        "7@ann",
        "\u00e9@ann",
        "e\u0301@ann",
        "@ann\u00e9",
        "@ann\u0301",
        "\\@ann",
        "@an",
        "@...",
        "@_.",
        "@ ann",
        "@\u00e4nn",
        "@abcdefghijklmnopqrstuvwxyz0123456",
        "`@ann`",
        "``a ` @ann``",
        "```\n@ann\n```",
        "```\n@ann",
        "https://example.org/@ann",
        "https://example.org?(@ann)",
        "medium.example/@ann",
        "\u0430@ann",
      })
  void whatIsNoMentionShouldBeText(String text) {
    assertThat(MentionScan.places(text)).isEmpty();
  }

  @Test
  void placesShouldBeCountedInUtf16Units() {
    assertThat(MentionScan.places("\ud83d\ude00 @ann \ud83d\ude00 @Ben.C, @d_e"))
        .containsExactly(
            new Place(3, List.of("ann")),
            new Place(11, List.of("ben.c")),
            new Place(19, List.of("d_e")));
  }

  @Test
  void periodsMayEndAUsernameOrASentence() {
    assertThat(MentionScan.places("@ann.")).containsExactly(new Place(0, List.of("ann.", "ann")));
    assertThat(MentionScan.places("@ann......").getFirst().names())
        .containsExactly("ann...", "ann..", "ann.", "ann");
    assertThat(MentionScan.places("@.ann").getFirst().names()).containsExactly(".ann");
    assertThat(MentionScan.places("@an.").getFirst().names()).containsExactly("an.");
    assertThat(MentionScan.places("@" + "a".repeat(32) + ".").getFirst().names())
        .containsExactly("a".repeat(32));
  }

  @Test
  void soManyPlacesShouldBeEnough() {
    assertThat(MentionScan.places("@abc ".repeat(800))).hasSize(MentionScan.MAX_PLACES);
  }
}

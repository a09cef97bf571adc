package io.parley.common.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FoldingTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"ann", "Ann", "ann ", " ann", "ann\u00a0", "\uff21\uff4e\uff4e", "\u200bann\n"})
  void caselessShouldBeTheSameHoweverItIsTyped(String typed) {
    assertThat(Folding.caseless(typed)).isEqualTo("ann");
  }

  @Test
  void caselessShouldFoldADottedCapitalInOneWay() {
    assertThat(Folding.caseless("\u0130nan")).isEqualTo(Folding.caseless("I\u0307nan"));
    assertThat(Folding.caseless("\u0130nan")).isNotEqualTo(Folding.caseless("inan"));
    assertThat(Folding.caseless("ju\u0308rgen")).isEqualTo(Folding.caseless("J\u00dcRGEN"));
  }

  @ParameterizedTest
  @CsvSource({
    "benoit, Beno\u00eet Dupont",
    "BENO\u00ceT, Benoit Dupont",
    "lukasz, \u0141ukasz",
    "\u0142ukasz, Lukasz",
    "ipek, \u0130pek",
    "strasser, Stra\u00dfer",
    "stra\u00dfer, Strasser",
    "\u039f\u0394\u03a5\u03a3, \u039f\u0394\u03a5\u03a3\u03a3\u0395\u0391\u03a3",
    "\u03bf\u03b4\u03c5\u03c3, \u039f\u03b4\u03c5\u03c3\u03c3\u03ad\u03b1\u03c2",
    "dup, Beno\u00eet Dupont",
    "beno dup, Beno\u00eet Dupont",
    "dup beno, Beno\u00eet Dupont",
    "marie, Anne-Marie",
    "annem, Anne-Marie",
    "brien, Se\u00e1n O'Brien",
    "o'br, Se\u00e1n O'Brien",
    "\u592a\u90ce, \u5c71\u7530\u592a\u90ce",
    "\u7530, \u5c71\u7530\u592a\u90ce",
    "yamada, \uff39\uff41\uff4d\uff41\uff44\uff41",
    "\u0e2a\u0e21, \u0e19\u0e32\u0e22\u0e2a\u0e21\u0e0a\u0e32\u0e22",
    "\ud83c\udf89, \ud83c\udf89 Party",
    "mohamed, Mohame\u0301d",
    "\u0645\u062d\u0645\u062f, \u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f"
  })
  void nameShouldBeFoundByTheBeginningOfAnyWord(String query, String name) {
    assertThat(finds(query, name))
        .as("%s in %s", Folding.asked(query), Folding.words(name))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "enoit, Beno\u00eet",
    "dup x, Beno\u00eet Dupont",
    "\u304b, \u304c\u3093",
    "\u0e01\u0e32, \u0e01\u0e34\u0e19"
  })
  void nameShouldNotBeFoundByAnythingElse(String query, String name) {
    assertThat(finds(query, name)).isFalse();
  }

  @Test
  void askedShouldBeEmptyWhenThereIsNothingToLookFor() {
    assertThat(Folding.asked("\u0301")).isEmpty();
    assertThat(Folding.asked(" \u00a0")).isEmpty();
  }

  private static boolean finds(String query, String name) {
    return Folding.asked(query).stream()
        .allMatch(asked -> Folding.words(name).stream().anyMatch(word -> word.startsWith(asked)));
  }
}

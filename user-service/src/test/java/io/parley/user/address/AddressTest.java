package io.parley.user.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "nobody",
        "@example.org",
        "a@",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@-x.org",
        "a@x-.org",
        "a@x_y.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@localhost",
        "a@example..org",
        "a@example.org.",
        "a@.org",
        "a(x)@example.org",
        "a:b@example.org",
        "a;b@example.org",
        "a,b@example.org",
        "a<b@example.org",
        "\"a b\"@example.org",
        "a\\b@example.org",
        "a b@example.org",
        " a@example.org",
        "a@example.org ",
        "a\u00a0@example.org",
        "a@example.org\u00a0",
        "a\u200b@example.org",
        "a@exam\u2028ple.org",
        "a@b@example.org",
        "a@xn--a.org",
        "a@\u202eexample.org",
        "a@\u2488com",
        "a\u0000@example.org",
        "a@example.org\n",
        "\ud83d\ude00@example.org",
        "\u0430\u200d@example.org"
      })
  void whatNoMailCanBeSentToShouldBeRefused(String typed) {
    assertThat(Address.of(typed)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann@example.org",
        "Ann+chat@Example.org",
        "o'brien@example.co.uk",
        "a.b-c_d@sub.example.org",
        "!#$%&'*+/=?^_`{|}~-@example.org",
        "ann@b\u00fccher.example",
        "ann@xn--bcher-kva.example",
        "ann@\u4f8b\u5b50.\u6d4b\u8bd5",
        "ann@\u05d3\u05d5\u05d2\u05de\u05d4.example",
        "\uff41\uff4e\uff4e\uff20example.org"
      })
  void addressesShouldBeTaken(String typed) {
    assertThat(Address.of(typed))
        .hasValueSatisfying(a -> assertThat(a.isInternationalized()).isFalse());
  }

  @Test
  void localPartsBeyondAsciiShouldNeedTheServersHelp() {
    assertThat(Address.of("ju\u0308rgen@example.org"))
        .hasValueSatisfying(
            address -> {
              assertThat(address.isInternationalized()).isTrue();
              assertThat(address.wire()).isEqualTo("j\u00fcrgen@example.org");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "ann@b\u00fccher.example, ann@xn--bcher-kva.example",
    "ann@b\u00fccher.example, ANN@BU\u0308CHER.Example",
    "ann@b\u00fccher.example, ann@XN--BCHER-KVA.example",
    "ann@example.org, ann@\uff45xample\uff0eorg",
    "ann@example.org, \uff21nn@example.org",
    "ann@example.org, ann@example\u3002org",
    "\u0130nan@example.org, i\u0307nan@example.org"
  })
  void twinsShouldHaveOneKey(String one, String other) {
    assertThat(Address.key(one)).isEqualTo(Address.key(other));
  }

  @ParameterizedTest
  @CsvSource({
    "ann@stra\u00dfe.example, ann@strasse.example",
    "ann@example.org, ann+x@example.org",
    "ann@example.org, a.nn@example.org",
    "\u0130nan@example.org, inan@example.org"
  })
  void othersShouldHaveOther(String one, String other) {
    assertThat(Address.key(one)).isNotEqualTo(Address.key(other));
  }

  @Test
  void sharpSShouldStayOnItsWayToTheServer() {
    assertThat(Address.of("ann@Stra\u00dfe.example"))
        .hasValueSatisfying(
            address -> {
              assertThat(address.wire()).isEqualTo("ann@xn--strae-oqa.example");
              assertThat(address.text()).isEqualTo("ann@stra\u00dfe.example");
            });
  }

  @Test
  void limitsShouldCountOctets() {
    assertThat(Address.of("a".repeat(64) + "@example.org")).isPresent();
    assertThat(Address.of("a".repeat(65) + "@example.org")).isEmpty();
    assertThat(Address.of("\u00fc".repeat(33) + "@example.org")).isEmpty();
    assertThat(Address.of("a@" + "b".repeat(64) + ".org")).isEmpty();
    assertThat(Address.of("a@" + "b.".repeat(126) + "org")).isEmpty();
  }
}

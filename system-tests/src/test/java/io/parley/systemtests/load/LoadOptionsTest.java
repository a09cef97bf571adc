package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadOptionsTest {

  private static final String GATEWAY = "http://127.0.0.1:18080";

  @Test
  void nothingShouldMeanTalkingInShapes() {
    LoadOptions options = of();

    assertThat(options.clients()).isEqualTo(500);
    assertThat(options.shapes()).extracting(Shape::members).containsExactly(50, 10, 2);
    assertThat(options.sockets()).hasToString(GATEWAY);
    assertThat(options.storm()).isFalse();
    assertThat(options.inboxOf()).isZero();
    assertThat(options.outage()).isEmpty();
  }

  @Test
  void aModeShouldHaveDefaultsOfItsOwn() {
    LoadOptions storm = of("--storm");
    LoadOptions outage = of("--outage", "redis-loss");

    assertThat(storm.clients()).isEqualTo(1000);
    assertThat(storm.conversations()).isEqualTo(50);
    assertThat(storm.away()).isEqualTo(Duration.ZERO);
    assertThat(storm.inbox()).isFalse();
    assertThat(outage.outage()).contains(Outage.REDIS_LOSS);
    assertThat(outage.conversations()).isEqualTo(1000);
    assertThat(outage.away()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void whatIsGivenShouldComeFirst() {
    LoadOptions storm =
        of("--clients", "200", "--conversations", "20", "--inbox", "--storm", "--away", "70");

    assertThat(storm.clients()).isEqualTo(200);
    assertThat(storm.conversations()).isEqualTo(20);
    assertThat(storm.away()).isEqualTo(Duration.ofSeconds(70));
    assertThat(storm.inbox()).isTrue();
    assertThat(of("--inbox-of", "5000").inboxOf()).isEqualTo(5000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --nonsense 3                    | unknown, or without a value: --nonsense
          --rate                          | unknown, or without a value: --rate
          --rate 0                        | --rate must be above 0
          --clients 75                    | 75 clients do not make groups of 50
          --senders 3                     | one to one have no 3 senders
          --storm --clients 75            | --clients of a storm must be a multiple of 50
          --storm --conversations 0       | --conversations must be above 0
          --inbox                         | --inbox goes with --storm
          --storm --inbox-of 9            | one at a time: --inbox-of, --storm
          --outage fire                   | --outage is redis, cassandra or redis-loss, not fire
          """)
  void whatCanNotBeShouldBeSaid(String words, String answer) {
    assertThatIllegalArgumentException().isThrownBy(() -> of(words.split(" "))).withMessage(answer);
  }

  @Test
  void anotherMachineShouldBeLeftAlone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadOptions.of("http://chat.example.org"))
        .withMessageContaining("on this machine");
  }

  private static LoadOptions of(String... words) {
    String[] args = new String[words.length + 1];
    args[0] = GATEWAY;
    System.arraycopy(words, 0, args, 1, words.length);
    return LoadOptions.of(args);
  }
}

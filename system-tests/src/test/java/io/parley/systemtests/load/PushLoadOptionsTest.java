package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PushLoadOptionsTest {

  private static final String GATEWAY = "http://127.0.0.1:18080";

  @Test
  void nothingShouldMeanALargeGroupMostOfWhichIsAway() {
    PushLoadOptions options = of();

    assertThat(options.members()).isEqualTo(10_000);
    assertThat(options.absent()).isEqualTo(9_000);
    assertThat(options.present()).isEqualTo(1_000);
    assertThat(options.messages()).isEqualTo(5);
    assertThat(options.every()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.fcm()).hasToString("http://127.0.0.1:18086");
  }

  @Test
  void whatIsGivenShouldComeFirst() {
    PushLoadOptions options = of("--members", "300", "--absent", "250", "--fcm", "http://[::1]:9");

    assertThat(options.present()).isEqualTo(50);
    assertThat(options.fcm()).hasToString("http://[::1]:9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --nonsense 3                 | unknown, or without a value: --nonsense
          --rate                       | unknown, or without a value: --rate
          --rate 0                     | --rate must be above 0
          --calm 0                     | --calm must be above 0
          --members 300 --absent 300   | --absent must be at least 1, and less than --members
          --pairs 0                    | --messages and --pairs must be above 0
          """)
  void whatCanNotBeShouldBeSaid(String words, String answer) {
    assertThatIllegalArgumentException().isThrownBy(() -> of(words.split(" "))).withMessage(answer);
  }

  @Test
  void anotherMachineShouldBeLeftAlone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PushLoadOptions.of("http://chat.example.org"))
        .withMessageContaining("on this machine");
  }

  private static PushLoadOptions of(String... words) {
    String[] args = new String[words.length + 1];
    args[0] = GATEWAY;
    System.arraycopy(words, 0, args, 1, words.length);
    return PushLoadOptions.of(args);
  }
}

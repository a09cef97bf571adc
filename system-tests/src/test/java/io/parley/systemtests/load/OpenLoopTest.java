package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenLoopTest {

  private static final long START = 1_234_567_891L;
  private static final long SECOND = 1_000_000_000L;

  @Test
  void messagesShouldBeSpreadEvenly() {
    for (long n = 0; n < 1000; n++) {
      assertThat(OpenLoop.intended(START, n, 100)).isEqualTo(START + n * SECOND / 100);
    }
    assertThat(OpenLoop.intended(START, 3, 0.5)).isEqualTo(START + 6 * SECOND);
  }

  /** A third of a second is no whole number of ns. */
  @Test
  void roundingShouldNotAddUp() {
    assertThat(OpenLoop.intended(START, 3_000_000, 3)).isEqualTo(START + 1_000_000 * SECOND);
    assertThat(OpenLoop.intended(START, 1, 3)).isEqualTo(START + 333_333_333L);
    assertThat(OpenLoop.intended(START, 2, 3)).isEqualTo(START + 666_666_667L);
  }
}

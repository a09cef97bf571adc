package io.parley.notification.missed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MissedPropertiesTest {

  private static final Duration TWO = Duration.ofSeconds(2);
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final MissedProperties properties = new MissedProperties(List.of(TWO, TEN, MINUTE), 5, 3);

  @Test
  void delayShouldGrowWithTheTriesAndThenStay() {
    assertThat(properties.delayAfter(1, Duration.ZERO)).isEqualTo(TWO);
    assertThat(properties.delayAfter(2, Duration.ZERO)).isEqualTo(TEN);
    assertThat(properties.delayAfter(3, Duration.ZERO)).isEqualTo(MINUTE);
    assertThat(properties.delayAfter(4, Duration.ZERO)).isEqualTo(MINUTE);
  }

  @Test
  void delayShouldNotBeShorterThanWhatFcmAsksFor() {
    assertThat(properties.delayAfter(1, Duration.ofSeconds(3))).isEqualTo(TEN);
    assertThat(properties.delayAfter(1, TEN)).isEqualTo(TEN);
    assertThat(properties.delayAfter(2, Duration.ofSeconds(1))).isEqualTo(TEN);
  }

  @Test
  void delayShouldBeTheLongestWhenFcmAsksForMore() {
    assertThat(properties.delayAfter(1, Duration.ofHours(3))).isEqualTo(MINUTE);
  }
}

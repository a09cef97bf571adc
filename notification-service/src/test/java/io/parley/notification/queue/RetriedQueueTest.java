package io.parley.notification.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetriedQueueTest {

  private static final Duration TWO = Duration.ofSeconds(2);
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RetriedQueue queue = new RetriedQueue("q", List.of(TWO, TEN, MINUTE));

  @Test
  void delayShouldGrowWithTheTriesAndThenStay() {
    assertThat(queue.delayAfter(1, Duration.ZERO)).isEqualTo(TWO);
    assertThat(queue.delayAfter(2, Duration.ZERO)).isEqualTo(TEN);
    assertThat(queue.delayAfter(3, Duration.ZERO)).isEqualTo(MINUTE);
    assertThat(queue.delayAfter(4, Duration.ZERO)).isEqualTo(MINUTE);
  }

  @Test
  void delayShouldNotBeShorterThanWhatTheOtherSideAsksFor() {
    assertThat(queue.delayAfter(1, Duration.ofSeconds(3))).isEqualTo(TEN);
    assertThat(queue.delayAfter(1, TEN)).isEqualTo(TEN);
    assertThat(queue.delayAfter(2, Duration.ofSeconds(1))).isEqualTo(TEN);
  }

  @Test
  void delayShouldBeTheLongestWhenTheOtherSideAsksForMore() {
    assertThat(queue.delayAfter(1, Duration.ofHours(3))).isEqualTo(MINUTE);
  }
}

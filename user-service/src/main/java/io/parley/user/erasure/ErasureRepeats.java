package io.parley.user.erasure;

import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The clock of {@link Erasures#repeat}. Instances may do it at the same time. */
@Component
@EnableScheduling
class ErasureRepeats {

  private final Erasures erasures;

  ErasureRepeats(Erasures erasures) {
    this.erasures = erasures;
  }

  @Scheduled(fixedDelayString = "${parley.erasure.look-each:10s}")
  void repeat() {
    erasures.repeat();
  }
}

package io.parley.notification.missed;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param retryDelays ascending; the wait after the first try, the second, and so on; the last one
 *     repeats. Each has its own queue
 * @param maxTries after as many, a message that FCM does not take becomes a dead letter
 * @param poisonTries after as many, a message that this service fails on becomes a dead letter
 */
@Validated
@ConfigurationProperties("parley.missed")
record MissedProperties(
    @DefaultValue({"2s", "10s", "1m", "5m", "15m"}) @NotEmpty List<Duration> retryDelays,
    @DefaultValue("9") @Min(1) int maxTries,
    @DefaultValue("4") @Min(1) int poisonTries) {

  /**
   * The delay after a try.
   *
   * @param tries made so far, from 1
   * @param atLeast what FCM or another consumer's lease asks for; more than the longest delay is
   *     cut to that
   */
  Duration delayAfter(int tries, Duration atLeast) {
    Duration usual = retryDelays.get(Math.min(tries, retryDelays.size()) - 1);
    Duration wanted = usual.compareTo(atLeast) < 0 ? atLeast : usual;
    return retryDelays.stream()
        .filter(delay -> delay.compareTo(wanted) >= 0)
        .findFirst()
        .orElse(retryDelays.getLast());
  }
}

package io.parley.notification.missed;

import io.parley.common.events.MessagesMissed;
import io.parley.notification.queue.RetriedQueue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param retryDelays see {@link RetriedQueue}
 * @param maxTries after as many, a message that FCM does not take becomes a dead letter
 * @param poisonTries after as many, a message that this service fails on becomes a dead letter
 */
@Validated
@ConfigurationProperties("parley.missed")
record MissedProperties(
    @DefaultValue({"2s", "10s", "1m", "5m", "15m"}) @NotEmpty List<Duration> retryDelays,
    @DefaultValue("9") @Min(1) int maxTries,
    @DefaultValue("4") @Min(1) int poisonTries) {

  RetriedQueue queue() {
    return new RetriedQueue(MessagesMissed.QUEUE, retryDelays);
  }
}

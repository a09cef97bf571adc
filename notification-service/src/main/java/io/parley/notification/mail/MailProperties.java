package io.parley.notification.mail;

import io.parley.common.events.MailRequested;
import io.parley.notification.queue.RetriedQueue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param retryDelays see {@link RetriedQueue}
 * @param poisonTries after as many, a mail that this service fails on becomes a dead letter
 * @param lease how long a claim outlives the process that made it: longer than any conversation
 *     with an SMTP server takes, as it is not renewed
 * @param keepRecords how long it is known which mails were sent, after they have expired
 */
@Validated
@ConfigurationProperties("parley.mails")
record MailProperties(
    @DefaultValue({"2s", "10s", "1m", "5m", "15m"}) @NotEmpty List<Duration> retryDelays,
    @DefaultValue("4") @Min(1) int poisonTries,
    @DefaultValue("3m") @NotNull Duration lease,
    @DefaultValue("7d") @NotNull Duration keepRecords) {

  RetriedQueue queue() {
    return new RetriedQueue(MailRequested.QUEUE, retryDelays);
  }
}

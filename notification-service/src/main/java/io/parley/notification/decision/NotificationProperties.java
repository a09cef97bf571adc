package io.parley.notification.decision;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.notification.decision.Decision.Patience;
import io.parley.notification.queue.RetriedQueue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param hold from the sending of a message: who has not read it by then is notified
 * @param foregroundHold from the sending: for how long a client in the foreground holds the
 *     notification up
 * @param foregroundEvery how often what is held up is looked at
 * @param tooOld nobody is notified of an older message, whatever happened to this service; shorter
 *     than what is known of pushes
 * @param keepDecisions how long it is known what was decided, and on what screens it may be
 * @param batch notifications that are worked on together, at most; message-service is asked for
 *     their facts in one request
 * @param workers batches that a node works on at the same time
 * @param lease how long a batch in hand outlives the process that has it
 * @param lookEvery how often a node looks for what others have left, when it knows of nothing due
 * @param retryDelays see {@link RetriedQueue}; of events that this service fails on
 * @param poisonTries after as many, what this service fails on becomes a dead letter
 */
@Validated
@ConfigurationProperties("parley.notifications")
record NotificationProperties(
    @DefaultValue("3s") @NotNull Duration hold,
    @DefaultValue("60s") @NotNull Duration foregroundHold,
    @DefaultValue("10s") @NotNull Duration foregroundEvery,
    @DefaultValue("1d") @NotNull Duration tooOld,
    @DefaultValue("7d") @NotNull Duration keepDecisions,
    @DefaultValue("250") @Min(1) @Max(FactsClient.MAX_PAIRS) int batch,
    @DefaultValue("4") @Min(1) int workers,
    @DefaultValue("30s") @NotNull Duration lease,
    @DefaultValue("5s") @NotNull Duration lookEvery,
    @DefaultValue({"2s", "10s", "1m", "5m", "15m"}) @NotEmpty List<Duration> retryDelays,
    @DefaultValue("4") @Min(1) int poisonTries) {

  RetriedQueue stored() {
    return new RetriedQueue(MessagesStored.QUEUE, retryDelays);
  }

  RetriedQueue changed() {
    return new RetriedQueue(MessagesChanged.QUEUE, retryDelays);
  }

  RetriedQueue read() {
    return new RetriedQueue(ConversationsRead.QUEUE, retryDelays);
  }

  Patience patience() {
    return new Patience(tooOld, foregroundHold, foregroundEvery);
  }
}

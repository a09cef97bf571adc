package io.parley.notification.missed;

import io.parley.common.events.MessagesMissed;
import io.parley.notification.push.PushReport;
import io.parley.notification.queue.Redeliveries;
import io.parley.notification.queue.RetriedQueue;
import io.parley.notification.queue.StorePatience;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * RabbitMQ edge. Returning acknowledges the message, so it comes after the outcome is in PostgreSQL
 * or a copy is confirmed in a retry or dead letter queue. An exception leaves the message with the
 * broker.
 */
@Component
class MissedMessagesListener {

  private static final Logger log = LoggerFactory.getLogger(MissedMessagesListener.class);

  /** While PostgreSQL is away for longer than the consumers wait for it themselves. */
  private static final Duration STORE_PAUSE = Duration.ofSeconds(5);

  private final MessageNotices notices;
  private final Redeliveries redeliveries;
  private final MissedProperties properties;
  private final RetriedQueue queue;
  private final JsonMapper json;

  MissedMessagesListener(
      MessageNotices notices,
      Redeliveries redeliveries,
      MissedProperties properties,
      JsonMapper json) {
    this.notices = notices;
    this.redeliveries = redeliveries;
    this.properties = properties;
    this.queue = properties.queue();
    this.json = json;
    redeliveries.begin(queue);
  }

  @RabbitListener(id = "missed-messages", queues = MessagesMissed.QUEUE)
  void on(Message message) {
    int tries = Redeliveries.tries(message) + 1;
    MessagesMissed missed = read(message);
    if (missed == null) {
      redeliveries.dead(queue, message, tries, "not readable");
      return;
    }
    try {
      PushReport report = notices.announce(missed);
      if (report.isSettled()) {
        redeliveries.done(queue);
      } else {
        again(message, missed, tries, report);
      }
    } catch (RuntimeException e) {
      if (StorePatience.isStoreAway(e)) {
        log.warn("PostgreSQL is still away; message {} waits in RabbitMQ", missed.messageId());
        redeliveries.later(queue, message, tries - 1, queue.delayAfter(1, STORE_PAUSE));
      } else {
        poison(message, missed, tries, e);
      }
    }
  }

  /** Null when it is not what it should be; another try would read the same. */
  private @Nullable MessagesMissed read(Message message) {
    try {
      MessagesMissed missed = json.readValue(message.getBody(), MessagesMissed.class);
      if (missed != null) {
        MessageNotices.check(missed);
      }
      return missed;
    } catch (JacksonException | IllegalArgumentException e) {
      // Jackson quotes the body, which holds what somebody wrote: no message in the log.
      log.error("a missed message is not readable, dead letter: {}", e.getClass().getSimpleName());
      return null;
    }
  }

  private void again(Message message, MessagesMissed missed, int tries, PushReport report) {
    if (tries >= properties.maxTries()) {
      log.error(
          "message {} is not pushed to {} devices after {} tries, dead letter",
          missed.messageId(),
          report.unsettled(),
          tries);
      redeliveries.dead(queue, message, tries, "not pushed to " + report.unsettled() + " devices");
      return;
    }
    Duration delay = queue.delayAfter(tries, report.pause());
    log.info(
        "message {} is to be pushed to {} more devices, again in {}",
        missed.messageId(),
        report.unsettled(),
        delay);
    redeliveries.later(queue, message, tries, delay);
  }

  /** Once more even for what can not be opened: the secret may have been set wrong on this node. */
  private void poison(Message message, MessagesMissed missed, int tries, RuntimeException e) {
    if (tries >= properties.poisonTries()) {
      log.error("message {} failed {} times, dead letter", missed.messageId(), tries, e);
      redeliveries.dead(queue, message, tries, "failed: " + e.getClass().getSimpleName());
    } else {
      log.warn("message {} failed, try {}", missed.messageId(), tries, e);
      redeliveries.later(queue, message, tries, queue.delayAfter(tries, Duration.ZERO));
    }
  }
}

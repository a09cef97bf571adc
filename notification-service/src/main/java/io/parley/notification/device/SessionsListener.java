package io.parley.notification.device;

import io.parley.common.events.SessionsEnded;
import io.parley.notification.queue.Redeliveries;
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
 * RabbitMQ edge. Returning acknowledges the message, so it comes after the devices are gone or a
 * copy is confirmed in a retry or dead letter queue. An exception leaves the message with the
 * broker.
 */
@Component
class SessionsListener {

  private static final Logger log = LoggerFactory.getLogger(SessionsListener.class);

  private static final int POISON_TRIES = 4;

  /** While PostgreSQL is away for longer than the consumer waits for it itself. */
  private static final Duration STORE_PAUSE = Duration.ofSeconds(5);

  private final Devices devices;
  private final StorePatience patience;
  private final Redeliveries redeliveries;
  private final JsonMapper json;

  SessionsListener(
      Devices devices, StorePatience patience, Redeliveries redeliveries, JsonMapper json) {
    this.devices = devices;
    this.patience = patience;
    this.redeliveries = redeliveries;
    this.json = json;
    redeliveries.begin(SessionQueues.QUEUE);
  }

  @RabbitListener(id = "sessions", queues = SessionsEnded.QUEUE, concurrency = "2")
  void on(Message message) {
    int tries = Redeliveries.tries(message) + 1;
    SessionsEnded ended = read(message);
    if (ended == null) {
      redeliveries.dead(SessionQueues.QUEUE, message, tries, "not readable");
      return;
    }
    try {
      int removed = patience.until(StorePatience.BEFORE_SEND, () -> devices.sessionEnded(ended));
      if (removed > 0) {
        log.info("removed {} devices with their session {}", removed, ended.sessionId());
      }
      redeliveries.done(SessionQueues.QUEUE);
    } catch (RuntimeException e) {
      if (StorePatience.isStoreAway(e)) {
        log.warn("PostgreSQL is still away; the end of {} waits", ended.sessionId());
        redeliveries.later(
            SessionQueues.QUEUE,
            message,
            tries - 1,
            SessionQueues.QUEUE.delayAfter(1, STORE_PAUSE));
      } else {
        poison(message, ended, tries, e);
      }
    }
  }

  private void poison(Message message, SessionsEnded ended, int tries, RuntimeException e) {
    if (tries >= POISON_TRIES) {
      log.error("the end of {} failed {} times, dead letter", ended.sessionId(), tries, e);
      redeliveries.dead(
          SessionQueues.QUEUE, message, tries, "failed: " + e.getClass().getSimpleName());
    } else {
      log.warn("the end of {} failed, try {}", ended.sessionId(), tries, e);
      redeliveries.later(
          SessionQueues.QUEUE,
          message,
          tries,
          SessionQueues.QUEUE.delayAfter(tries, Duration.ZERO));
    }
  }

  /** Null when it is not what it should be; another try would read the same. */
  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  private @Nullable SessionsEnded read(Message message) {
    try {
      SessionsEnded ended = json.readValue(message.getBody(), SessionsEnded.class);
      if (ended != null && ended.sessionId() != null && ended.userId() != null) {
        return ended;
      }
      log.error("the end of a session lacks something, dead letter");
    } catch (JacksonException e) {
      log.error("the end of a session is not readable, dead letter", e);
    }
    return null;
  }
}

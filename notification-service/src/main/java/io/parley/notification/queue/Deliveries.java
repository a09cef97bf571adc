package io.parley.notification.queue;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes events whose work is done with one call that may be repeated. When it returns, the event is
 * worked on, or a copy is confirmed in a retry or dead letter queue: it may be acknowledged. While
 * PostgreSQL is away events wait here and then in RabbitMQ, however long; what this service fails
 * on is tried a number of times.
 */
@Component
public class Deliveries {

  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  /** While PostgreSQL is away for longer than the consumers wait for it themselves. */
  private static final Duration STORE_PAUSE = Duration.ofSeconds(5);

  private final Redeliveries redeliveries;
  private final StorePatience patience;
  private final JsonMapper json;

  Deliveries(Redeliveries redeliveries, StorePatience patience, JsonMapper json) {
    this.redeliveries = redeliveries;
    this.patience = patience;
    this.json = json;
  }

  /** What is counted of the queue begins at 0. */
  public void begin(RetriedQueue queue) {
    redeliveries.begin(queue);
  }

  /**
   * @param poisonTries after as many failures it becomes a dead letter
   * @param check throws when the event is not what it should be; another try would find the same
   */
  public <T> void take(
      RetriedQueue queue,
      int poisonTries,
      Message message,
      Class<T> type,
      Consumer<T> check,
      Consumer<T> work) {
    int tries = Redeliveries.tries(message) + 1;
    T event;
    try {
      event = json.readValue(message.getBody(), type);
      if (event == null) {
        throw new IllegalArgumentException("null");
      }
      check.accept(event);
    } catch (JacksonException | IllegalArgumentException e) {
      // Without the message: Jackson's quotes what it has read.
      log.error("a {} is not readable, dead letter: {}", type.getSimpleName(), name(e));
      redeliveries.dead(queue, message, tries, "not readable");
      return;
    }
    try {
      patience.until(
          StorePatience.BEFORE_SEND,
          () -> {
            work.accept(event);
            return event;
          });
      redeliveries.done(queue);
    } catch (RuntimeException e) {
      if (StorePatience.isStoreAway(e)) {
        log.warn("PostgreSQL is still away; a {} waits in RabbitMQ", type.getSimpleName());
        redeliveries.later(queue, message, tries - 1, queue.delayAfter(1, STORE_PAUSE));
      } else if (tries >= poisonTries) {
        log.error("a {} failed {} times, dead letter", type.getSimpleName(), tries, e);
        redeliveries.dead(queue, message, tries, "failed: " + name(e));
      } else {
        log.warn("a {} failed, try {}", type.getSimpleName(), tries, e);
        redeliveries.later(queue, message, tries, queue.delayAfter(tries, Duration.ZERO));
      }
    }
  }

  private static String name(Exception e) {
    return e.getClass().getSimpleName();
  }
}

package io.parley.user.broker;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Message;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes one delivery: acknowledged when it returns. What can not be read goes to the dead queue at
 * once, what fails again and again after some tries. While PostgreSQL is away it is nobody's fault:
 * then the delivery waits here, and after that goes back to the queue.
 */
@Component
public class Deliveries {

  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  private static final int TRIES = 4;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Times the delivery limit that is eight hours; a broker takes a channel away after half one. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final JsonMapper json;
  private volatile boolean stopping;

  Deliveries(JsonMapper json) {
    this.json = json;
  }

  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
  }

  /**
   * @param action idempotent, and all it does is in one transaction
   */
  public <T> void take(Message message, Class<T> type, Consumer<T> action) {
    T event = read(message, type);
    long patience = System.nanoTime() + PATIENCE.toNanos();
    int failures = 0;
    while (true) {
      try {
        action.accept(event);
        return;
      } catch (RuntimeException e) {
        if (isStoreAway(e)) {
          if (stopping || System.nanoTime() > patience) {
            throw e;
          }
          log.warn("PostgreSQL is away; an event {} waits", type.getSimpleName());
        } else if (++failures == TRIES) {
          log.error("an event {} failed {} times, dead letter", type.getSimpleName(), failures, e);
          throw new AmqpRejectAndDontRequeueException("failed again and again", e);
        }
      }
      pause();
    }
  }

  private <T> T read(Message message, Class<T> type) {
    try {
      T event = json.readValue(message.getBody(), type);
      if (event != null) {
        return event;
      }
    } catch (JacksonException e) {
      // Jackson quotes the body, which may name people: no message in the log.
    }
    log.error("an event {} is not readable, dead letter", type.getSimpleName());
    throw new AmqpRejectAndDontRequeueException("not readable");
  }

  private static boolean isStoreAway(RuntimeException e) {
    return e instanceof TransactionException
        || e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

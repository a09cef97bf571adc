package io.parley.common.outbox;

import io.parley.common.traces.RabbitSpans;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.transaction.annotation.Transactional;

/**
 * Publishes the oldest events of each exchange, then deletes their rows. One transaction of the
 * fleet at a time may do so, and on one channel, hence the order; a crash in between repeats
 * events, which consumers know by their message id.
 *
 * <p>An event that no queue takes counts as not published: a consumer that is deployed later than
 * this service, or whose queue was deleted, misses nothing. It holds up the events of its own
 * exchange only.
 */
class OutboxBatches {

  /** Of one exchange in one batch; a row is at most some 50 kB. */
  private static final int ROWS = 100;

  private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(5);

  private final OutboxStore store;
  private final RabbitTemplate rabbit;

  OutboxBatches(OutboxStore store, RabbitTemplate rabbit) {
    this.store = store;
    this.rabbit = rabbit;
    // A return is found in its CorrelationData; without a callback the template warns of each.
    rabbit.setReturnsCallback(returned -> {});
  }

  @Transactional
  Result publishOldest() {
    if (!store.tryLock()) {
      return new Result(Progress.ANOTHER_RELAYS, null);
    }
    Result all = new Result(Progress.EMPTY, null);
    for (String exchange : store.exchanges()) {
      all = all.and(publishOldest(store.oldest(exchange, ROWS)));
    }
    return all;
  }

  private Result publishOldest(List<OutboxStore.Row> rows) {
    List<CorrelationData> confirms = rows.stream().map(row -> new CorrelationData()).toList();
    String failure = send(rows, confirms);
    int published = 0;
    if (failure == null) {
      long deadline = System.nanoTime() + CONFIRM_WITHIN.toNanos();
      while (failure == null && published < rows.size()) {
        failure = refusal(rows.get(published).exchange(), confirms.get(published), deadline);
        published += failure == null ? 1 : 0;
      }
    }
    // What comes after a failure is sent again, even if it arrived: else it would overtake.
    if (published > 0) {
      store.delete(rows.subList(0, published).stream().map(OutboxStore.Row::id).toList());
    }
    return failure == null
        ? new Result(rows.size() == ROWS ? Progress.MORE : Progress.EMPTY, null)
        : new Result(Progress.FAILED, failure);
  }

  private @Nullable String send(List<OutboxStore.Row> rows, List<CorrelationData> confirms) {
    try {
      rabbit.invoke(
          channel -> {
            for (int i = 0; i < rows.size(); i++) {
              OutboxStore.Row row = rows.get(i);
              channel.send(row.exchange(), row.routingKey(), message(row), confirms.get(i));
            }
            return rows.size();
          });
      return null;
    } catch (AmqpException e) {
      return NestedExceptionUtils.getMostSpecificCause(e).toString();
    }
  }

  private static Message message(OutboxStore.Row row) {
    Message message =
        MessageBuilder.withBody(row.payload().getBytes(StandardCharsets.UTF_8))
            .setContentType(MessageProperties.CONTENT_TYPE_JSON)
            .setContentEncoding(StandardCharsets.UTF_8.name())
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .setMessageId(row.messageId())
            .build();
    return RabbitSpans.causedBy(row.traceparent()).postProcessMessage(message);
  }

  /** Null when the event is safe in a queue. */
  private static @Nullable String refusal(
      String exchange, CorrelationData confirm, long deadlineNanos) {
    try {
      CorrelationData.Confirm answer =
          confirm
              .getFuture()
              .get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (!answer.ack()) {
        return "RabbitMQ refused an event: " + answer.reason();
      }
      // A return arrives before its confirm.
      return confirm.getReturned() == null
          ? null
          : "no queue of exchange " + exchange + " takes its oldest event";
    } catch (TimeoutException e) {
      return "RabbitMQ has not confirmed an event within " + CONFIRM_WITHIN;
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  enum Progress {
    /** The batch was full: there may be more. */
    MORE,
    EMPTY,
    /** Another instance holds the lock. */
    ANOTHER_RELAYS,
    FAILED
  }

  /**
   * @param failure why, when FAILED
   */
  record Result(Progress progress, @Nullable String failure) {

    /** A failure of one exchange is a failure; else one with more means more. */
    Result and(Result other) {
      boolean others =
          progress != Progress.FAILED
              && (other.progress == Progress.FAILED || other.progress == Progress.MORE);
      return others ? other : this;
    }
  }
}

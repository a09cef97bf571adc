package io.parley.message.deletion;

import io.parley.message.queue.UntilDone;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * Takes the steps of bulk deletions, one at a time in the whole fleet, as each is a burst of
 * writes. A step is taken off the queue when the next one is in it: if this process dies, the next
 * node gets it.
 */
@Component
class BulkDeletionListener {

  static final String QUEUE = "parley.message-service.bulk-deletions";

  /** Holds last steps back. */
  static final String LATER = QUEUE + ".later";

  private final BulkDeletions bulkDeletions;

  BulkDeletionListener(BulkDeletions bulkDeletions) {
    this.bulkDeletions = bulkDeletions;
  }

  @RabbitListener(queues = QUEUE)
  void due(BulkDeletion step) {
    UntilDone.run(
        "deleting what " + step.author() + " wrote in " + step.conversation(),
        () -> bulkDeletions.take(step));
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables bulkDeletionSteps() {
      Queue steps =
          QueueBuilder.durable(QUEUE)
              .quorum()
              .singleActiveConsumer()
              .withArgument("x-delivery-limit", -1)
              .build();
      // At-least-once: the broker keeps its copy until the target has confirmed. That needs the
      // overflow behaviour, though the queue has no length limit.
      Queue later =
          QueueBuilder.durable(LATER)
              .quorum()
              .deadLetterExchange("")
              .deadLetterRoutingKey(QUEUE)
              .overflow(QueueBuilder.Overflow.rejectPublish)
              .withArgument("x-dead-letter-strategy", "at-least-once")
              .build();
      return new Declarables(steps, later);
    }
  }
}

package io.parley.notification.queue;

import io.parley.common.deadletters.DeadLetters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;

/**
 * A queue with a way back into it and a way out of it, all durable quorum queues:
 *
 * <pre>
 * exchange --key--&gt; (name) --&gt; consumers
 *                     ^           |   |
 *                     | after its delay v   v
 *                     +--- (name).retry.(ms)ms   (name).dead
 * </pre>
 *
 * Consumers publish to the retry and dead letter queues themselves ({@link Redeliveries}), with the
 * number of tries in a header, before they acknowledge. The broker's own dead lettering with a
 * delivery limit is only for a message that kills each process which takes it; brokers count that
 * differently.
 *
 * @param name of the queue that is consumed
 * @param retryDelays ascending; the wait after the first try, the second, and so on; the last one
 *     repeats. Each has its own queue
 */
public record RetriedQueue(String name, List<Duration> retryDelays) {

  /** Deliveries that ended with the consumer's death or shutdown. */
  private static final int DELIVERY_LIMIT = 20;

  /** What people wrote should not lie about for ever. */
  private static final Duration DEAD_LETTER_LIFE = Duration.ofDays(14);

  public RetriedQueue {
    retryDelays = List.copyOf(retryDelays);
  }

  /** Where what can not be done ends, for an operator to look at. */
  public String dead() {
    return name + DeadLetters.SUFFIX;
  }

  String retry(Duration delay) {
    return name + ".retry." + delay.toMillis() + "ms";
  }

  /**
   * The delay after a try.
   *
   * @param tries made so far, from 1
   * @param atLeast what the other side or another consumer's lease asks for; more than the longest
   *     delay is cut to that
   */
  public Duration delayAfter(int tries, Duration atLeast) {
    Duration usual = retryDelays.get(Math.min(tries, retryDelays.size()) - 1);
    Duration wanted = usual.compareTo(atLeast) < 0 ? atLeast : usual;
    return retryDelays.stream()
        .filter(delay -> delay.compareTo(wanted) >= 0)
        .findFirst()
        .orElse(retryDelays.getLast());
  }

  /** As {@link #declarables(Exchange, String, Duration)}, of messages that may wait for ever. */
  public Declarables declarables(Exchange exchange, String routingKey) {
    return declare(exchange, routingKey, null);
  }

  /**
   * @param life after which a message that nobody consumed becomes a dead letter
   */
  public Declarables declarables(Exchange exchange, String routingKey, Duration life) {
    return declare(exchange, routingKey, life);
  }

  private Declarables declare(Exchange exchange, String routingKey, @Nullable Duration life) {
    QueueBuilder builder =
        deadLettering(QueueBuilder.durable(name), dead()).deliveryLimit(DELIVERY_LIMIT);
    if (life != null) {
      builder.ttl((int) life.toMillis());
    }
    Queue queue = builder.build();
    Binding binding = BindingBuilder.bind(queue).to(exchange).with(routingKey).noargs();
    List<Declarable> all = new ArrayList<>(List.of(exchange, queue, binding));
    all.add(QueueBuilder.durable(dead()).quorum().ttl((int) DEAD_LETTER_LIFE.toMillis()).build());
    for (Duration delay : retryDelays) {
      all.add(
          deadLettering(QueueBuilder.durable(retry(delay)), name)
              .ttl((int) delay.toMillis())
              .build());
    }
    return new Declarables(all);
  }

  /**
   * At-least-once: the broker keeps its copy until the target has confirmed. That needs the
   * overflow behaviour, though the queue has no length limit.
   */
  private static QueueBuilder deadLettering(QueueBuilder queue, String target) {
    return queue
        .quorum()
        .deadLetterExchange("")
        .deadLetterRoutingKey(target)
        .overflow(QueueBuilder.Overflow.rejectPublish)
        .withArgument("x-dead-letter-strategy", "at-least-once");
  }
}

package io.parley.common.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * How many messages wait in the queues that this service declares, and for how many consumers. Not
 * part of readiness: a service with much to do must not lose those who do it.
 */
final class QueuesHealthIndicator extends AbstractHealthIndicator {

  private final ObjectProvider<AmqpAdmin> broker;
  private final ObjectProvider<Queue> queues;
  private final ObjectProvider<Declarables> groups;
  private final int limit;

  QueuesHealthIndicator(
      ObjectProvider<AmqpAdmin> broker,
      ObjectProvider<Queue> queues,
      ObjectProvider<Declarables> groups,
      int limit) {
    this.broker = broker;
    this.queues = queues;
    this.groups = groups;
    this.limit = limit;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    Map<String, Object> waiting = new TreeMap<>();
    List<String> full = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : names()) {
      QueueInformation queue = broker.getObject().getQueueInfo(name);
      if (queue == null) {
        missing.add(name);
        continue;
      }
      waiting.put(
          name, Map.of("messages", queue.getMessageCount(), "consumers", queue.getConsumerCount()));
      if (queue.getMessageCount() >= limit) {
        full.add(name);
      }
    }
    health.withDetail("queues", waiting);
    if (!full.isEmpty()) {
      health.withDetail("full", full);
    }
    if (!missing.isEmpty()) {
      health.withDetail("missing", missing);
    }
    health.status(full.isEmpty() && missing.isEmpty() ? Status.UP : Grade.DEGRADED);
  }

  private Set<String> names() {
    Set<String> names = new TreeSet<>();
    Stream.concat(
            queues.stream(),
            groups.stream().flatMap(group -> group.getDeclarablesByType(Queue.class).stream()))
        .map(Queue::getName)
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return names;
  }
}

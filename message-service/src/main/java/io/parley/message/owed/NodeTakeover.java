package io.parley.message.owed;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisNodes.DeadNode;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Does what a dead node has left undone: one node takes it over. What it owed is read from the log
 * and handed over; each note goes when RabbitMQ has what it stood for, and the node's entry last.
 * So whoever dies over it, another goes on.
 */
@Component
class NodeTakeover {

  private static final Logger log = LoggerFactory.getLogger(NodeTakeover.class);

  private final RedisNodes nodes;
  private final LeftNotes notes;
  private final Counter done;
  private final Counter waits;
  private final Set<UUID> underWay = ConcurrentHashMap.newKeySet();

  NodeTakeover(RedisNodes nodes, LeftNotes notes, MeterRegistry metrics) {
    this.nodes = nodes;
    this.notes = notes;
    this.done = MessageMeter.TAKEOVERS.counter(metrics, "done");
    this.waits = MessageMeter.TAKEOVERS.counter(metrics, "waits");
  }

  @Scheduled(fixedRateString = "${parley.presence.beat:3s}")
  void look() {
    for (DeadNode node : nodes.dead()) {
      if (underWay.add(node.id())) {
        Thread.ofVirtual()
            .name("takeover-" + node.id())
            .start(
                () -> {
                  try {
                    takeOver(node);
                  } finally {
                    underWay.remove(node.id());
                  }
                });
      }
    }
  }

  private void takeOver(DeadNode node) {
    boolean claimed = false;
    try {
      claimed = nodes.claim(node);
      if (!claimed) {
        return;
      }
      log.info("node {} is dead since {}: taking over", node.id(), node.lastBeat());
      boolean owesNothing = notes.decide(node.id(), () -> nodes.renewClaim(node));
      if (owesNothing) {
        nodes.remove(node);
        done.increment();
        log.info("node {} has left nothing more", node.id());
      } else {
        waits.increment();
      }
    } catch (Exception e) {
      waits.increment();
      log.warn("what node {} has left waits: {}", node.id(), e.toString());
    } finally {
      if (claimed) {
        nodes.endClaim(node);
      }
    }
  }
}

package io.parley.message.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The threads that fan out. All work for a conversation is done by the same one, in the order it
 * was given, so a feed needs no lock. Work is taken in batches, and the touched connections are
 * flushed once after each: frames that wait for the same socket leave in one write.
 */
@Component
class Workers {

  /** A piece of work; it notes in the turn which connections it touched. */
  @FunctionalInterface
  interface Work {
    void run(Turn turn);
  }

  /** One batch. */
  static final class Turn {

    private final List<Connection> touched = new ArrayList<>();
    private final Set<Connection> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    void send(Connection connection, Outgoing event) {
      connection.enqueue(event);
      if (seen.add(connection)) {
        touched.add(connection);
      }
    }

    private void flush() {
      for (Connection connection : touched) {
        try {
          connection.flush();
        } catch (RuntimeException e) {
          log.warn("one connection fails", e);
        }
      }
      touched.clear();
      seen.clear();
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Workers.class);
  private static final int BATCH = 256;

  private final List<BlockingQueue<Work>> queues = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  Workers(DeliveryProperties properties, MeterRegistry metrics) {
    Gauge.builder("parley.fanout.backlog", this, Workers::backlog)
        .description("events and changes that wait for a fan-out thread")
        .register(metrics);
    for (int i = 0; i < properties.workers(); i++) {
      BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
      queues.add(queue);
      threads.add(Thread.ofPlatform().name("fan-out-" + i).daemon().start(() -> run(queue)));
    }
  }

  void submit(ConversationId conversation, Work work) {
    queues.get(Math.floorMod(conversation.hashCode(), queues.size())).add(work);
  }

  /** The number of pieces that wait. */
  int backlog() {
    return queues.stream().mapToInt(BlockingQueue::size).sum();
  }

  private static void run(BlockingQueue<Work> queue) {
    Turn turn = new Turn();
    List<Work> batch = new ArrayList<>();
    while (true) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        return;
      }
      queue.drainTo(batch, BATCH);
      for (Work work : batch) {
        try {
          work.run(turn);
        } catch (RuntimeException | Error e) {
          // Whatever it was: half of all conversations wait behind it.
          log.error("fan-out", e);
        }
      }
      turn.flush();
      batch.clear();
    }
  }

  @PreDestroy
  void stop() {
    threads.forEach(Thread::interrupt);
  }
}

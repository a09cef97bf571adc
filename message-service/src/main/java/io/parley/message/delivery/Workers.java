package io.parley.message.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.message.metrics.MessageMeter;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
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

  /** A piece of work; it sends by the turn. */
  @FunctionalInterface
  interface Work {
    void run(Turn turn);
  }

  /** One worker's batches, one after the other. */
  static final class Turn {

    private final int worker;
    private final Counter deliveries;
    private final List<LocalConnection> touched = new ArrayList<>();
    private long number;

    /** Added up once a turn. */
    private int sent;

    Turn(int worker, Counter deliveries) {
      this.worker = worker;
      this.deliveries = deliveries;
    }

    /** One that fails does not keep the others from being served. */
    void send(LocalConnection connection, Outgoing event) {
      try {
        connection.enqueue(event);
      } catch (RuntimeException e) {
        log.warn("one connection fails", e);
        return;
      }
      sent++;
      if (connection.isFirstTouch(worker, number)) {
        touched.add(connection);
      }
    }

    private void flush() {
      for (LocalConnection connection : touched) {
        try {
          connection.flush();
        } catch (RuntimeException e) {
          log.warn("one connection fails", e);
        }
      }
      touched.clear();
      number++;
      if (sent > 0) {
        deliveries.increment(sent);
        sent = 0;
      }
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Workers.class);
  private static final int BATCH = 256;

  private final int maxBacklog;
  private final Counter dropped;
  private final List<BlockingQueue<Work>> queues = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  Workers(DeliveryProperties properties, MeterRegistry metrics) {
    this.maxBacklog = properties.maxBacklog();
    this.dropped = MessageMeter.DROPPED.counter(metrics);
    MessageMeter.BACKLOG.gauge(metrics, this, Workers::backlog);
    Counter deliveries = MessageMeter.DELIVERIES.counter(metrics);
    for (int i = 0; i < properties.workers(); i++) {
      BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
      Turn turn = new Turn(i, deliveries);
      queues.add(queue);
      threads.add(Thread.ofPlatform().name("fan-out-" + i).daemon().start(() -> run(queue, turn)));
    }
  }

  int count() {
    return queues.size();
  }

  private BlockingQueue<Work> queue(Object key) {
    return queues.get(Math.floorMod(key.hashCode(), queues.size()));
  }

  /**
   * For what must be done. Only as much of it may be under way as there are feeds and callers.
   *
   * @param key the conversation's id, or whatever else shall have one worker
   */
  void submit(Object key, Work work) {
    queue(key).add(work);
  }

  /**
   * For what can be found again elsewhere.
   *
   * @return false when the worker is too far behind: it was dropped
   */
  boolean offer(Object key, Work work) {
    BlockingQueue<Work> queue = queue(key);
    if (queue.size() >= maxBacklog) {
      dropped.increment();
      return false;
    }
    return queue.add(work);
  }

  /** As {@link #submit}; completes with what the work gives or throws. */
  <T> CompletableFuture<T> call(Object key, Function<Turn, T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    submit(
        key,
        turn -> {
          try {
            done.complete(work.apply(turn));
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  /**
   * As {@link #call}, for many keys with one piece of work for each worker.
   *
   * @return what the work gave, by item
   */
  <K, T> Map<K, T> callEach(Collection<K> items, Function<K, ?> key, Function<K, T> work) {
    Map<BlockingQueue<Work>, List<K>> shares = new IdentityHashMap<>();
    for (K item : items) {
      shares.computeIfAbsent(queue(key.apply(item)), queue -> new ArrayList<>()).add(item);
    }
    Map<K, T> results = HashMap.newHashMap(items.size());
    List<CompletableFuture<Map<K, T>>> all = new ArrayList<>();
    shares.forEach(
        (queue, share) ->
            all.add(
                call(
                    key.apply(share.get(0)),
                    turn -> {
                      Map<K, T> done = HashMap.newHashMap(share.size());
                      share.forEach(item -> done.put(item, work.apply(item)));
                      return done;
                    })));
    all.forEach(done -> results.putAll(done.join()));
    return results;
  }

  /** The number of pieces that wait. */
  int backlog() {
    return queues.stream().mapToInt(BlockingQueue::size).sum();
  }

  private static void run(BlockingQueue<Work> queue, Turn turn) {
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

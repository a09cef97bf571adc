package io.parley.message.bus;

import io.lettuce.core.RedisException;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.LogEvent;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisSubscriptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Redis sharded pub/sub. Nothing is kept: what a node misses while its subscription is broken it
 * finds in the log (promise 3), so a failed publish is no failed send.
 */
@Component
public class RedisBus {

  private static final Logger log = LoggerFactory.getLogger(RedisBus.class);

  private static final int PUBLISH_SECONDS = 2;

  private final RedisConnections connections;
  private final RedisSubscriptions subscriptions;
  private final AtomicLong failedPublishes = new AtomicLong();

  RedisBus(RedisConnections connections) {
    this.connections = connections;
    this.subscriptions = connections.subscriptions();
  }

  /**
   * Hears of conversations and users.
   *
   * @param listener called on the driver's one event loop: it must only hand over
   */
  public void listen(BiConsumer<Topic, BusEvent> listener) {
    listenAll(
        (topic, event) -> {
          if (!topic.isForAllNodes()) {
            listener.accept(topic, event);
          }
        });
  }

  /**
   * @param listener as for the others
   */
  public void listen(Topic forAllNodes, Consumer<BusEvent> listener) {
    listenAll(
        (topic, event) -> {
          if (topic.equals(forAllNodes)) {
            listener.accept(event);
          }
        });
  }

  private void listenAll(BiConsumer<Topic, BusEvent> listener) {
    subscriptions.listen(
        (channel, message) -> listener.accept(Topic.ofChannel(channel), BusEvent.decode(message)));
  }

  /** Completes when Redis has confirmed the subscription. */
  public CompletableFuture<Void> subscribe(Topic topic) {
    return subscriptions.subscribe(topic.channel());
  }

  public void unsubscribe(Topic topic) {
    subscriptions.unsubscribe(topic.channel());
  }

  /** Announces an event that is in the log. */
  public void publish(LogEvent event) {
    publish(Topic.of(event.conversation()), BusEvent.of(event.seq(), event.toJson()));
  }

  public void publish(Topic topic, BusEvent event) {
    try {
      connections
          .commands()
          .spublish(topic.channel(), event.encode())
          .whenComplete(
              (receivers, failure) -> {
                if (failure != null) {
                  failed(failure);
                }
              });
    } catch (RedisException e) {
      failed(e);
    }
  }

  /**
   * As {@link #publish}, for what nothing repairs: returns once Redis has it.
   *
   * @throws ProblemException 503
   */
  public void publishSurely(Topic topic, BusEvent event) {
    try {
      connections
          .commands()
          .spublish(topic.channel(), event.encode())
          .get(PUBLISH_SECONDS, TimeUnit.SECONDS);
    } catch (RedisException | ExecutionException | TimeoutException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  /**
   * Both are called on the driver's event loop: they must only hand over.
   *
   * @param lost nothing is heard from here on
   * @param back the connection is there again; the subscriptions come back one after the other
   */
  public void onInterruption(Runnable lost, Runnable back) {
    subscriptions.onInterruption(lost, back);
  }

  private void failed(Throwable failure) {
    if (failedPublishes.getAndIncrement() % 1000 == 0) {
      log.warn("publishing on the bus fails: {}", failure.toString());
    }
  }
}

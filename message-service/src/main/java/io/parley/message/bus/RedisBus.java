package io.parley.message.bus;

import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.LogEvent;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.store.RedisConnections;
import io.parley.message.store.RedisSubscriptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Redis sharded pub/sub. No event is kept: what a node misses while its subscription is broken it
 * finds in the log (promise 3), so a failed publish is no failed send.
 */
@Component
public class RedisBus implements Announcements {

  private static final Logger log = LoggerFactory.getLogger(RedisBus.class);

  private static final int PUBLISH_SECONDS = 2;
  private static final Duration UNCONFIRMED_AFTER = Duration.ofSeconds(1);

  private final RedisConnections connections;
  private final RedisSubscriptions subscriptions;
  private final Unconfirmed unconfirmed = new Unconfirmed();
  private final AtomicLong failedPublishes = new AtomicLong();
  private final Timer published;
  private volatile BiConsumer<ConversationId, BusEvent> conversationListener = (id, event) -> {};
  private volatile BiConsumer<UserId, BusEvent> userListener = (id, event) -> {};
  private volatile BiConsumer<UserId, BusEvent> presenceListener = (id, event) -> {};
  private final Map<Topic, Consumer<BusEvent>> listeners = new ConcurrentHashMap<>();

  RedisBus(RedisConnections connections, MeterRegistry metrics) {
    this.connections = connections;
    this.subscriptions = connections.subscriptions();
    this.published = MessageMeter.PUBLISH.timer(metrics);
    MessageMeter.PUBLISH_FAILED.counter(metrics, failedPublishes, AtomicLong::get);
    subscriptions.listen(
        (channel, message) -> received(Topic.ofChannel(channel), BusEvent.decode(message)));
  }

  private void received(Topic topic, BusEvent event) {
    if (topic.isConversation()) {
      conversationListener.accept(new ConversationId(topic.id()), event);
    } else if (topic.isUser()) {
      userListener.accept(new UserId(topic.id()), event);
    } else if (topic.isPresence()) {
      presenceListener.accept(new UserId(topic.id()), event);
    } else {
      Consumer<BusEvent> listener = listeners.get(topic);
      if (listener != null) {
        listener.accept(event);
      }
    }
  }

  /**
   * @param listener called on the driver's one event loop: it must only hand over
   */
  public void listenToConversations(BiConsumer<ConversationId, BusEvent> listener) {
    conversationListener = listener;
  }

  /**
   * @param listener as for conversations
   */
  public void listenToUsers(BiConsumer<UserId, BusEvent> listener) {
    userListener = listener;
  }

  /**
   * @param listener as for conversations
   */
  public void listenToPresence(BiConsumer<UserId, BusEvent> listener) {
    presenceListener = listener;
  }

  /**
   * @param listener as for conversations
   */
  public void listen(Topic forAllNodes, Consumer<BusEvent> listener) {
    listeners.put(forAllNodes, listener);
  }

  /** Completes when Redis has confirmed the subscription. */
  public CompletableFuture<Void> subscribe(Topic topic) {
    try {
      return subscriptions.subscribe(topic.channel());
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** As {@link #subscribe(Topic)}, for all of them. */
  public CompletableFuture<Void> subscribe(List<Topic> topics) {
    return CompletableFuture.allOf(
        topics.stream().map(this::subscribe).toArray(CompletableFuture[]::new));
  }

  /** While Redis is away this fails, and the driver listens again once it is back. */
  public void unsubscribe(Topic topic) {
    try {
      subscriptions.unsubscribe(topic.channel());
    } catch (RedisException e) {
      log.debug("no unsubscription from {}: {}", topic, e.toString());
    }
  }

  /**
   * Announces an event that is in the log. Its seq is kept until Redis has confirmed that: if it
   * does not, nodes are told, once it answers again, that the log has come so far.
   */
  @Override
  public void publish(LogEvent event) {
    announce(event.conversation(), event.seq(), BusEvent.of(event.seq(), event.toJson()));
  }

  private void announce(ConversationId conversation, long seq, BusEvent event) {
    long began = System.nanoTime();
    unconfirmed.announced(conversation, seq, began);
    send(Topic.of(conversation), event)
        .whenComplete(
            (receivers, failure) -> {
              if (failure == null) {
                unconfirmed.confirmed(conversation, seq);
                published.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
              } else {
                failed(failure);
              }
            });
  }

  @Scheduled(fixedDelay = 500)
  void announceAgain() {
    long now = System.nanoTime();
    unconfirmed
        .since(now - UNCONFIRMED_AFTER.toNanos())
        .forEach((conversation, seq) -> announce(conversation, seq, BusEvent.head(seq)));
  }

  /** For what may get lost. */
  public void publish(Topic topic, BusEvent event) {
    send(topic, event)
        .whenComplete(
            (receivers, failure) -> {
              if (failure != null) {
                failed(failure);
              }
            });
  }

  private CompletionStage<Long> send(Topic topic, BusEvent event) {
    try {
      return connections.commands().spublish(topic.channel(), event.encode());
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
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

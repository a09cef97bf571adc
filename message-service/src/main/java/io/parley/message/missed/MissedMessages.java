package io.parley.message.missed;

import io.parley.common.events.MessagesMissed;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.presence.RedisOnlineUsers;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/**
 * Works out, off the delivery path, who was not connected when a message was stored, and hands them
 * to notification-service in batches. One thread takes what has gathered, asks Redis once for all
 * of it and publishes with confirms; what can not be handed over now is tried again. The queue is
 * in memory: a process that is killed takes at most the last moments' decisions with it.
 */
@Component
public class MissedMessages {

  /** A stored message whose absent recipients are to be told. */
  public record Stored(
      LogEvent event,
      Conversation conversation,
      String senderName,
      String preview,
      Set<UserId> members) {}

  private static final Logger log = LoggerFactory.getLogger(MissedMessages.class);
  private static final int QUEUE = 20_000;
  private static final int BATCH = 200;
  private static final int PREVIEW_CHARS = 200;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofSeconds(3);

  private final RedisOnlineUsers onlineUsers;
  private final RabbitTemplate rabbit;
  private final LogReader eventLog;
  private final Clock clock;
  private final BlockingQueue<Stored> queue = new LinkedBlockingQueue<>(QUEUE);
  private final Thread worker;
  private final AtomicLong unroutable = new AtomicLong();
  private volatile boolean stopping;

  MissedMessages(
      RedisOnlineUsers onlineUsers, RabbitTemplate rabbit, LogReader eventLog, Clock clock) {
    this.eventLog = eventLog;
    this.clock = clock;
    this.onlineUsers = onlineUsers;
    this.rabbit = rabbit;
    rabbit.setReturnsCallback(returned -> unroutable.incrementAndGet());
    this.worker = Thread.ofPlatform().name("missed-messages").daemon().start(this::run);
  }

  /** Never blocks: a broker that is away for long costs notifications, not messages. */
  public void offer(Stored stored) {
    if (!queue.offer(stored)) {
      log.error("RabbitMQ is away for too long; no notification for {}", stored.event().id());
    }
  }

  private void run() {
    List<Stored> batch = new ArrayList<>();
    while (!stopping || !queue.isEmpty()) {
      try {
        if (batch.isEmpty()) {
          Stored first = queue.poll(200, TimeUnit.MILLISECONDS);
          if (first == null) {
            continue;
          }
          batch.add(first);
          queue.drainTo(batch, BATCH - 1);
        }
        batch.removeIf(this::isDeletedMeanwhile);
        handOver(batch);
        batch.clear();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        log.warn("missed messages wait: {}", e.toString());
        if (stopping || !slept()) {
          return;
        }
      }
    }
  }

  /** Asked only for what had to wait: the log is not read for every message. */
  private boolean isDeletedMeanwhile(Stored stored) {
    LogEvent event = stored.event();
    if (event.at().plus(FRESH).isAfter(clock.instant())) {
      return false;
    }
    LogEvent now = eventLog.at(event.conversation(), event.seq());
    return now != null && now.isDeleted();
  }

  private static boolean slept() {
    try {
      Thread.sleep(RETRY);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void handOver(List<Stored> batch) throws Exception {
    Set<UserId> everybody = new HashSet<>();
    batch.forEach(stored -> everybody.addAll(stored.members()));
    Set<UserId> offline = onlineUsers.offline(everybody);
    if (offline.isEmpty()) {
      return;
    }
    long before = unroutable.get();
    rabbit.invoke(
        operations -> {
          for (Stored stored : batch) {
            for (MessagesMissed missed : missed(stored, offline)) {
              operations.convertAndSend(
                  MessagesMissed.EXCHANGE, MessagesMissed.ROUTING_KEY, missed);
            }
          }
          operations.waitForConfirmsOrDie(5_000);
          return true;
        });
    // A confirm only says that the broker has it; without notification-service's queue it is gone.
    if (unroutable.get() != before) {
      throw new IllegalStateException("notification-service has not declared its queue yet");
    }
  }

  /** The exchange; the queue behind it is notification-service's. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    DirectExchange missedExchange() {
      return new DirectExchange(MessagesMissed.EXCHANGE, true, false);
    }
  }

  static List<MessagesMissed> missed(Stored stored, Set<UserId> offline) {
    List<UserId> recipients =
        stored.members().stream()
            .filter(offline::contains)
            .filter(member -> !member.equals(stored.event().author()))
            .toList();
    List<MessagesMissed> events = new ArrayList<>();
    UserId author = stored.event().author();
    for (int i = 0; author != null && i < recipients.size(); i += MessagesMissed.MAX_RECIPIENTS) {
      ConversationId id = stored.conversation().id();
      events.add(
          new MessagesMissed(
              id,
              stored.conversation().kind().name(),
              stored.conversation().name(),
              stored.event().seq(),
              stored.event().id().toString(),
              author,
              stored.senderName(),
              preview(stored.preview()),
              stored.event().at(),
              recipients.subList(
                  i, Math.min(recipients.size(), i + MessagesMissed.MAX_RECIPIENTS))));
    }
    return events;
  }

  /** Never cuts a surrogate pair in two. */
  static String preview(String text) {
    if (text.length() <= PREVIEW_CHARS) {
      return text;
    }
    boolean pair = Character.isHighSurrogate(text.charAt(PREVIEW_CHARS - 1));
    return text.substring(0, pair ? PREVIEW_CHARS - 1 : PREVIEW_CHARS);
  }

  @PreDestroy
  void stop() throws InterruptedException {
    stopping = true;
    worker.join(Duration.ofSeconds(5));
  }
}

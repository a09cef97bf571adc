package io.parley.message.missed;

import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.missed.MissedMessagePublisher.Missed;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Works out, off the delivery path, who was not connected when a message was stored, and hands them
 * to notification-service in batches. One thread takes what has gathered, asks Redis once for all
 * of it and publishes with confirms; what can not be handed over now is tried again. The queue is
 * in memory: a process that is killed takes at most the last moments' decisions with it.
 */
@Component
public class AbsentMembers {

  /** A stored message whose absent recipients are to be told. */
  public record Stored(
      LogEvent event,
      Conversation conversation,
      String senderName,
      String text,
      Set<UserId> members) {}

  private static final Logger log = LoggerFactory.getLogger(AbsentMembers.class);
  private static final int QUEUE = 20_000;
  private static final int BATCH = 200;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofSeconds(3);

  private final RedisOnlineUsers onlineUsers;
  private final MissedMessagePublisher publisher;
  private final EventLog eventLog;
  private final Clock clock;
  private final BlockingQueue<Stored> queue = new LinkedBlockingQueue<>(QUEUE);
  private final Thread worker;
  private volatile boolean stopping;

  AbsentMembers(
      RedisOnlineUsers onlineUsers,
      MissedMessagePublisher publisher,
      EventLog eventLog,
      Clock clock) {
    this.eventLog = eventLog;
    this.clock = clock;
    this.onlineUsers = onlineUsers;
    this.publisher = publisher;
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
    publisher.publish(batch.stream().map(stored -> missed(stored, offline)).toList());
  }

  private static Missed missed(Stored stored, Set<UserId> offline) {
    return new Missed(
        stored.event(),
        stored.conversation(),
        stored.senderName(),
        stored.text(),
        stored.members().stream()
            .filter(offline::contains)
            .filter(member -> !member.equals(stored.event().author()))
            .toList());
  }

  @PreDestroy
  void stop() throws InterruptedException {
    stopping = true;
    worker.join(Duration.ofSeconds(5));
  }
}

package io.parley.message.missed;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.missed.MissedMessagePublisher.Missed;
import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisOnlineUsers;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Works out, off the delivery path, who was not connected when a message was stored, and hands them
 * to notification-service in batches. When all are connected here that is nobody, and costs neither
 * a thread nor a command. Else one thread takes what has gathered, asks Redis once for all of it
 * and publishes with confirms; what can not be handed over now is tried again.
 *
 * <p>What waits here is noted in Redis as well, from before it is in the log ({@link Ledger}): if
 * this node dies another decides anew, from the log ({@link NodeTakeover}).
 */
@Component
public class AbsentMembers implements Duties {

  /**
   * A stored message whose absent recipients are to be told.
   *
   * @param traceparent of its send; null when that is not traced
   */
  public record Stored(
      LogEvent event,
      Conversation conversation,
      String senderName,
      String text,
      Set<UserId> members,
      @Nullable String traceparent) {}

  /** Held over an append. */
  public final class Duty implements Duties.Duty {

    private final ConversationId conversation;
    private final long begun = ledger.begin();
    private boolean done;

    private Duty(ConversationId conversation) {
      this.conversation = conversation;
    }

    /** The message is in the log. Never blocks. */
    public void tell(Stored stored) {
      done = true;
      LogEvent event = stored.event();
      boolean nobody = event.isDeleted() || isOld(event) || areAllHere(stored);
      boolean takes = nobody || queue.remainingCapacity() > 0;
      ledger.stored(begun, conversation, event.seq(), nobody || !takes);
      if (!takes || (!nobody && !queue.offer(stored))) {
        doubted.increment();
        ledger.doubt(conversation);
      }
    }

    @Override
    public void tellNobody(LogEvent event) {
      done = true;
      ledger.stored(begun, conversation, event.seq(), true);
    }

    @Override
    public void owe(LogEvent event) {
      done = true;
      ledger.stored(begun, conversation, event.seq(), false);
      ledger.doubt(conversation);
    }

    @Override
    public void close() {
      if (!done) {
        ledger.failed(begun, conversation);
      }
    }
  }

  private static final Logger log = LoggerFactory.getLogger(AbsentMembers.class);
  private static final int QUEUE = 20_000;
  private static final int BATCH = 200;

  /** A push may be so much later, for one wake-up and one question to Redis in that time. */
  private static final Duration GATHER = Duration.ofMillis(100);

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofSeconds(3);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final OwnNotes notes;
  private final RedisOnlineUsers onlineUsers;
  private final MissedMessagePublisher publisher;
  private final LogReader reader;
  private final MissedProperties properties;
  private final Clock clock;
  private final BlockingQueue<Stored> queue = new LinkedBlockingQueue<>(QUEUE);
  private final Counter doubted;
  private final Thread worker;
  private volatile boolean stopping;

  AbsentMembers(
      Ledger ledger,
      OwnNotes notes,
      RedisOnlineUsers onlineUsers,
      MissedMessagePublisher publisher,
      LogReader reader,
      MissedProperties properties,
      Clock clock,
      RedisNodes nodes,
      MeterRegistry metrics) {
    this.ledger = ledger;
    this.notes = notes;
    this.onlineUsers = onlineUsers;
    this.publisher = publisher;
    this.reader = reader;
    this.properties = properties;
    this.clock = clock;
    this.doubted = MessageMeter.ABSENT_DOUBTED.counter(metrics);
    MessageMeter.ABSENT_WAITING.gauge(metrics, queue, BlockingQueue::size);
    nodes.onForgotten(notes::forgotten);
    this.worker = Thread.ofPlatform().name("absent-members").daemon().start(this::run);
  }

  @Override
  public Duty duty(ConversationId conversation) {
    return new Duty(conversation);
  }

  private boolean areAllHere(Stored stored) {
    for (UserId member : stored.members()) {
      if (!onlineUsers.isHere(member) && !member.equals(stored.event().author())) {
        return false;
      }
    }
    return true;
  }

  /** A repeat of what was decided long ago. */
  private boolean isOld(LogEvent event) {
    return event.at().isBefore(clock.instant().minus(properties.worthTelling()));
  }

  private void run() {
    List<Stored> batch = new ArrayList<>();
    while (!stopping || !queue.isEmpty()) {
      try {
        if (batch.isEmpty()) {
          Stored first = queue.poll(1, TimeUnit.SECONDS);
          if (first == null) {
            continue;
          }
          batch.add(first);
          Thread.sleep(GATHER);
          queue.drainTo(batch, BATCH - 1);
        }
        handOver(batch);
        batch.forEach(stored -> ledger.settled(stored.conversation().id(), stored.event().seq()));
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
    if (!offline.isEmpty()) {
      publisher.publish(
          batch.stream()
              .filter(stored -> !isDeletedMeanwhile(stored))
              .map(stored -> missed(stored, offline))
              .toList());
    }
  }

  /** Asked only for what had to wait: the log is not read for every message. */
  private boolean isDeletedMeanwhile(Stored stored) {
    LogEvent event = stored.event();
    if (event.at().plus(FRESH).isAfter(clock.instant())) {
      return false;
    }
    LogEvent now = reader.at(event.conversation(), event.seq());
    return now != null && now.isDeleted();
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
            .toList(),
        stored.traceparent());
  }

  /**
   * Called when nothing is sent any more.
   *
   * @return false when something is left to others
   */
  boolean stop() {
    stopping = true;
    try {
      worker.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return notes.stop();
  }
}

package io.parley.message.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.traces.Traces;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import io.parley.message.log.LogEvent;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.owed.Duties;
import io.parley.message.owed.Ledger;
import io.parley.message.owed.OwnNotes;
import io.parley.message.presence.RedisNodes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Tells notification-service of all messages, of changes to them, of what was read and of what some
 * see no more, off the delivery path. One thread looks every {@link NotificationProperties#gather}
 * for what has come, and publishes all of it with confirms; nobody wakes it, so what is told costs
 * its teller an entry in a queue. What can not be handed over now is tried again.
 *
 * <p>What waits here and is an event of the log is noted in Redis as well, from before it is in the
 * log ({@link Ledger}): if this node dies another hands it over ({@link LoggedEvents}). The rest is
 * not: of a node that dies that of the last moment is not told.
 */
@Component
public class NotificationEvents implements Duties {

  /** Held over an append. */
  public final class Duty implements Duties.Duty {

    private final ConversationId conversation;
    private final long begun = ledger.begin();
    private boolean done;

    private Duty(ConversationId conversation) {
      this.conversation = conversation;
    }

    /**
     * A message is in the log, and what follows from it is noted. Never blocks.
     *
     * @param roster all members, its author too
     */
    public void tell(LogEvent message, Conversation in, Collection<Member> roster) {
      // Of one's notes to oneself nobody is told.
      boolean nobody = message.isDeleted() || isOld(message) || roster.size() == 1;
      end(message, nobody ? null : News.Message.of(message, in.kind(), roster, traces.current()));
    }

    @Override
    public void done(LogEvent event) {
      end(event, isOld(event) ? null : News.Changes.of(event, traces.current()));
    }

    private void end(LogEvent event, News.@Nullable Owed news) {
      done = true;
      boolean takes = news == null || queue.remainingCapacity() > 0;
      // Before it is offered: it may be handed over at once.
      ledger.stored(begun, conversation, event.seq(), news == null || !takes);
      if (!takes || (news != null && !queue.offer(news))) {
        doubted.increment();
        ledger.doubt(conversation);
      }
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

  /** Whose marker, and of what. */
  private record Reader(UserId user, ConversationId conversation, long threadRoot) {}

  private static final Logger log = LoggerFactory.getLogger(NotificationEvents.class);

  /** Of each, messages with changes, read markers, and what some see no more. */
  static final int MOST_WAITING = 20_000;

  /** In one go, before any of it is settled. */
  private static final int BATCH = 1_000;

  /** The message with which a go has as many is its last. */
  private static final int BATCH_MEMBERS = 20_000;

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final Ledger ledger;
  private final EventPublisher publisher;
  private final NotificationProperties properties;
  private final Traces traces;
  private final Clock clock;
  private final BlockingQueue<News.Owed> queue = new LinkedBlockingQueue<>(MOST_WAITING);

  /** What some see no more. */
  private final BlockingQueue<News> views = new LinkedBlockingQueue<>(MOST_WAITING);

  /** → the last seq that is read. */
  private final Map<Reader, Long> reads = new ConcurrentHashMap<>();

  private final Counter doubted;
  private final Counter dropped;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread worker;

  NotificationEvents(
      Ledger ledger,
      OwnNotes notes,
      RedisNodes nodes,
      EventPublisher publisher,
      NotificationProperties properties,
      Traces traces,
      Clock clock,
      MeterRegistry metrics) {
    this.ledger = ledger;
    this.publisher = publisher;
    this.properties = properties;
    this.traces = traces;
    this.clock = clock;
    this.doubted = MessageMeter.NOTIFY_DOUBTED.counter(metrics);
    this.dropped = MessageMeter.NOTIFY_READS_DROPPED.counter(metrics);
    MessageMeter.NOTIFY_WAITING.gauge(metrics, queue, BlockingQueue::size);
    nodes.onForgotten(notes::forgotten);
    this.worker = Thread.ofPlatform().name("notification-events").daemon().start(this::run);
  }

  @Override
  public Duty duty(ConversationId conversation) {
    return new Duty(conversation);
  }

  /** A repeat of what was decided long ago. */
  private boolean isOld(LogEvent event) {
    return event.at().isBefore(clock.instant().minus(properties.worthTelling()));
  }

  /** A user has read up to this seq, by a marker that is stored. Never blocks. */
  public void read(UserId user, ConversationId conversation, long seq) {
    read(new Reader(user, conversation, News.Read.NO_THREAD), seq);
  }

  /** As {@link #read}, by the marker of a thread. */
  public void readThread(UserId user, ConversationId conversation, long root, long seq) {
    read(new Reader(user, conversation, root), seq);
  }

  /** A user has deleted a message for themselves. Never blocks. */
  public void hidden(UserId user, ConversationId conversation, long seq) {
    add(new News.Hidden(conversation, List.of(user), seq, seq));
  }

  /**
   * Users are no members any more. Never blocks.
   *
   * @param seq of the event that says so
   */
  public void left(ConversationId conversation, List<UserId> users, long seq) {
    if (!users.isEmpty()) {
      add(new News.Hidden(conversation, List.copyOf(users), 1, seq));
    }
  }

  /** One of them has blocked the other. Never blocks. */
  public void apart(UserId user, UserId other) {
    add(new News.Apart(user, other));
  }

  private void add(News news) {
    if (!views.offer(news)) {
      dropped.increment();
    }
  }

  private void read(Reader reader, long seq) {
    if (reads.size() >= MOST_WAITING && !reads.containsKey(reader)) {
      dropped.increment();
    } else {
      reads.put(reader, seq);
    }
  }

  private void run() {
    List<News> batch = new ArrayList<>();
    Duration pause = properties.gather();
    boolean last = false;
    while (!last) {
      try {
        last = stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        while (!batch.isEmpty() || take(batch)) {
          publisher.publish(batch);
          batch.forEach(this::settled);
          batch.clear();
        }
        pause = properties.gather();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        log.warn("what notification-service is to be told waits: {}", e.toString());
        pause = RETRY;
      }
    }
  }

  /**
   * @return whether there was anything
   */
  private boolean take(List<News> batch) {
    int members = 0;
    while (batch.size() < BATCH && members < BATCH_MEMBERS) {
      News.Owed next = queue.poll();
      if (next == null) {
        break;
      }
      batch.add(next);
      members += next instanceof News.Message message ? message.roster().size() : 0;
    }
    views.drainTo(batch, BATCH - batch.size());
    for (Map.Entry<Reader, Long> entry : reads.entrySet()) {
      if (batch.size() >= BATCH) {
        break;
      }
      Reader reader = entry.getKey();
      Long seq = entry.getValue();
      if (reads.remove(reader, seq)) {
        batch.add(new News.Read(reader.user(), reader.conversation(), reader.threadRoot(), seq));
      }
    }
    return !batch.isEmpty();
  }

  private void settled(News news) {
    if (news instanceof News.Owed owed) {
      ledger.settled(owed.conversation(), owed.seq());
    }
  }

  /** Called when nothing is sent any more. What is not handed over in time is still noted. */
  void stop() {
    stopping.countDown();
    try {
      worker.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.parley.message.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.message.bus.BusEvent;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.metrics.MessageMeter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads from the log what a feed misses: what did not come over the bus, or came too early. It is
 * tried again, less and less often, until nothing is missing.
 */
@Component
class FeedRepair {

  /**
   * What the log has behind a feed's head.
   *
   * @param events up to {@link #PAGE}
   * @param head what clients are told when there is more; 0 when there is not
   */
  private record Found(List<BusEvent> events, long head) {}

  private static final Logger log = LoggerFactory.getLogger(FeedRepair.class);
  private static final int PAGE = 200;
  private static final int READS_AT_ONCE = 16;
  private static final long MAX_PAUSE_MILLIS = 2_000;

  /** About ten seconds: longer than the log needs to heal a hole. */
  private static final int PATIENCE = 8;

  private final LogReader reader;
  private final FanOut fanOut;
  private final FeedMembers members;
  private final Workers workers;
  private final Duration holdTimeout;
  private final Counter repairs;
  private final Counter repaired;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore reads = new Semaphore(READS_AT_ONCE, true);

  FeedRepair(
      LogReader reader,
      FanOut fanOut,
      FeedMembers members,
      Workers workers,
      DeliveryProperties properties,
      MeterRegistry metrics) {
    this.reader = reader;
    this.fanOut = fanOut;
    this.members = members;
    this.workers = workers;
    this.holdTimeout = properties.holdTimeout();
    this.repairs = MessageMeter.REPAIRS.counter(metrics);
    this.repaired = MessageMeter.REPAIRED.counter(metrics);
  }

  /** Compares the feed with the log, whatever is known. */
  void compare(ConversationFeed feed) {
    feed.order().doubt();
    workers.submit(feed.id(), turn -> ifNeeded(feed));
  }

  /** Called on the feed's worker. */
  void ifNeeded(ConversationFeed feed) {
    if (feed.order().mayMiss() && feed.beginRepair()) {
      io.execute(() -> repair(feed));
    }
  }

  private void repair(ConversationFeed feed) {
    repairs.increment();
    int attempt = feed.order().isDoubtful() ? -1 : 0;
    while (!feed.isClosed()) {
      try {
        if (attempt >= 0) {
          Thread.sleep(Math.min(holdTimeout.toMillis() << attempt, MAX_PAUSE_MILLIS));
        }
        // What was only late is there by now.
        Found found = feed.order().mayMiss() ? read(feed) : new Found(List.of(), 0);
        repaired.increment(found.events().size());
        attempt = found.events().isEmpty() ? Math.min(attempt + 1, PATIENCE) : 0;
        boolean patient = attempt < PATIENCE;
        if (workers.call(feed.id(), turn -> fill(feed, found, patient, turn)).join()) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (CompletionException e) {
        log.error("filling a gap of {}", feed.id(), e);
        attempt = PATIENCE - 1;
      } catch (RuntimeException e) {
        log.debug("could not read what is missing in {}: {}", feed.id(), e.toString());
        feed.order().doubt();
        attempt = Math.min(attempt + 1, PATIENCE / 2);
      }
    }
  }

  private Found read(ConversationFeed feed) throws InterruptedException {
    reads.acquire();
    try {
      feed.order().comparing();
      List<LogEvent> events = reader.read(feed.id(), feed.head() + 1, PAGE);
      LogHead head = events.size() < PAGE ? null : reader.head(feed.id());
      feed.order().compared();
      return new Found(
          events.stream().map(event -> BusEvent.of(event.seq(), event.toJson())).toList(),
          head == null ? 0 : head.seq());
    } finally {
      reads.release();
    }
  }

  /**
   * @return whether nothing is missing any more
   */
  private boolean fill(ConversationFeed feed, Found found, boolean patient, Workers.Turn turn) {
    fanOut.deliverRepaired(feed, found.events(), turn);
    if (found.head() > feed.head()) {
      feed.order().jumpTo(found.head());
      members.doubted(feed);
      fanOut.deliverHeld(feed, turn);
      fanOut.tellHead(feed, turn);
    }
    if (!patient) {
      feed.order().giveUp();
    }
    if (feed.order().mayMiss()) {
      return false;
    }
    feed.endRepair();
    return true;
  }
}

package io.parley.message.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import io.parley.message.metrics.MessageMeter;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * When the bus is back after an interruption: what was published meanwhile is found in the log, and
 * memberships that began meanwhile in their table. Each channel is subscribed to once more before
 * its conversation is compared, as the driver restores subscriptions in its own time.
 */
@Component
class BusRecovery {

  private static final Logger log = LoggerFactory.getLogger(BusRecovery.class);

  /** The nodes have all lost the bus at once; they must not all ask Cassandra at once. */
  private static final Duration MAX_DELAY = Duration.ofSeconds(1);

  private static final int USERS_AT_ONCE = 8;
  private static final int HEARD_TOGETHER = 500;

  private final OpenConversations openConversations;
  private final LocalUsers users;
  private final Connections connections;
  private final AtomicLong interruptions = new AtomicLong();

  BusRecovery(
      OpenConversations openConversations,
      LocalUsers users,
      Connections connections,
      RedisBus bus,
      MeterRegistry metrics) {
    this.openConversations = openConversations;
    this.users = users;
    this.connections = connections;
    MessageMeter.BUS_INTERRUPTED.counter(metrics, interruptions, AtomicLong::get);
    bus.onInterruption(interruptions::incrementAndGet, this::back);
  }

  private void back() {
    long interruption = interruptions.get();
    Thread.ofVirtual().name("bus-recovery").start(() -> recover(interruption));
  }

  private void recover(long interruption) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(MAX_DELAY.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (interruption != interruptions.get()) {
      return;
    }
    List<ConversationFeed> newestUseFirst =
        openConversations.all().stream()
            .sorted(Comparator.comparingLong(ConversationFeed::usedNanos).reversed())
            .toList();
    for (int from = 0; from < newestUseFirst.size(); from += HEARD_TOGETHER) {
      List<ConversationFeed> some =
          newestUseFirst.subList(from, Math.min(newestUseFirst.size(), from + HEARD_TOGETHER));
      openConversations.hear(some).thenRunAsync(() -> compare(some), Thread::startVirtualThread);
    }
    log.info("the bus is back: {} conversations are compared", newestUseFirst.size());
    try (ExecutorService some =
        Executors.newFixedThreadPool(USERS_AT_ONCE, Thread.ofVirtual().factory())) {
      for (UserId user : users.all()) {
        some.execute(() -> compare(user, interruption));
      }
    }
  }

  /** Those that only listen by their counters, if Redis has kept them; the others by their logs. */
  private void compare(List<ConversationFeed> feeds) {
    Map<ConversationId, ConversationFeed> listening = new HashMap<>();
    for (ConversationFeed feed : feeds) {
      if (feed.isOpen()) {
        openConversations.compare(feed);
      } else {
        listening.put(feed.id(), feed);
      }
    }
    Map<ConversationId, Long> counted = openConversations.compareCounters(listening, null);
    for (ConversationFeed feed : listening.values()) {
      if (!counted.containsKey(feed.id())) {
        openConversations.compare(feed);
      }
    }
  }

  private void compare(UserId user, long interruption) {
    if (interruption == interruptions.get()) {
      try {
        users.hear(user).join();
        connections.compare(user);
      } catch (RuntimeException e) {
        log.debug("{} is compared later: {}", user, e.toString());
      }
    }
  }
}

package io.parley.message.delivery;

import io.parley.common.ids.UserId;
import io.parley.message.bus.RedisBus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
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

  private final OpenConversations openConversations;
  private final LocalUsers users;
  private final Connections connections;
  private final FeedRepair repair;
  private final AtomicLong interruptions = new AtomicLong();

  BusRecovery(
      OpenConversations openConversations,
      LocalUsers users,
      Connections connections,
      FeedRepair repair,
      RedisBus bus) {
    this.openConversations = openConversations;
    this.users = users;
    this.connections = connections;
    this.repair = repair;
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
    for (ConversationFeed feed : newestUseFirst) {
      openConversations.hear(feed).thenRun(() -> repair.compare(feed));
    }
    log.info("the bus is back: {} conversations are compared", newestUseFirst.size());
    try (ExecutorService some =
        Executors.newFixedThreadPool(USERS_AT_ONCE, Thread.ofVirtual().factory())) {
      for (UserId user : users.all()) {
        some.execute(() -> compare(user, interruption));
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

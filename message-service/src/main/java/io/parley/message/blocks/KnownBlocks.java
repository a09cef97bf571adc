package io.parley.message.blocks;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What this node remembers of the blocks, so that a send asks no store. A change is told to every
 * node over the bus; while the bus is not heard, the table is asked each time.
 */
@Component
class KnownBlocks {

  private static final Logger log = LoggerFactory.getLogger(KnownBlocks.class);
  private static final int MAX_CONVERSATIONS = 100_000;
  private static final long RETRY_MILLIS = 500;

  private final CassandraBlockStore store;
  private final RedisBus bus;
  private final LoadingCache<ConversationId, Boolean> blocked;

  /** How often the bus was lost; what is remembered counts while {@link #hearing} is the same. */
  private final AtomicInteger interruptions = new AtomicInteger();

  private volatile int hearing = -1;

  KnownBlocks(CassandraBlockStore store, RedisBus bus) {
    this.store = store;
    this.bus = bus;
    this.blocked = Caffeine.newBuilder().maximumSize(MAX_CONVERSATIONS).build(store::isBlocked);
    bus.listen(Topic.BLOCKS, event -> Thread.ofVirtual().start(() -> forget(event)));
    bus.onInterruption(interruptions::incrementAndGet, () -> hearAgain(interruptions.get()));
    hearAgain(0);
  }

  boolean isBlocked(ConversationId conversation) {
    if (hearing != interruptions.get()) {
      return store.isBlocked(conversation);
    }
    return blocked.get(conversation);
  }

  /**
   * Returns once Redis has it.
   *
   * @throws ProblemException 503
   */
  void changed(ConversationId conversation) {
    bus.publishSurely(Topic.BLOCKS, BusEvent.passing(conversation.toString()));
  }

  /** Waits for a reading that is under way: it may have begun before the change. */
  private void forget(BusEvent event) {
    blocked.invalidate(ConversationId.valueOf(new String(event.json(), StandardCharsets.US_ASCII)));
  }

  private void hearAgain(int interruption) {
    Thread.ofVirtual().name("known-blocks").start(() -> subscribe(interruption));
  }

  private void subscribe(int interruption) {
    while (interruption == interruptions.get()) {
      try {
        bus.subscribe(Topic.BLOCKS).join();
        // From here on every change is heard; what was remembered before may be old.
        blocked.invalidateAll();
        hearing = interruption;
        return;
      } catch (CompletionException e) {
        log.debug("blocks are not heard of yet: {}", e.toString());
      }
      try {
        Thread.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}

package io.parley.message.blocks;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusCache;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** What this node remembers of the blocks, so that a send asks no store. */
@Component
class KnownBlocks {

  /** A change is told again until it was told: its event stays in the queue till then. */
  private static final Duration KEEP = Duration.ofDays(1);

  private final CassandraBlockStore store;
  private final BusCache<ConversationId, Boolean> blocked;

  KnownBlocks(CassandraBlockStore store, RedisBus bus) {
    this.store = store;
    this.blocked =
        new BusCache<>(bus, Topic.BLOCKS, KEEP, ConversationId::valueOf, store::isBlocked);
  }

  boolean isBlocked(ConversationId conversation) {
    return blocked.get(conversation);
  }

  /** Of each; what is not known is read at once. */
  Map<ConversationId, Boolean> areBlocked(Set<ConversationId> conversations) {
    return blocked.getAll(conversations, store::areBlocked);
  }

  /**
   * Returns once Redis has it.
   *
   * @throws ProblemException 503
   */
  void changed(ConversationId conversation) {
    blocked.changed(conversation);
  }
}

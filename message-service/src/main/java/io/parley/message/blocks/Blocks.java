package io.parley.message.blocks;

import io.parley.common.events.BlockChanged;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.FleetClient;
import io.parley.message.notification.NotificationEvents;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Which direct conversations are blocked. Blocks belong to user-service; what stands here is a
 * projection of its events. The conversation need not exist: its id is derived from the two users.
 */
@Service
public class Blocks {

  private static final Logger log = LoggerFactory.getLogger(Blocks.class);
  private static final int PAGE = 500;

  private final CassandraBlockStore store;
  private final KnownBlocks known;
  private final NotificationEvents notifications;
  private final FleetClient fleet;

  Blocks(
      CassandraBlockStore store,
      KnownBlocks known,
      NotificationEvents notifications,
      FleetClient fleet) {
    this.store = store;
    this.known = known;
    this.notifications = notifications;
    this.fleet = fleet;
  }

  /**
   * Whether either side of a direct conversation has blocked the other; false for a group. A look
   * into memory, but for the first one.
   *
   * @throws ProblemException 503
   */
  public boolean isBlocked(Conversation conversation) {
    return conversation.kind() == Conversation.Kind.DIRECT && known.isBlocked(conversation.id());
  }

  /**
   * Which of some pairs of users are kept apart by a block of either. A look into memory, but for
   * the first one.
   *
   * @param pairs each with some others
   * @return those others from whom each is kept apart
   * @throws ProblemException 503
   */
  public Map<UserId, Set<UserId>> apart(Map<UserId, ? extends Collection<UserId>> pairs) {
    Map<UserId, Map<ConversationId, UserId>> directs = new HashMap<>();
    Set<ConversationId> all = new HashSet<>();
    pairs.forEach(
        (user, others) -> {
          Map<ConversationId, UserId> ofUser = new HashMap<>();
          others.forEach(other -> ofUser.put(Conversation.direct(user, other), other));
          all.addAll(ofUser.keySet());
          directs.put(user, ofUser);
        });
    Map<ConversationId, Boolean> blocked = known.areBlocked(all);
    Map<UserId, Set<UserId>> apart = new HashMap<>();
    directs.forEach(
        (user, ofUser) -> {
          ofUser.keySet().removeIf(direct -> !blocked.getOrDefault(direct, false));
          apart.put(user, Set.copyOf(ofUser.values()));
        });
    return apart;
  }

  /**
   * Stores, then tells every node. May be called again with the same change, and with an older one.
   *
   * @throws ProblemException 503: call again, it may be half done
   */
  void apply(BlockChanged change) {
    put(change.blocker(), change.blocked(), change.active(), change.version());
    if (known.isBlocked(Conversation.direct(change.blocker(), change.blocked()))) {
      notifications.apart(change.blocker(), change.blocked());
    }
  }

  private void put(UserId blocker, UserId blocked, boolean active, long version) {
    ConversationId conversation = Conversation.direct(blocker, blocked);
    store.put(conversation, blocker, blocked, active, version);
    known.changed(conversation);
  }

  /**
   * Asks user-service for all blocks, stores them, and lets go of those that stand here only: for a
   * keyspace that was restored, or a queue that was lost. Can be stopped anywhere and begun again.
   *
   * @return how many there are
   * @throws ProblemException 503
   */
  public long rebuild() {
    Set<Direction> listed = new HashSet<>();
    String after = null;
    do {
      FleetClient.BlockPage page = fleet.blocks(after, PAGE);
      for (FleetClient.Block block : page.items()) {
        listed.add(new Direction(block.blocker(), block.blocked()));
        put(block.blocker(), block.blocked(), true, block.version());
      }
      after = page.next();
    } while (after != null);
    store.forEachActive(
        block -> {
          if (!listed.contains(new Direction(block.blocker(), block.blocked()))) {
            letGo(block);
          }
        });
    store.noteRebuilt();
    log.info("{} blocks were read from user-service", listed.size());
    return listed.size();
  }

  /**
   * It may have been made while the others were listed: user-service is asked again, and the row
   * gets the next version, behind which any later change comes anyway.
   */
  private void letGo(CassandraBlockStore.Stored block) {
    FleetClient.User blocked = fleet.user(block.blocked(), block.blocker());
    if (blocked == null || !blocked.blocked()) {
      put(block.blocker(), block.blocked(), false, block.version() + 1);
    }
  }

  private record Direction(UserId blocker, UserId blocked) {}
}

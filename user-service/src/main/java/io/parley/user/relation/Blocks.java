package io.parley.user.relation;

import io.parley.common.edge.Page;
import io.parley.common.events.BlockChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.UsernameCursor;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Whom an account wants to hear nothing of. Each change is published with its version, so that
 * services which keep a copy know the newer of two.
 */
@Service
public class Blocks {

  private final RelationStore store;
  private final RelationProperties properties;
  private final Outbox outbox;
  private final Clock clock;

  Blocks(RelationStore store, RelationProperties properties, Outbox outbox, Clock clock) {
    this.store = store;
    this.properties = properties;
    this.outbox = outbox;
    this.clock = clock;
  }

  /**
   * Takes each off the other's contacts too. Nothing happens when the block stands already.
   *
   * @throws ProblemException 400 {@code not-yourself}, 404 {@code not-found}, 409 {@code
   *     too-many-blocks}
   */
  @Transactional
  void add(UserId blocker, UserId blocked) {
    if (blocker.equals(blocked)) {
      throw new ProblemException(RelationProblem.NOT_YOURSELF);
    }
    if (!store.lock(blocker, blocked)) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such user");
    }
    if (store.has(RelationStore.Kind.BLOCK, blocker, blocked)) {
      return;
    }
    if (store.count(RelationStore.Kind.BLOCK, blocker) >= properties.maxBlocks()) {
      throw new ProblemException(
          RelationProblem.TOO_MANY_BLOCKS, null, Map.of("maxBlocks", properties.maxBlocks()));
    }
    Instant now = now();
    long version = store.nextBlockVersion();
    store.addBlock(blocker, blocked, version, now);
    store.remove(RelationStore.Kind.CONTACT, blocker, blocked);
    store.remove(RelationStore.Kind.CONTACT, blocked, blocker);
    publish(new BlockChanged(blocker, blocked, true, version, now));
  }

  /** Contacts do not come back by it. Nothing happens when there is no such block. */
  @Transactional
  void remove(UserId blocker, UserId blocked) {
    store.lock(blocker, blocked);
    if (store.remove(RelationStore.Kind.BLOCK, blocker, blocked)) {
      publish(new BlockChanged(blocker, blocked, false, store.nextBlockVersion(), now()));
    }
  }

  private void publish(BlockChanged event) {
    outbox.append(
        new OutboxEvent(
            UserEvents.EXCHANGE,
            BlockChanged.ROUTING_KEY,
            "block:" + event.version(),
            event,
            event.at()));
  }

  /**
   * By username. Not to be read from a replica: people look at the list right after they changed
   * it.
   *
   * @param cursor the {@code next} of the page before
   */
  @Transactional(readOnly = true)
  public Page<RelatedView> list(UserId blocker, int limit, @Nullable String cursor) {
    List<RelatedView> found =
        store.list(RelationStore.Kind.BLOCK, blocker, UsernameCursor.after(cursor), limit + 1);
    return UsernameCursor.page(found, limit, RelatedView::username);
  }

  /**
   * All blocks of all users by version. A change during the paging has its event.
   *
   * @param after the {@code next} of the page before, or 0
   */
  @Transactional(readOnly = true)
  Page<InternalBlockView> all(long after, int limit) {
    List<InternalBlockView> found = store.allBlocks(after, limit);
    String next =
        found.size() < limit ? null : String.valueOf(found.get(found.size() - 1).version());
    return new Page<>(found, next);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}

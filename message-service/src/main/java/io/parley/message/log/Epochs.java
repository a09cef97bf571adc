package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Which rows of a log count (ADR 0003). */
@Component
class Epochs {

  private static final int MAX_SEEN = 50_000;

  private final EventStore store;
  private final EpochLeases leases;
  private final EpochOpening opening;

  /** An epoch that was settled when this node looked. */
  private final Map<ConversationId, Integer> seen = new ConcurrentHashMap<>();

  Epochs(EventStore store, EpochLeases leases, EpochOpening opening) {
    this.store = store;
    this.leases = leases;
    this.opening = opening;
  }

  /** Whether an event counts, for ever. Called after its row was written, never before. */
  boolean counts(LogEvent written) {
    if (leases.cover(written)) {
      return true;
    }
    LogEpoch epoch = leases.read(written);
    if (epoch != null && epoch.opening() == written.epoch()) {
      return true;
    }
    LogEpoch settled = opening.settled(written.conversation());
    if (written.seq() >= settled.firstSeq() || settled.voids().contains(written.seq())) {
      return false;
    }
    return store.at(written.conversation(), written.seq()).stream()
        .noneMatch(row -> row.epoch() > written.epoch());
  }

  /** The rows as read, and the events that count among them, oldest first. */
  record Settled(List<LogEvent> rows, List<LogEvent> events) {}

  /**
   * Keeps what counts of rows that are read between two looks at their epoch: the same epoch before
   * and after, so no row was judged by an epoch in which another has taken its seq since it was
   * read. The first look is any earlier one, as an epoch does not come back.
   */
  Settled settle(ConversationId conversation, Supplier<List<LogEvent>> read) {
    Integer before = seen.get(conversation);
    if (before == null) {
      LogEpoch epoch = settled(conversation);
      if (epoch == null) {
        return new Settled(List.of(), List.of());
      }
      before = epoch.epoch();
    }
    while (true) {
      List<LogEvent> rows = read.get();
      LogEpoch after = rows.isEmpty() ? null : settled(conversation);
      if (after == null) {
        return new Settled(rows, List.of());
      }
      if (after.epoch() == before) {
        return new Settled(rows, after.counting(rows));
      }
      before = after.epoch();
    }
  }

  /** The epoch, once nobody is opening one; null before the first event. */
  @Nullable LogEpoch settled(ConversationId conversation) {
    LogEpoch epoch = store.epoch(conversation);
    if (epoch == null) {
      return null;
    }
    LogEpoch settled = epoch.isSettled() ? epoch : opening.settled(conversation);
    if (seen.size() >= MAX_SEEN) {
      seen.clear();
    }
    seen.merge(conversation, settled.epoch(), Math::max);
    return settled;
  }
}

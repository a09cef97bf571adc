package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The newest end of a log as an opener reads it: all rows, whether they count or not. */
@Component
class LogTail {

  /**
   * What the log holds when an epoch is opened.
   *
   * @param head the newest seq with an event that counts
   * @param voids the empty seqs below the head, and the message count to give each
   * @param remembered the newest events, oldest first, without voids
   */
  record Tail(long head, long count, Map<Long, Long> voids, List<LogEvent> remembered) {}

  private static final int FEW = 8;

  private final EventStore store;
  private final LogProperties properties;

  LogTail(EventStore store, LogProperties properties) {
    this.store = store;
    this.properties = properties;
  }

  /**
   * When the newest event that counts was proposed; the beginning of time if there is none. A row
   * that does not count says nothing: it may be old and stand above the head.
   */
  Instant newestAt(ConversationId conversation, LogEpoch epoch) {
    long cursor = end(conversation, epoch);
    while (cursor > 1) {
      Page page = before(conversation, cursor, FEW);
      List<LogEvent> events = epoch.counting(page.rows());
      if (!events.isEmpty()) {
        return events.get(events.size() - 1).at();
      }
      cursor = page.lowest();
    }
    return Instant.EPOCH;
  }

  /**
   * Reads back until as many events as are remembered have been seen, and everything above what is
   * known to be whole.
   */
  Tail read(ConversationId conversation, LogEpoch before) {
    List<LogEvent> rows = new ArrayList<>();
    List<LogEvent> events = List.of();
    long cursor = end(conversation, before);
    while (cursor > 1
        && (events.size() <= properties.rememberedSends() || cursor > before.whole() + 1)) {
      Page page = before(conversation, cursor, properties.rememberedSends() + 1);
      rows.addAll(page.rows());
      cursor = page.lowest();
      events = before.counting(rows);
    }
    if (events.isEmpty()) {
      return new Tail(before.firstSeq() - 1, 0, Map.of(), List.of());
    }
    Map<Long, Long> voids = new TreeMap<>();
    // What the last opener declared void stays so, though it may have died before writing it.
    for (long seq : before.voids()) {
      if (before.counting(store.at(conversation, seq)).isEmpty()) {
        voids.put(seq, countBefore(conversation, before, seq));
      }
    }
    long head = Math.max(1, cursor) - 1;
    long count = countBefore(conversation, before, events.get(0).seq());
    for (LogEvent event : events) {
      for (long empty = head + 1; empty < event.seq(); empty++) {
        voids.put(empty, count);
      }
      head = event.seq();
      count = event.messageCount();
    }
    List<LogEvent> remembered =
        events.stream()
            .skip(Math.max(0, events.size() - properties.rememberedSends()))
            .filter(event -> event.kind() != LogEvent.Kind.VOID)
            .toList();
    return new Tail(head, count, voids, remembered);
  }

  /**
   * Rows of one bucket.
   *
   * @param lowest the seq down to which all rows are there
   */
  private record Page(List<LogEvent> rows, long lowest) {}

  private Page before(ConversationId conversation, long cursor, int limit) {
    long bucket = store.bucketOf(cursor - 1);
    List<LogEvent> rows = store.before(conversation, bucket, cursor, limit);
    if (rows.size() < limit) {
      return new Page(rows, bucket * properties.bucketEvents());
    }
    // Cut off, so perhaps within the rows of its lowest seq.
    long lowest = rows.get(limit - 1).seq();
    List<LogEvent> all = new ArrayList<>(rows);
    all.addAll(store.at(conversation, lowest));
    return new Page(all, lowest);
  }

  /** The message count of the event before a seq. */
  private long countBefore(ConversationId conversation, LogEpoch before, long seq) {
    for (long lower = seq - 1; lower > 0; lower--) {
      List<LogEvent> events = before.counting(store.at(conversation, lower));
      if (!events.isEmpty()) {
        return events.get(0).messageCount();
      }
    }
    return 0;
  }

  /** A seq behind all rows. */
  private long end(ConversationId conversation, LogEpoch epoch) {
    return (topBucket(conversation, epoch) + 1) * properties.bucketEvents();
  }

  /**
   * Buckets are dense, so the newest is found by doubling steps and then halving them, from the
   * last one that is known to have rows.
   */
  private long topBucket(ConversationId conversation, LogEpoch epoch) {
    long low = store.bucketOf(epoch.whole() + 1);
    long step = 1;
    while (!isEmpty(conversation, low + step)) {
      low += step;
      step *= 2;
    }
    while (step > 1) {
      step /= 2;
      if (!isEmpty(conversation, low + step)) {
        low += step;
      }
    }
    return low;
  }

  /**
   * Two buckets, as one could be all empty seqs: a node that fails to write takes no more of them
   * ({@link EpochOpening#writeFailed}), so there are at most as many as it had sends in flight.
   */
  private boolean isEmpty(ConversationId conversation, long bucket) {
    return store.before(conversation, bucket, Long.MAX_VALUE, 1).isEmpty()
        && store.before(conversation, bucket + 1, Long.MAX_VALUE, 1).isEmpty();
  }
}

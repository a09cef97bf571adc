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

  private final EventStore store;
  private final LogProperties properties;

  LogTail(EventStore store, LogProperties properties) {
    this.store = store;
    this.properties = properties;
  }

  /** When the newest event was proposed; the beginning of time if there is none. */
  Instant newestAt(ConversationId conversation, LogEpoch epoch) {
    return store.before(conversation, topBucket(conversation, epoch), Long.MAX_VALUE, 1).stream()
        .map(LogEvent::at)
        .findFirst()
        .orElse(Instant.EPOCH);
  }

  /**
   * Reads back until as many events as are remembered have been seen, and everything above what is
   * known to be whole.
   */
  Tail read(ConversationId conversation, LogEpoch before) {
    List<LogEvent> rows = new ArrayList<>();
    List<LogEvent> events = List.of();
    long cursor = (topBucket(conversation, before) + 2) * properties.bucketEvents();
    int page = properties.rememberedSends() + 1;
    while (cursor > 1
        && (events.size() <= properties.rememberedSends() || cursor > before.whole() + 1)) {
      long bucket = store.bucketOf(cursor - 1);
      List<LogEvent> read = store.before(conversation, bucket, cursor, page);
      long lowest = bucket * properties.bucketEvents();
      if (read.size() == page) {
        // Cut off, so perhaps within the rows of its lowest seq.
        lowest = read.get(page - 1).seq();
        rows.addAll(store.at(conversation, lowest));
      }
      rows.addAll(read);
      cursor = lowest;
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

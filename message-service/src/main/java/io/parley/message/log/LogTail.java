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
   * @param remembered the newest events, oldest first, without voids and without payloads
   */
  record Tail(long head, long count, Map<Long, Long> voids, List<LogEvent> remembered) {}

  private static final int FEW = 8;

  /**
   * Empty buckets behind which nothing is. One could be all empty seqs: a node that fails to write
   * takes no more of them ({@link EpochOpening#writeFailed}), so there are at most as many as it
   * had sends in flight.
   */
  private static final int EMPTY_AT_THE_END = 2;

  private final EventStore store;
  private final LogProperties properties;

  LogTail(EventStore store, LogProperties properties) {
    this.store = store;
    this.properties = properties;
  }

  /**
   * Whether no event that counts was proposed since then. A row that does not count says nothing:
   * it may be old and stand above the head.
   */
  boolean isSilentSince(ConversationId conversation, LogEpoch epoch, Instant since) {
    Page page = top(conversation, epoch, FEW);
    List<LogEvent> events = epoch.counting(page.rows());
    while (events.isEmpty() && page.lowest() > 1) {
      page = before(conversation, page.lowest(), FEW);
      events = epoch.counting(page.rows());
    }
    return events.isEmpty() || events.get(events.size() - 1).at().isBefore(since);
  }

  /**
   * Reads back until as many events as are remembered have been seen, and everything above what is
   * known to be whole.
   */
  Tail read(ConversationId conversation, LogEpoch before) {
    Page page = top(conversation, before, properties.rememberedSends() + 1);
    List<LogEvent> rows = new ArrayList<>(page.rows());
    List<LogEvent> events = before.counting(rows);
    while (page.lowest() > 1
        && (events.size() <= properties.rememberedSends() || page.lowest() > before.whole() + 1)) {
      page = before(conversation, page.lowest(), properties.rememberedSends() + 1);
      rows.addAll(page.rows());
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
    long head = Math.max(1, page.lowest()) - 1;
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
    return page(
        conversation, bucket, store.placesBefore(conversation, bucket, cursor, limit), limit);
  }

  /**
   * @param newest at most {@code limit} rows of the bucket, newest first
   */
  private Page page(ConversationId conversation, long bucket, List<LogEvent> newest, int limit) {
    if (newest.size() < limit) {
      return new Page(newest, bucket * properties.bucketEvents());
    }
    // Cut off, so perhaps within the rows of its lowest seq.
    long lowest = newest.get(limit - 1).seq();
    List<LogEvent> all = new ArrayList<>(newest);
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

  /**
   * The newest rows of the last bucket that has any. Mostly that is the one up to which the log is
   * known to be whole, and one request tells all.
   */
  private Page top(ConversationId conversation, LogEpoch epoch, int limit) {
    long bucket = store.bucketOf(epoch.whole() + 1);
    List<List<LogEvent>> newest =
        store.newestPlaces(conversation, bucket, 1 + EMPTY_AT_THE_END, limit);
    if (newest.stream().skip(1).anyMatch(rows -> !rows.isEmpty())) {
      bucket = topBucket(conversation, bucket + 1);
      newest = store.newestPlaces(conversation, bucket, 1, limit);
    }
    return page(conversation, bucket, newest.get(0), limit);
  }

  /**
   * Buckets are dense, so the newest is found by doubling steps and then halving them, from one
   * that is not behind it.
   */
  private long topBucket(ConversationId conversation, long from) {
    long low = from;
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

  private boolean isEmpty(ConversationId conversation, long bucket) {
    return store.newestPlaces(conversation, bucket, EMPTY_AT_THE_END, 1).stream()
        .allMatch(List::isEmpty);
  }
}

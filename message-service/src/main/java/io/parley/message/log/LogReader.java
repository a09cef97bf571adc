package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Reads the conversation log. Invariant: what is shown will stay, and nothing is shown behind a seq
 * that is still empty, so that whoever has read up to a seq has everything up to it.
 *
 * <p>A page is asked for by its number of rows, while a seq can have more rows than the one that
 * counts (ADR 0003). So a page that is cut off may end within the rows of a seq: that one is left
 * to the next page, or, when it fills a page by itself, read alone. A page ends with its bucket,
 * and the next one begins with the next bucket.
 *
 * <p>Events may be marked {@link LogEvent#BEING_DELETED}: whoever reads for a user has them
 * completed.
 */
@Service
public class LogReader {

  /** Of what is new in a log, as much as is read with what it says. */
  private static final int TAIL = 16;

  /** Redis counts in doubles. */
  private static final long MAX_SEQ = 1L << 53;

  private static final int PAGE = 256;

  /** Places that are read at once in the search for a message: more each time. */
  private static final int FIRST_PLACES = 64;

  private static final int MAX_PLACES = 1_024;

  /** A seq can have rows that do not count beside the one that does: rarely. */
  private static final int SPARE_ROWS = 2;

  /** So many events behind the head a note of how far the log is whole may be. */
  static final int NOTE_EVERY = 128;

  private static final int MAX_KNOWN = 50_000;

  /**
   * How far a log is known to be without a gap.
   *
   * @param noted as far as the store knows it
   */
  private record Whole(long seq, long noted) {}

  private final EventStore store;
  private final Epochs epochs;
  private final Holes holes;
  private final LogProperties properties;
  private final Map<ConversationId, Whole> whole = new ConcurrentHashMap<>();

  LogReader(EventStore store, Epochs epochs, Holes holes, LogProperties properties) {
    this.store = store;
    this.epochs = epochs;
    this.holes = holes;
    this.properties = properties;
  }

  /**
   * The events from {@code from} on, oldest first, without a gap: it ends before a seq whose event
   * is still being written. One that stays empty is declared void.
   */
  public List<LogEvent> read(ConversationId conversation, long from, int limit) {
    return withoutGap(from, from(conversation, Math.max(1, from), limit, store::from));
  }

  /** As {@link #read}, with empty payloads: where events stand and what became of them. */
  public List<LogEvent> places(ConversationId conversation, long from, int limit) {
    return withoutGap(from, from(conversation, Math.max(1, from), limit, store::placesFrom));
  }

  private List<LogEvent> withoutGap(long from, List<LogEvent> events) {
    for (int i = 0; i < events.size(); i++) {
      long next = Math.max(1, from) + i;
      if (events.get(i).seq() > next) {
        holes.found(next, events.get(i));
        return List.copyOf(events.subList(0, i));
      }
    }
    return events;
  }

  /**
   * Up to {@code limit} events with {@code seq < before}, newest first. A void may be missing whose
   * row is not written yet.
   */
  public List<LogEvent> readBefore(ConversationId conversation, long before, int limit) {
    return readBefore(conversation, before, limit, store::before);
  }

  /** As {@link #readBefore}, with empty payloads: where events stand and what became of them. */
  public List<LogEvent> placesBefore(ConversationId conversation, long before, int limit) {
    return readBefore(conversation, before, limit, store::placesBefore);
  }

  private List<LogEvent> readBefore(
      ConversationId conversation, long before, int limit, RowsBefore select) {
    long cursor = before;
    Whole known = whole(conversation);
    if (known == null) {
      return List.of();
    }
    if (before > known.seq() + 1) {
      LogHead head = head(conversation, known);
      cursor = head == null ? 1 : Math.min(before, head.seq() + 1);
    }
    List<LogEvent> newestFirst = new ArrayList<>();
    while (newestFirst.size() < limit && cursor > 1) {
      cursor = pageBefore(conversation, cursor, limit, newestFirst, select);
    }
    return newestFirst;
  }

  /**
   * Up to {@code limit} messages with {@code from <= seq < before}, newest first. However many
   * events of other kinds are between them, it reads few pages.
   */
  public List<LogEvent> messagesBefore(
      ConversationId conversation, long before, long from, int limit) {
    List<LogEvent> messages = new ArrayList<>();
    long cursor = before;
    while (messages.size() < limit && cursor > from) {
      List<LogEvent> page = readBefore(conversation, cursor, limit - messages.size());
      if (page.isEmpty()) {
        break;
      }
      int found = messages.size();
      page.stream()
          .filter(event -> event.kind() == LogEvent.Kind.MESSAGE && event.seq() >= from)
          .forEach(messages::add);
      LogEvent oldest = page.get(page.size() - 1);
      if (oldest.messageCount() == 0) {
        break;
      }
      cursor =
          messages.size() > found
              ? oldest.seq()
              : lastMessageBefore(conversation, oldest.seq(), from) + 1;
    }
    return messages;
  }

  /** The seq of the newest message with {@code from <= seq < before}; 0 when there is none. */
  private long lastMessageBefore(ConversationId conversation, long before, long from) {
    long cursor = before;
    int limit = FIRST_PLACES;
    while (cursor > from) {
      List<LogEvent> page = new ArrayList<>();
      cursor = pageBefore(conversation, cursor, limit, page, store::placesBefore);
      for (LogEvent event : page) {
        if (event.kind() == LogEvent.Kind.MESSAGE) {
          return event.seq() < from ? 0 : event.seq();
        }
        if (event.messageCount() == 0) {
          return 0;
        }
      }
      limit = Math.min(2 * limit, MAX_PLACES);
    }
    return 0;
  }

  /** The newest event before which none is still being written; null when there is none. */
  public @Nullable LogHead head(ConversationId conversation) {
    Whole known = whole(conversation);
    return known == null ? null : head(conversation, known);
  }

  /**
   * The newest events without a gap, oldest first: the last is the head. From {@code from} on,
   * where those are few; else a few, or the head alone. Empty before the first event.
   */
  public List<LogEvent> tail(ConversationId conversation, long from) {
    Whole known = whole(conversation);
    if (known == null) {
      return List.of();
    }
    boolean isNear = from < known.seq() && known.seq() - from < TAIL;
    long begin = Math.max(1, isNear ? from : known.seq());
    List<LogEvent> tail = withoutGap(begin, from(conversation, begin, 2 * TAIL, store::from));
    if (tail.size() == 2 * TAIL || tail.isEmpty() || tail.getLast().seq() < known.seq()) {
      return readBefore(conversation, Long.MAX_VALUE, 1);
    }
    keep(conversation, known, tail.getLast());
    return tail;
  }

  /** The event at a seq, or null when there is none yet. */
  public @Nullable LogEvent at(ConversationId conversation, long seq) {
    List<LogEvent> events = epochs.settle(conversation, () -> store.at(conversation, seq)).events();
    return events.isEmpty() ? null : events.get(0);
  }

  /** The events at some seqs, a few hundred at most: those that are there, in their order. */
  public List<LogEvent> at(ConversationId conversation, Collection<Long> seqs) {
    return seqs.isEmpty()
        ? List.of()
        : epochs.settle(conversation, () -> store.at(conversation, seqs)).events();
  }

  /** As this node knows it, else as the store does; null before the first event. */
  private @Nullable Whole whole(ConversationId conversation) {
    Whole known = whole.get(conversation);
    if (known != null) {
      return known;
    }
    LogEpoch epoch = epochs.settled(conversation);
    return epoch == null ? null : new Whole(epoch.whole(), epoch.wholeTo());
  }

  /** Goes on from what is known to be whole, and keeps how far it came. */
  private @Nullable LogHead head(ConversationId conversation, Whole known) {
    LogEvent head = null;
    long from = Math.max(1, known.seq());
    List<LogEvent> page;
    do {
      page = withoutGap(from, from(conversation, from, PAGE, store::placesFrom));
      if (!page.isEmpty()) {
        head = page.get(page.size() - 1);
        from = head.seq() + 1;
      }
    } while (page.size() == PAGE);
    if (head != null) {
      keep(conversation, known, head);
      return LogHead.of(head);
    }
    return null;
  }

  private void keep(ConversationId conversation, Whole known, LogEvent head) {
    long noted = known.noted();
    if (head.seq() >= noted + NOTE_EVERY) {
      noted = head.seq();
      store.noteWhole(conversation, noted);
    }
    if (whole.size() >= MAX_KNOWN) {
      whole.clear();
    }
    whole.merge(conversation, new Whole(head.seq(), noted), (a, b) -> a.seq() > b.seq() ? a : b);
  }

  /** Of one bucket, from a seq on. */
  private interface Rows {
    List<LogEvent> from(ConversationId conversation, long from, int limit);
  }

  private List<LogEvent> from(ConversationId conversation, long from, int limit, Rows select) {
    List<LogEvent> events = new ArrayList<>();
    long next = from;
    boolean more = from <= MAX_SEQ;
    while (more && events.size() < limit) {
      long start = next;
      int rows = limit - events.size() + SPARE_ROWS;
      Epochs.Settled page =
          epochs.settle(conversation, () -> select.from(conversation, start, rows));
      long end = Long.MAX_VALUE;
      long last = page.rows().isEmpty() ? start - 1 : page.rows().get(page.rows().size() - 1).seq();
      if (page.rows().size() < rows) {
        // Empty seqs at a bucket's end must not hide what is in the next.
        next = (store.bucketOf(start) + 1) * properties.bucketEvents();
        more = next - 1 - last <= properties.bucketEvents() / 2;
      } else if (last == page.rows().get(0).seq()) {
        page = epochs.settle(conversation, () -> store.at(conversation, last));
        next = last + 1;
      } else {
        end = last;
        next = last;
      }
      for (LogEvent event : page.events()) {
        if (event.seq() < end && events.size() < limit) {
          events.add(event);
        }
      }
    }
    return events;
  }

  /** Of one bucket, before a seq. */
  private interface RowsBefore {
    List<LogEvent> before(ConversationId conversation, long bucket, long before, int limit);
  }

  /** Adds what one bucket gives, and returns the seq before which to go on. */
  private long pageBefore(
      ConversationId conversation,
      long cursor,
      int limit,
      List<LogEvent> newestFirst,
      RowsBefore select) {
    long bucket = store.bucketOf(cursor - 1);
    int rows = limit - newestFirst.size() + SPARE_ROWS;
    Epochs.Settled page =
        epochs.settle(conversation, () -> select.before(conversation, bucket, cursor, rows));
    long next = bucket * properties.bucketEvents();
    if (page.rows().size() == rows) {
      long lowest = page.rows().get(rows - 1).seq();
      if (lowest == page.rows().get(0).seq()) {
        page = epochs.settle(conversation, () -> store.at(conversation, lowest));
        next = lowest;
      } else {
        next = lowest + 1;
      }
    }
    for (int i = page.events().size() - 1; i >= 0 && newestFirst.size() < limit; i--) {
      if (page.events().get(i).seq() >= next) {
        newestFirst.add(page.events().get(i));
      }
    }
    return next;
  }
}

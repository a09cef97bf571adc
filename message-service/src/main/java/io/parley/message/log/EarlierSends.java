package io.parley.message.log;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Finds what an author has sent before and Redis has forgotten: a repeat says behind which seq it
 * was first tried, and the log is read from there, {@link #MOST} events at most, up to those that
 * the counter remembers. A client that comes back repeats many messages; they share one reading.
 */
@Service
public class EarlierSends {

  /** Events in one reading: a quarter of an hour of a group with 20 messages a second. */
  static final int MOST = 20_000;

  /** Events that are read together, and for which a reader pays once. */
  static final int PAGE = 500;

  private static final Duration KEPT = Duration.ofSeconds(30);
  private static final int MAX_KEPT = 200;

  private record Key(ConversationId conversation, UserId author) {}

  /** What the author has in {@code (after, through]}. */
  private record Own(long after, long through, Map<EventId, LogEvent> events) {}

  private final EventLog log;
  private final LogReader reader;
  private final LogProperties properties;
  private final Cache<Key, Own> read =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(KEPT).build();

  EarlierSends(EventLog log, LogReader reader, LogProperties properties) {
    this.log = log;
    this.reader = reader;
    this.properties = properties;
  }

  /**
   * @param triedAfter the last seq that was known when it was tried for the first time
   * @param price is told how many pages are to be read, before they are
   * @return null: it is to be appended, which finds it if it is remembered
   * @throws ProblemException 409 {@code client-message-id-reused}; 503 when a store does not answer
   */
  public @Nullable LogEvent find(EventLog.Draft draft, long triedAfter, LongConsumer price) {
    LogEvent remembered = log.original(draft);
    if (remembered != null) {
      return remembered;
    }
    ConversationId conversation = draft.conversation();
    long newest =
        log.proposedSeqs(List.of(conversation)).known().getOrDefault(conversation, Long.MAX_VALUE);
    if (newest == Long.MAX_VALUE) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
    }
    long after = Math.max(0, triedAfter);
    long through = Math.min(newest - properties.rememberedSends(), after + MOST);
    if (through <= after) {
      return null;
    }
    LogEvent found = own(conversation, draft.author(), after, through, price).get(draft.id());
    if (found != null) {
      EventLog.refuseOther(draft, found);
    }
    return found;
  }

  private Map<EventId, LogEvent> own(
      ConversationId conversation, UserId author, long after, long through, LongConsumer price) {
    Key key = new Key(conversation, author);
    Own known = read.getIfPresent(key);
    if (known == null || known.after() > after || known.through() < after) {
      known = new Own(after, after, Map.of());
    }
    if (known.through() >= through) {
      return known.events();
    }
    price.accept(Math.ceilDiv(through - known.through(), PAGE));
    Map<EventId, LogEvent> events = new HashMap<>(known.events());
    for (long from = known.through() + 1; from <= through; ) {
      List<LogEvent> page = reader.read(conversation, from, PAGE);
      if (page.isEmpty()) {
        throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log has a hole");
      }
      for (LogEvent event : page) {
        if (event.seq() <= through
            && event.kind() == LogEvent.Kind.MESSAGE
            && author.equals(event.author())) {
          events.put(event.id(), event);
        }
      }
      from = page.getLast().seq() + 1;
    }
    read.put(key, new Own(known.after(), through, events));
    return events;
  }
}

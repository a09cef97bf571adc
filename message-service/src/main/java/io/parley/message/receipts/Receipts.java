package io.parley.message.receipts;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.blocks.Blocks;
import io.parley.message.conversation.Conversation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * How far members have received and read conversations of a few, as the others may see it. Reading
 * is written with the marker. Receiving is said far more often, so it is gathered: the last of it
 * is written once a second, and not at all when the member has read as far by then. A node that
 * dies takes up to a second of it along; clients say it again when they come back.
 */
@Service
public class Receipts {

  private record Place(ConversationId conversation, UserId user) {}

  private record Reached(long seq, Instant at) {}

  /** A write that was begun. */
  private record Begun(Place place, Reached reached, CassandraReceiptStore.Write write) {}

  private static final Logger log = LoggerFactory.getLogger(Receipts.class);
  private static final int REMEMBERED = 100_000;
  private static final Duration REMEMBER = Duration.ofMinutes(10);
  private static final int AT_ONCE = 32;

  private final CassandraReceiptStore store;
  private final Blocks blocks;
  private final ReceiptProperties properties;
  private final Clock clock;

  /** Up to where each has received, as far as this node knows. */
  private final LoadingCache<Place, Long> known;

  /** What is to be written. */
  private final Map<Place, Reached> waiting = new ConcurrentHashMap<>();

  Receipts(CassandraReceiptStore store, Blocks blocks, ReceiptProperties properties, Clock clock) {
    this.store = store;
    this.blocks = blocks;
    this.properties = properties;
    this.clock = clock;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(REMEMBER)
            .build(this::deliveredTo);
  }

  private long deliveredTo(Place place) {
    Receipt receipt = store.find(place.conversation(), Set.of(place.user())).get(place.user());
    return receipt == null ? 0 : receipt.settled().deliveredSeq();
  }

  /** The members that a conversation may have. */
  public int maxMembers() {
    return properties.maxMembers();
  }

  /**
   * Whether members see of one another how far they are, but for those who have switched that off.
   */
  public boolean areKept(Conversation conversation, int members) {
    return members > 1 && members <= properties.maxMembers() && !blocks.isBlocked(conversation);
  }

  /**
   * The member has read up to there, further than before. To be called before the marker is moved:
   * who gets no answer says it again.
   *
   * @throws ProblemException 503
   */
  public void read(ConversationId conversation, UserId user, long seq) {
    store.read(conversation, user, seq, clock.instant());
    Place place = new Place(conversation, user);
    known.asMap().computeIfPresent(place, (key, before) -> Math.max(before, seq));
    waiting.computeIfPresent(place, (key, reached) -> reached.seq() <= seq ? null : reached);
  }

  /**
   * A device of the member has received what is up to there.
   *
   * @return whether that is further than this node knew
   * @throws ProblemException 503
   */
  public boolean delivered(ConversationId conversation, UserId user, long seq) {
    Place place = new Place(conversation, user);
    if (seq <= known.get(place)) {
      return false;
    }
    known.asMap().merge(place, seq, Math::max);
    waiting.merge(
        place,
        new Reached(seq, clock.instant()),
        (before, now) -> now.seq() > before.seq() ? now : before);
    return true;
  }

  /**
   * Those of the members of whom something is known. What another node has been told within the
   * last second may be missing.
   *
   * @param users as many as such a conversation has
   * @throws ProblemException 503
   */
  public Map<UserId, Receipt> of(ConversationId conversation, Set<UserId> users) {
    Map<UserId, Receipt> found = new HashMap<>(store.find(conversation, users));
    for (UserId user : users) {
      Reached reached = waiting.get(new Place(conversation, user));
      if (reached != null) {
        Receipt stored = found.getOrDefault(user, Receipt.NONE);
        found.put(user, stored.deliveredTo(reached.seq(), reached.at()));
      }
    }
    found.replaceAll((user, receipt) -> receipt.settled());
    return found;
  }

  /**
   * For good: what was to be written lies before this.
   *
   * @throws ProblemException 503
   */
  public void forget(ConversationId conversation, UserId user) {
    Place place = new Place(conversation, user);
    waiting.remove(place);
    known.invalidate(place);
    store.forget(conversation, user);
  }

  @Scheduled(fixedDelay = 1_000)
  void writeWaiting() {
    if (waiting.isEmpty()) {
      return;
    }
    try {
      List<Begun> begun = new ArrayList<>(AT_ONCE);
      for (Map.Entry<Place, Reached> entry : waiting.entrySet()) {
        begun.add(begin(entry.getKey(), entry.getValue()));
        if (begun.size() == AT_ONCE) {
          end(begun);
        }
      }
      end(begun);
    } catch (ProblemException e) {
      log.debug("what was received is noted later: {}", e.toString());
    }
  }

  private Begun begin(Place place, Reached reached) {
    return new Begun(
        place,
        reached,
        store.delivered(place.conversation(), place.user(), reached.seq(), reached.at()));
  }

  private void end(List<Begun> begun) {
    for (Begun each : begun) {
      each.write().end();
      waiting.remove(each.place(), each.reached());
    }
    begun.clear();
  }

  @EventListener(ContextClosedEvent.class)
  void writeTheRest() {
    writeWaiting();
  }
}

package io.parley.message.inbox;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.LastMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.log.RedisLastMessages;
import io.parley.message.log.RedisLastMessages.LastMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sorts a user's conversations by when something was last said in them. Logs are read only for
 * those of which Redis has nothing.
 */
@Component
class InboxOrder {

  /**
   * A conversation's place in the inbox: the liveliest is first, and of two alike the lower id.
   *
   * @param at when something was last said; the beginning of time when that is not known
   */
  record Place(Instant at, ConversationId id) implements Comparable<Place> {

    private static final Pattern FORM =
        Pattern.compile("(\\d{1,15})_(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})");
    private static final Comparator<Place> ORDER =
        Comparator.comparing(Place::at).reversed().thenComparing(place -> place.id().value());

    /**
     * @param cursor as {@link #toString} made it
     * @throws ProblemException 400
     */
    static Place of(String cursor) {
      Matcher matcher = FORM.matcher(cursor);
      if (!matcher.matches()) {
        throw new ProblemException(
            CommonProblem.INVALID_REQUEST, "cursor: none that was given out");
      }
      UUID id = UUID.fromString(matcher.group(2));
      return new Place(
          Instant.ofEpochMilli(Long.parseLong(matcher.group(1))), new ConversationId(id));
    }

    @Override
    public String toString() {
      return at.toEpochMilli() + "_" + id;
    }

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * A membership in its place.
   *
   * @param eventAt when anything last happened there, or later
   */
  record Placed(Membership membership, Place place, Instant eventAt) {}

  private static final Logger log = LoggerFactory.getLogger(InboxOrder.class);
  private static final int READS_AT_ONCE = 32;

  private final RedisLastMessages lastMessages;
  private final LastMessages found;
  private final LogReader reader;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore reads = new Semaphore(READS_AT_ONCE, true);

  InboxOrder(RedisLastMessages lastMessages, LastMessages found, LogReader reader) {
    this.lastMessages = lastMessages;
    this.found = found;
    this.reader = reader;
  }

  /**
   * In order.
   *
   * @throws ProblemException 503
   */
  List<Placed> of(List<Membership> memberships) {
    Map<ConversationId, LastMessage> known = known(memberships);
    List<Placed> placed = new ArrayList<>(memberships.size());
    List<CompletableFuture<Placed>> looking = new ArrayList<>();
    for (Membership membership : memberships) {
      LastMessage last = known.get(membership.conversation());
      if (last != null && isVisible(last, membership)) {
        placed.add(placed(membership, last.at(), last));
      } else {
        looking.add(CompletableFuture.supplyAsync(() -> look(membership, last), io));
      }
    }
    try {
      looking.forEach(each -> placed.add(each.join()));
      placed.sort(Comparator.comparing(Placed::place));
      return placed;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Map<ConversationId, LastMessage> known(List<Membership> memberships) {
    try {
      return lastMessages.of(memberships.stream().map(Membership::conversation).toList());
    } catch (ProblemException e) {
      log.debug("the logs tell what was said last: {}", e.toString());
      return new HashMap<>();
    }
  }

  private static Placed placed(Membership membership, Instant at, @Nullable LastMessage last) {
    return new Placed(
        membership,
        new Place(at, membership.conversation()),
        last == null ? Instant.EPOCH : last.eventAt());
  }

  /** Of what was said before one joined not even the time is told. */
  private static boolean isVisible(LastMessage last, Membership membership) {
    return membership.visibleFrom() == Member.EVERYTHING || last.seq() >= membership.visibleFrom();
  }

  private Placed look(Membership membership, @Nullable LastMessage known) {
    reads.acquireUninterruptibly();
    try {
      LastMessage last = known == null ? found.find(membership.conversation()) : known;
      if (last != null && isVisible(last, membership)) {
        return placed(membership, last.at(), last);
      }
      return placed(membership, at(membership.conversation(), membership.visibleFrom()), last);
    } finally {
      reads.release();
    }
  }

  /** When the event was that one joined with. */
  private Instant at(ConversationId conversation, long seq) {
    LogEvent event = seq == Member.NOTHING_YET ? null : reader.at(conversation, seq);
    return event == null ? Instant.EPOCH : event.at();
  }
}

package io.parley.message.privacy;

import io.parley.common.events.ErasureRequested;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.availability.Presences;
import io.parley.message.deletion.Deletions;
import io.parley.message.mention.MentionRows;
import io.parley.message.reaction.ReactionLog;
import io.parley.message.receipts.Receipts;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Erases what is held on a user, one conversation after the other: the messages they wrote, if they
 * want that, their reactions, how far they had come there, then their membership; at last where
 * they were mentioned, read markers, their presence, what they kept for themselves, and the list of
 * their conversations, by which all this is found. In a direct conversation the other side keeps
 * theirs; notes to oneself go in any case, as nobody else has them.
 *
 * <p>What may stay is anonymous: texts under an id that leads nowhere any more, and in the logs the
 * membership changes of groups and that somebody reacted once, which name ids only.
 */
@Service
class Erasures {

  private static final Logger log = LoggerFactory.getLogger(Erasures.class);

  private final CassandraPersonStore person;
  private final CassandraErasureStore store;
  private final OwnThings own;
  private final Deletions deletions;
  private final ReactionLog reactions;
  private final MentionRows mentionRows;
  private final Presences presences;
  private final Receipts receipts;
  private final ErasureProperties properties;
  private final Clock clock;

  Erasures(
      CassandraPersonStore person,
      CassandraErasureStore store,
      OwnThings own,
      Deletions deletions,
      ReactionLog reactions,
      MentionRows mentionRows,
      Presences presences,
      Receipts receipts,
      ErasureProperties properties,
      Clock clock) {
    this.person = person;
    this.store = store;
    this.own = own;
    this.deletions = deletions;
    this.reactions = reactions;
    this.mentionRows = mentionRows;
    this.presences = presences;
    this.receipts = receipts;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Returns when all is gone. A repeat of one that is finished only says again what it erased; one
   * that broke off goes on where it ended.
   *
   * @return kind to number
   * @throws io.parley.common.problems.ProblemException 503: call again
   */
  Map<String, Long> erase(ErasureRequested request) throws InterruptedException {
    UUID id = request.erasureId();
    UserId user = request.userId();
    Map<String, Long> before = store.finished(id);
    if (before != null) {
      return before;
    }
    Map<ConversationId, Long> erased = store.erased(id);
    List<Place> places = person.places(user);
    log.info("erasure {}: {} conversations, {} done before", id, places.size(), erased.size());
    for (Place place : places) {
      if (!erased.containsKey(place.conversation())) {
        long messages =
            request.messages() == ErasureRequested.Messages.REMOVE || user.equals(place.otherUser())
                ? deletions.deleteAllBy(user, place.conversation(), this::pauseAfter)
                : 0;
        reactions.takeBackAllOf(user, place.conversation(), this::pauseAfter);
        receipts.forget(place.conversation(), user);
        person.forgetMember(place.conversation(), user);
        store.erased(id, place.conversation(), messages);
        erased.put(place.conversation(), messages);
        Thread.sleep(Duration.ofSeconds(1).dividedBy(properties.conversationsPerSecond()));
      }
    }
    mentionRows.forget(user);
    Map<String, Long> counts =
        Map.of(
            "conversations", (long) erased.size(),
            "messages", erased.values().stream().mapToLong(Long::longValue).sum(),
            "readMarkers", person.forgetMarkers(user));
    own.forget(user);
    presences.erase(user);
    person.forgetPlaces(user);
    store.finish(id, clock.instant(), counts);
    log.info("erasure {} is finished: {}", id, counts);
    return counts;
  }

  private void pauseAfter(int removed) {
    try {
      Thread.sleep(
          Duration.ofSeconds(1).multipliedBy(removed).dividedBy(properties.messagesPerSecond()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopping; the erasure goes on elsewhere", e);
    }
  }
}

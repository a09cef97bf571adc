package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.store.CassandraTables;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * How far everybody has read: the marker that is stored, or one's own newest message, whichever is
 * further on. A marker that a user sets is stored at once; the one that a message implies is stored
 * within about two minutes ({@link ImpliedMarkers}), and until then every node knows it from Redis,
 * where each send leaves its author's newest seq.
 *
 * <p>If the node is killed <em>and</em> Redis forgets before it is stored, the user's marker is
 * back where it was stored last: messages of others before the user's own last one count as unread
 * again, until the next mark or send, unless the own one is the last message.
 */
@Service
public class ReadMarkers {

  private static final Logger log = LoggerFactory.getLogger(ReadMarkers.class);

  private final CassandraReadMarkerStore store;
  private final ImpliedMarkers implied;
  private final EventLog eventLog;

  ReadMarkers(CassandraReadMarkerStore store, ImpliedMarkers implied, EventLog eventLog) {
    this.store = store;
    this.implied = implied;
    this.eventLog = eventLog;
  }

  /** Moves the marker forward; one that is further on already stays. Returns where it is then. */
  public ReadMarker advance(UserId user, ConversationId conversation, ReadMarker marker) {
    CassandraTables.answer(store.advance(user, conversation, marker));
    implied.stored(user, conversation, marker);
    return of(user, conversation);
  }

  /** Who sends has read up to there. */
  public void impliedBy(LogEvent message) {
    UserId author = message.author();
    if (author != null) {
      implied.add(
          author, message.conversation(), new ReadMarker(message.seq(), message.messageCount()));
    }
  }

  public ReadMarker of(UserId user, ConversationId conversation) {
    return further(
            user, List.of(conversation), Map.of(conversation, store.find(user, conversation)))
        .getOrDefault(conversation, ReadMarker.NONE);
  }

  /** Those of the conversations in which the user has read anything. */
  public Map<ConversationId, ReadMarker> of(UserId user, Collection<ConversationId> conversations) {
    return further(user, conversations, store.of(user, conversations));
  }

  private Map<ConversationId, ReadMarker> further(
      UserId user,
      Collection<ConversationId> conversations,
      Map<ConversationId, ReadMarker> stored) {
    Map<ConversationId, ReadMarker> waiting = implied.of(user);
    Map<ConversationId, ReadMarker> own = ownNewest(user, conversations);
    Map<ConversationId, ReadMarker> markers = new HashMap<>();
    for (ConversationId conversation : conversations) {
      ReadMarker marker =
          stored
              .getOrDefault(conversation, ReadMarker.NONE)
              .further(waiting.getOrDefault(conversation, ReadMarker.NONE))
              .further(own.getOrDefault(conversation, ReadMarker.NONE));
      if (marker.seq() > 0) {
        markers.put(conversation, marker);
      }
    }
    return markers;
  }

  private Map<ConversationId, ReadMarker> ownNewest(
      UserId user, Collection<ConversationId> conversations) {
    Map<ConversationId, ReadMarker> own = new HashMap<>();
    try {
      eventLog
          .newestBy(user, conversations)
          .forEach(
              (conversation, newest) ->
                  own.put(conversation, new ReadMarker(newest.seq(), newest.messageCount())));
    } catch (ProblemException e) {
      log.debug("own messages are not known while Redis is away: {}", e.toString());
    }
    return own;
  }
}

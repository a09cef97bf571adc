package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Service;

/** How far everybody has read. Only the user moves a marker: what one sends marks nothing. */
@Service
public class ReadMarkers {

  private final CassandraReadMarkerStore store;

  ReadMarkers(CassandraReadMarkerStore store) {
    this.store = store;
  }

  /**
   * Sets a marker that was made of the one that is there. One that is further on already in the
   * same turn stays, and one of a later turn.
   *
   * @return where it is then
   */
  public ReadMarker set(UserId user, ConversationId conversation, ReadMarker marker) {
    store.set(user, conversation, marker);
    return of(user, conversation);
  }

  public ReadMarker of(UserId user, ConversationId conversation) {
    return store.find(user, conversation);
  }

  /** Where the user has moved their marker since then, or may have. */
  public Set<ConversationId> movedSince(UserId user, Instant since) {
    return store.movedSince(user, since);
  }

  /** Everything that these users have read; a request for each of them, all at once. */
  public Map<UserId, Map<ConversationId, ReadMarker>> all(Collection<UserId> users) {
    return store.all(users);
  }

  /** Those of the conversations in which the user has read anything. */
  public Map<ConversationId, ReadMarker> of(UserId user, Collection<ConversationId> conversations) {
    return store.of(user, conversations);
  }
}

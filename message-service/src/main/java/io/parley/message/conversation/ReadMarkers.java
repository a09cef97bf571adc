package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.store.CassandraCalls;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * How far everybody has read. A marker a user sets is written at once; the one that sending a
 * message implies is written with the others of the last seconds, since a busy sender would write
 * one for each message. If the process dies first, the inbox still shows nothing unread while the
 * last message is the user's own.
 */
@Service
public class ReadMarkers {

  private record Key(UserId user, ConversationId conversation) {}

  private static final Logger log = LoggerFactory.getLogger(ReadMarkers.class);

  private final CassandraReadMarkerStore store;
  private final Map<Key, ReadMarker> implied = new ConcurrentHashMap<>();

  ReadMarkers(CassandraReadMarkerStore store) {
    this.store = store;
  }

  /** Moves the marker forward; one that is further on already stays. Returns where it is then. */
  public ReadMarker advance(UserId user, ConversationId conversation, ReadMarker marker) {
    CassandraCalls.answered(
        () -> store.advance(user, conversation, marker).toCompletableFuture().join());
    return store.find(user, conversation);
  }

  public void advanceSoon(UserId user, ConversationId conversation, ReadMarker marker) {
    implied.merge(new Key(user, conversation), marker, (a, b) -> a.seq() >= b.seq() ? a : b);
  }

  public ReadMarker of(UserId user, ConversationId conversation) {
    ReadMarker stored = store.find(user, conversation);
    ReadMarker waiting = implied.getOrDefault(new Key(user, conversation), ReadMarker.NONE);
    return stored.seq() >= waiting.seq() ? stored : waiting;
  }

  public Map<ConversationId, ReadMarker> of(UserId user) {
    Map<ConversationId, ReadMarker> markers = store.of(user);
    implied.forEach(
        (key, marker) -> {
          if (key.user().equals(user)) {
            markers.merge(key.conversation(), marker, (a, b) -> a.seq() >= b.seq() ? a : b);
          }
        });
    return markers;
  }

  @PreDestroy
  @Scheduled(fixedDelayString = "${parley.messaging.implied-marker-delay:5s}")
  void writeImplied() {
    for (Key key : List.copyOf(implied.keySet())) {
      ReadMarker marker = implied.remove(key);
      if (marker != null) {
        store
            .advance(key.user(), key.conversation(), marker)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    log.debug("a read marker waits for Cassandra: {}", failure.toString());
                    advanceSoon(key.user(), key.conversation(), marker);
                  }
                });
      }
    }
  }
}

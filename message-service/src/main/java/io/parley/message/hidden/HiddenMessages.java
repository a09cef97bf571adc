package io.parley.message.hidden;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusCache;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.log.LogEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages that a user has deleted for themselves: they stay in the log, and are shown to that user
 * without what they say. A node remembers up to where each user has hidden anything, so a page that
 * is beyond costs nothing, and whoever has hidden nothing is asked about once. It is told of every
 * change, and knows that it is: see {@link BusCache}.
 */
@Service
public class HiddenMessages {

  /** If a node dies before it has told, whoever asked for it may not ask again. */
  private static final Duration KEEP = Duration.ofMinutes(5);

  private final CassandraHiddenStore store;
  private final BusCache<UserId, Map<ConversationId, Long>> ends;
  private final JsonMapper json;

  HiddenMessages(CassandraHiddenStore store, RedisBus bus, JsonMapper json) {
    this.store = store;
    this.ends =
        new BusCache<>(
            bus, Topic.HIDDEN, KEEP, UserId::valueOf, user -> Map.copyOf(store.ends(user)));
    this.json = json;
  }

  /**
   * Once and for all: stores, then tells every node.
   *
   * @throws ProblemException 503: call again, it may be half done
   */
  public void hide(UserId user, LogEvent message) {
    store.hide(user, message.conversation(), message.seq());
    ends.changed(user);
  }

  /**
   * What was read of one conversation, as this user may see it. Of what later became of a hidden
   * message only that something did.
   *
   * @throws ProblemException 503
   */
  public List<LogEvent> shown(UserId user, List<LogEvent> events) {
    if (events.isEmpty()) {
      return events;
    }
    Set<Long> hidden = among(user, events.get(0).conversation(), events);
    return hidden.isEmpty() ? events : events.stream().map(event -> shown(event, hidden)).toList();
  }

  /** The seqs of those that are hidden, of the events themselves and of their targets. */
  private Set<Long> among(UserId user, ConversationId conversation, List<LogEvent> events) {
    long end = ends.get(user).getOrDefault(conversation, 0L);
    Set<Long> hidden = new HashSet<>();
    if (end == 0) {
      return hidden;
    }
    long from = events.stream().mapToLong(LogEvent::seq).min().orElse(0);
    long to = Math.min(end, events.stream().mapToLong(LogEvent::seq).max().orElse(0));
    if (from <= to) {
      hidden.addAll(store.between(user, conversation, from, to));
    }
    List<Long> targets =
        events.stream()
            .filter(event -> event.kind().hasTarget())
            .map(LogEvent::target)
            .filter(target -> target <= end && target < from)
            .distinct()
            .toList();
    if (!targets.isEmpty()) {
      hidden.addAll(store.among(user, conversation, targets));
    }
    return hidden;
  }

  private LogEvent shown(LogEvent event, Set<Long> hidden) {
    if (event.kind().hasTarget()) {
      return hidden.contains(event.target()) ? event.withoutContent() : event;
    }
    return hidden.contains(event.seq()) ? withoutContent(event) : event;
  }

  /** What is left of it: its author's name for it, where it belongs, and whether it is deleted. */
  private LogEvent withoutContent(LogEvent message) {
    ObjectNode left = (ObjectNode) json.readTree(message.payload());
    List<String> retained = new ArrayList<>(LogEvent.PLACE_OF_MESSAGE);
    retained.addAll(List.of("deleted", "deletedBy", "expired"));
    left.retain(retained);
    left.put("hidden", true);
    return message.withPayload(json.writeValueAsString(left));
  }

  /** The highest seq that the user has hidden in a conversation; 0: none. */
  public long end(UserId user, ConversationId conversation) {
    return ends.get(user).getOrDefault(conversation, 0L);
  }

  /**
   * Whether the user has hidden this message.
   *
   * @throws ProblemException 503
   */
  public boolean isHidden(UserId user, ConversationId conversation, long seq) {
    return ends.get(user).getOrDefault(conversation, 0L) >= seq
        && !store.between(user, conversation, seq, seq).isEmpty();
  }

  /**
   * The hidden seqs with {@code from <= seq <= to}, asked of the store.
   *
   * @throws ProblemException 503
   */
  public List<Long> between(UserId user, ConversationId conversation, long from, long to) {
    return store.between(user, conversation, from, to);
  }

  /**
   * All of a user's, by conversation.
   *
   * @throws ProblemException 503
   */
  public Map<ConversationId, List<Long>> all(UserId user) {
    Map<ConversationId, List<Long>> all = new LinkedHashMap<>();
    store.ends(user).forEach((id, end) -> all.put(id, store.between(user, id, 1, end)));
    return all;
  }

  /**
   * For an erasure, before the user's settings go, by which they are found.
   *
   * @throws ProblemException 503: call again
   */
  public void forget(UserId user) {
    store.ends(user).forEach((id, end) -> store.forget(user, id, end));
  }
}

package io.parley.message.reaction;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.LogReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * The reactions to messages, as their REACTED events make them: each says what was changed, and
 * what there is after it.
 */
@Service
public class Reactions implements LogProjection {

  /**
   * The payload of a REACTED event.
   *
   * @param changes what members have done
   * @param reactions what there is then
   */
  @JsonPropertyOrder({"target", "changes", "reactions"})
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Reacted(long target, List<ReactionChange> changes, List<Tally> reactions) {}

  /** Requests for one page: it is shorter where many have taken theirs back. */
  private static final int READS = 4;

  private final ReactionStore store;
  private final EventLog log;
  private final LogReader reader;
  private final JsonMapper json;

  Reactions(ReactionStore store, EventLog log, LogReader reader, JsonMapper json) {
    this.store = store;
    this.log = log;
    this.reader = reader;
    this.json = json;
  }

  /** Of an event after which there is what a decision says. */
  String payload(long target, ReactionDecision decision) {
    return json.writeValueAsString(new Reacted(target, decision.changes(), decision.tallies()));
  }

  /** The reactions to a message, and which of some are there. */
  ReactionState state(LogEvent message, Set<Reaction> reactions) {
    return message.changes().reacted()
        ? store.state(message.conversation(), message.seq(), reactions)
        : ReactionState.NONE;
  }

  // --- the projection --------------------------------------------------------------------------

  @Override
  public boolean covers(LogEvent event) {
    return event.kind() == LogEvent.Kind.REACTED;
  }

  @Override
  public void apply(LogEvent event) {
    LogEvent message = reader.at(event.conversation(), event.target());
    if (message != null) {
      apply(event, message);
    }
  }

  void apply(LogEvent event, LogEvent message) {
    Reacted reacted = reacted(event);
    store.write(
        event.conversation(),
        reacted.target(),
        event.seq(),
        reacted.changes(),
        reacted.reactions());
    if (!message.changes().reacted()) {
      log.markReacted(message);
    }
  }

  private Reacted reacted(LogEvent event) {
    return json.readValue(event.payload(), Reacted.class);
  }

  // --- one user's ------------------------------------------------------------------------------

  /**
   * What a user has done with messages, as it is found in REACTED events that are read in their
   * order.
   *
   * @param own to which each is to be added, or from which it is to be taken: by the message's seq
   */
  public void collect(UserId user, List<LogEvent> events, Map<Long, Set<String>> own) {
    String id = user.toString();
    for (LogEvent event : events) {
      // Most are of others: not worth reading.
      if (event.kind() == LogEvent.Kind.REACTED && event.payload().contains(id)) {
        for (ReactionChange change : reacted(event).changes()) {
          if (change.userId().equals(user)) {
            Set<String> emoji = own.computeIfAbsent(event.target(), seq -> new LinkedHashSet<>());
            if (change.added()) {
              emoji.add(change.emoji());
            } else {
              emoji.remove(change.emoji());
            }
            own.computeIfPresent(event.target(), (seq, left) -> left.isEmpty() ? null : left);
          }
        }
      }
    }
  }

  // --- who -------------------------------------------------------------------------------------

  /** Those that are there behind one of them, and where to go on; at most {@code limit}. */
  record Page(List<ReactionStore.Stored> items, @Nullable Reaction next) {}

  Page after(ConversationId conversation, long target, Reaction after, int limit) {
    List<ReactionStore.Stored> items = new ArrayList<>();
    Reaction last = after;
    for (int i = 0; i < READS && items.size() < limit; i++) {
      int wanted = limit - items.size();
      List<ReactionStore.Stored> read = store.after(conversation, target, last, wanted);
      read.stream().filter(ReactionStore.Stored::present).forEach(items::add);
      if (read.size() < wanted) {
        return new Page(items, null);
      }
      last = read.getLast().reaction();
    }
    return new Page(items, last);
  }
}

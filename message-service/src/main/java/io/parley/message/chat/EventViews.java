package io.parley.message.chat;

import io.parley.common.ids.UserId;
import io.parley.message.chat.MessageAdditions.Addition;
import io.parley.message.log.LogEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Events as REST shows them to one user, with all additions. Plain messages cost nothing more. */
@Component
public class EventViews {

  private static final Map<Long, Addition> NONE = Map.of();

  private final List<MessageAdditions> additions;

  EventViews(List<MessageAdditions> additions) {
    this.additions = additions;
  }

  /**
   * @param events of one conversation
   */
  public List<EventView> of(UserId viewer, List<LogEvent> events) {
    Map<Long, Addition> added = additions(viewer, events);
    return events.stream().map(event -> of(event, added)).toList();
  }

  /**
   * A message, with the ETag of what is shown: the version of what it says, and behind a hyphen
   * that of the additions, which editing it does not look at.
   */
  public ResponseEntity<EventView> tagged(UserId viewer, LogEvent message) {
    Map<Long, Addition> added = additions(viewer, List.of(message));
    Addition addition = added.get(message.seq());
    return ResponseEntity.ok()
        .eTag('"' + tag(message) + (addition == null ? "" : "-" + addition.version()) + '"')
        .body(of(message, added));
  }

  private static String tag(LogEvent message) {
    return String.valueOf(message.version());
  }

  /** Whether a tag of {@link #tagged} is of what a message says now. */
  public static boolean isOf(String tag, LogEvent message) {
    return tag.equals(tag(message)) || tag.startsWith(tag(message) + "-");
  }

  private static EventView of(LogEvent event, Map<Long, Addition> added) {
    Addition addition = added.get(event.seq());
    return addition == null ? EventView.of(event) : EventView.of(event, addition.members());
  }

  private Map<Long, Addition> additions(UserId viewer, List<LogEvent> events) {
    Map<Long, Addition> all = NONE;
    for (MessageAdditions each : additions) {
      List<LogEvent> messages =
          events.stream()
              .filter(event -> event.kind() == LogEvent.Kind.MESSAGE && each.isFor(event))
              .toList();
      if (!messages.isEmpty()) {
        Map<Long, Addition> together = new HashMap<>(all);
        each.of(messages.getFirst().conversation(), viewer, messages)
            .forEach((seq, addition) -> together.merge(seq, addition, EventViews::both));
        all = together;
      }
    }
    return all;
  }

  private static Addition both(Addition one, Addition other) {
    StringJoiner members = new StringJoiner(",");
    members.add(one.members()).add(other.members());
    return new Addition(members.toString(), Math.max(one.version(), other.version()));
  }
}

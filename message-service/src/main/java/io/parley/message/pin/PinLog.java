package io.parley.message.pin;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.change.Changes;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;

/**
 * Puts pins into the log. Each PINNED event is decided on all that came before it, and named by the
 * last of them, as reactions are (ADR 0019).
 */
@Service
class PinLog {

  private final Changes changes;
  private final Pins pins;
  private final LogReader reader;
  private final PinProperties properties;

  PinLog(Changes changes, Pins pins, LogReader reader, PinProperties properties) {
    this.changes = changes;
    this.pins = pins;
    this.reader = reader;
    this.properties = properties;
  }

  /**
   * Pins a message, or takes that back; none that is so already makes an event.
   *
   * @throws ProblemException 409 {@code too-many-pins}; 503: it is done, or will be, or not
   */
  PinView pin(ConversationId conversation, long seq, UserId by, boolean pinned) {
    return changes.decide(() -> step(conversation, seq, by, pinned));
  }

  private Changes.Step<PinView> step(
      ConversationId conversation, long seq, UserId by, boolean pinned) {
    PinState found = pins.state(conversation);
    boolean isFull = pinned && found.find(seq) == null && isFull(found);
    PinState state = isFull ? withRoom(conversation, found, by) : found;
    Pin before = state.find(seq);
    return new Changes.Step<>(
        draft(conversation, state, seq, by, pinned),
        pinned != (before != null),
        event -> pins.apply(event, state),
        event -> {
          if (event == null) {
            return PinView.of(seq, before);
          }
          return PinView.of(seq, pinned ? new Pin(seq, event.seq(), by, event.at()) : null);
        });
  }

  private boolean isFull(PinState state) {
    return state.pins().size() >= properties.max();
  }

  /** Takes down those that were deleted since they were pinned. */
  private PinState withRoom(ConversationId conversation, PinState full, UserId by) {
    Map<Long, LogEvent> messages = messages(conversation, full.pins());
    for (Pin pin : full.pins()) {
      LogEvent message = messages.get(pin.target());
      if (message != null && message.isDeleted()) {
        pin(conversation, pin.target(), by, false);
      }
    }
    PinState state = pins.state(conversation);
    if (isFull(state)) {
      throw new ProblemException(
          ConversationProblem.TOO_MANY_PINS,
          "There can be " + properties.max() + " pinned messages",
          Map.of("maxPins", properties.max()));
    }
    return state;
  }

  private EventLog.Draft draft(
      ConversationId conversation, PinState state, long seq, UserId by, boolean pinned) {
    return new EventLog.Draft(
        conversation,
        by,
        "pin " + state.version(),
        LogEvent.Kind.PINNED,
        pins.payload(seq, pinned, by));
  }

  private Map<Long, LogEvent> messages(ConversationId conversation, List<Pin> pinned) {
    Map<Long, LogEvent> messages = new HashMap<>();
    reader
        .at(conversation, pinned.stream().map(Pin::target).toList())
        .forEach(event -> messages.put(event.seq(), event));
    return messages;
  }
}

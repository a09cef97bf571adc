package io.parley.message.pin;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.change.Changes;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.LogReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Pinning on a simulated node, by who is known to be allowed. */
public final class SimulatedPins {

  private final Pins pins;
  private final LogReader reader;

  public SimulatedPins(SimulatedPinStore store, LogReader reader) {
    this.pins = new Pins(store, JsonMapper.shared());
    this.reader = reader;
  }

  public LogProjection projection() {
    return pins;
  }

  /**
   * As {@link Pinning} does it.
   *
   * @return the seq of the event that pinned it; null: it is not pinned
   */
  public @Nullable Long pin(
      Changes changes, int max, ConversationId conversation, long seq, UserId by, boolean pinned) {
    LogEvent message = reader.at(conversation, seq);
    if (message == null
        || message.kind() != LogEvent.Kind.MESSAGE
        || (pinned && message.isDeleted())) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return new PinLog(changes, pins, reader, new PinProperties(max))
        .pin(conversation, seq, by, pinned)
        .pinnedSeq();
  }

  /** The seq of the last event in it, and each pin: its message, its event, who did it. */
  public String seen(ConversationId conversation) {
    PinState state = pins.state(conversation);
    return state.version()
        + " "
        + state.pins().stream()
            .map(pin -> pin.target() + "@" + pin.seq() + " by " + pin.by())
            .toList();
  }
}

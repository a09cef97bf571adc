package io.parley.message.pin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** What is pinned in conversations, as their PINNED events make it. */
@Service
class Pins implements LogProjection {

  /**
   * The payload of a PINNED event.
   *
   * @param by who did it, as two who do the same at once must not be taken for one
   */
  @JsonPropertyOrder({"target", "pinned", "by"})
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Pinned(long target, boolean pinned, UserId by) {}

  private final PinStore store;
  private final JsonMapper json;

  Pins(PinStore store, JsonMapper json) {
    this.store = store;
    this.json = json;
  }

  String payload(long target, boolean pinned, UserId by) {
    return json.writeValueAsString(new Pinned(target, pinned, by));
  }

  PinState state(ConversationId conversation) {
    return store.read(conversation);
  }

  @Override
  public boolean covers(LogEvent event) {
    return event.kind() == LogEvent.Kind.PINNED;
  }

  /** Each event follows on the state that the one before has made: nothing is between the two. */
  @Override
  public void apply(LogEvent event) {
    apply(event, store.read(event.conversation()));
  }

  /**
   * @param state before the event, or any later one
   */
  PinState apply(LogEvent event, PinState state) {
    if (state.version() >= event.seq()) {
      return state;
    }
    Pinned pinned = json.readValue(event.payload(), Pinned.class);
    Pin pin =
        pinned.pinned() ? new Pin(pinned.target(), event.seq(), pinned.by(), event.at()) : null;
    PinState next = state.with(event.seq(), pinned.target(), pin);
    store.write(event.conversation(), next);
    return next;
  }
}

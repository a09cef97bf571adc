package io.parley.message.reaction;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.chat.MessageAdditions;
import io.parley.message.log.LogEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The reactions to messages beside these: two requests for a page on which there are some. */
@Component
class ShownReactions implements MessageAdditions {

  @JsonPropertyOrder({"emoji", "count", "own"})
  private record Shown(String emoji, int count, boolean own) {}

  private final ReactionStore store;
  private final JsonMapper json;

  ShownReactions(ReactionStore store, JsonMapper json) {
    this.store = store;
    this.json = json;
  }

  @Override
  public boolean isFor(LogEvent message) {
    return message.changes().reacted() && !message.isDeleted();
  }

  @Override
  public Map<Long, Addition> of(
      ConversationId conversation, UserId viewer, List<LogEvent> messages) {
    Map<Long, Addition> additions = new HashMap<>();
    store
        .states(conversation, messages.stream().map(LogEvent::seq).toList(), viewer)
        .forEach((seq, state) -> additions.put(seq, addition(state, viewer)));
    return additions;
  }

  private Addition addition(ReactionState state, UserId viewer) {
    List<Shown> shown =
        state.tallies().stream()
            .map(
                tally ->
                    new Shown(
                        tally.emoji(),
                        tally.count(),
                        state.present().contains(new Reaction(tally.emoji(), viewer))))
            .toList();
    return new Addition(
        "\"reactions\":" + json.writeValueAsString(shown) + ",\"reactionsSeq\":" + state.version(),
        state.version());
  }
}

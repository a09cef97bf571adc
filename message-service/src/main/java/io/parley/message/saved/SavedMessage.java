package io.parley.message.saved;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.message.conversation.MessagePlace;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a user has put aside: where the message is, and what they noted with it.
 *
 * @param savedAt in milliseconds
 */
@JsonPropertyOrder({"conversationId", "seq", "savedAt", "note"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SavedMessage(
    ConversationId conversationId, long seq, Instant savedAt, @Nullable String note) {

  @JsonIgnore
  MessagePlace place() {
    return new MessagePlace(savedAt, conversationId, seq);
  }
}

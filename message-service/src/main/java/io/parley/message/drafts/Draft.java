package io.parley.message.drafts;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a member has begun to write in a conversation.
 *
 * @param text empty: there is none
 * @param replyTo the seq that it is to answer
 * @param at when it was stored, or cleared; null: there never was one
 */
@JsonPropertyOrder({"conversationId", "text", "replyTo", "at"})
public record Draft(
    ConversationId conversationId, String text, @Nullable Long replyTo, @Nullable Instant at) {

  static Draft none(ConversationId conversation, @Nullable Instant at) {
    return new Draft(conversation, "", null, at);
  }

  boolean isNone() {
    return text.isEmpty();
  }
}

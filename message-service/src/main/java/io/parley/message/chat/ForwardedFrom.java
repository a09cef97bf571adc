package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * In a message that passes another on: what that one said, and where it comes from. Of one that was
 * passed on more than once, where it came from first.
 *
 * @param key stands for what was asked to be passed on, so that a repeat is known; of no use to
 *     clients
 * @param authorId who wrote it; like the rest null only as long as it was not looked up
 * @param text what it said when it was passed on
 * @param conversationId the group it is from; absent where it is from a direct conversation, whose
 *     id would tell who had it
 * @param seq as conversationId
 */
@JsonPropertyOrder({"key", "authorId", "at", "text", "conversationId", "seq"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ForwardedFrom(
    String key,
    @Nullable UserId authorId,
    @Nullable Instant at,
    @Nullable String text,
    @Nullable ConversationId conversationId,
    @Nullable Long seq) {

  static ForwardedFrom asked(String key) {
    return new ForwardedFrom(key, null, null, null, null, null);
  }

  ForwardedFrom askedAs(String other) {
    return new ForwardedFrom(other, authorId, at, text, conversationId, seq);
  }
}

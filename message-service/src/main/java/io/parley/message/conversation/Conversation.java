package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.EventId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * @param name a group's name; null for a direct conversation
 */
public record Conversation(ConversationId id, Kind kind, @Nullable String name) {

  /** Two users, or the members of a group. */
  public enum Kind {
    DIRECT,
    GROUP
  }

  /** The one direct conversation of two users: derived, so it can not exist twice. */
  public static ConversationId direct(UserId one, UserId other) {
    boolean ordered = one.value().compareTo(other.value()) <= 0;
    UserId first = ordered ? one : other;
    UserId second = ordered ? other : one;
    return new ConversationId(
        EventId.nameBased(
            first.value(), second.value(), "direct".getBytes(StandardCharsets.US_ASCII)));
  }
}

package io.parley.message.scheduled;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.message.scheduled.ScheduledMessage.Content;
import io.parley.message.scheduled.ScheduledMessage.Failure;
import io.parley.message.scheduled.ScheduledMessage.State;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A scheduled message as its author sees it.
 *
 * @param id that of the MESSAGE event when it was sent
 * @param state waiting, sending, failed, sent or cancelled
 * @param version grows with each change: of two states the one with the higher version is the later
 * @param text absent once it was sent or cancelled
 * @param problem the slug of the refusal, of one that failed
 * @param detail what the refusal said
 * @param seq its event's, of one that was sent
 */
@JsonPropertyOrder({
  "id",
  "conversationId",
  "clientMessageId",
  "state",
  "version",
  "at",
  "text",
  "replyTo",
  "alsoToConversation",
  "problem",
  "detail",
  "seq"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduledView(
    UUID id,
    ConversationId conversationId,
    String clientMessageId,
    String state,
    int version,
    Instant at,
    @Nullable String text,
    @Nullable Long replyTo,
    @Nullable Boolean alsoToConversation,
    @Nullable String problem,
    @Nullable String detail,
    @Nullable Long seq) {

  static ScheduledView of(ScheduledMessage message) {
    Content content = message.content();
    Failure failure = message.problem();
    return new ScheduledView(
        message.id(),
        message.conversationId(),
        content.clientMessageId(),
        message.state().name().toLowerCase(Locale.ROOT),
        message.version(),
        message.at(),
        content.text().isEmpty() ? null : content.text(),
        content.replyTo(),
        content.alsoToConversation(),
        failure == null ? null : failure.slug(),
        failure == null ? null : failure.detail(),
        message.state() == State.SENT ? message.seq() : null);
  }
}

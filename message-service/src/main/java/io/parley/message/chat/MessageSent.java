package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.ConversationId;
import io.parley.message.log.LogEvent;
import java.time.Instant;

/** The acknowledgement: the message is stored. Also what a repeat is answered with. */
@JsonPropertyOrder({"type", "conversationId", "clientMessageId", "id", "seq", "at"})
public record MessageSent(
    String type,
    ConversationId conversationId,
    String clientMessageId,
    String id,
    long seq,
    Instant at) {

  static MessageSent of(LogEvent event, String clientMessageId) {
    return new MessageSent(
        "ACK",
        event.conversation(),
        clientMessageId,
        event.id().toString(),
        event.seq(),
        event.at());
  }
}

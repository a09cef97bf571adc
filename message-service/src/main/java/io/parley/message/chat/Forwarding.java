package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.SealedTexts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Copies what a message says into another that passes it on, if its sender may read it. It is
 * copied once: a repeat has what was copied first, whatever became of the message.
 */
@Component
class Forwarding {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final EventLog log;
  private final SealedTexts sealed;
  private final JsonMapper json;

  Forwarding(
      OpenConversations openConversations,
      Reading reading,
      EventLog log,
      SealedTexts sealed,
      JsonMapper json) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.log = log;
    this.sealed = sealed;
    this.json = json;
  }

  /**
   * What is asked for, without what is to be copied.
   *
   * @throws ProblemException 400 {@code invalid-request}
   */
  ForwardedFrom asked(Forward forward) {
    return ForwardedFrom.asked(
        sealed.fingerprint("forward " + conversation(forward) + ' ' + seq(forward)));
  }

  /**
   * The same message with what it passes on.
   *
   * @param draft of the message
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}: the caller may not read it; 409 {@code client-message-id-reused}; 503
   */
  EventLog.Draft filled(Caller caller, NewMessage message, EventLog.Draft draft, Forward forward) {
    LogEvent original = log.original(draft);
    if (original != null) {
      return original.isDeleted() ? draft : draft.saying(original.payload());
    }
    return draft.saying(
        json.writeValueAsString(
            message.forwarding(content(caller, draft.conversation(), asked(forward), forward))));
  }

  private ForwardedFrom content(
      Caller caller, ConversationId target, ForwardedFrom asked, Forward forward) {
    OpenConversations.Access access = openConversations.access(conversation(forward), caller.id());
    List<LogEvent> messages = reading.messages(access, List.of(seq(forward)));
    if (messages.isEmpty()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    LogEvent message = messages.getFirst();
    JsonNode content = json.readTree(message.content());
    JsonNode first = content.get(LogEvent.FORWARDED_FROM);
    if (first != null) {
      return json.treeToValue(first, ForwardedFrom.class).askedAs(asked.key());
    }
    boolean named =
        access.conversation().kind() == Conversation.Kind.GROUP
            || target.equals(message.conversation());
    return new ForwardedFrom(
        asked.key(),
        message.author(),
        message.at(),
        content.path("text").asString(),
        named ? message.conversation() : null,
        named ? message.seq() : null);
  }

  private static ConversationId conversation(Forward forward) {
    return present("forward.conversationId", forward.conversationId());
  }

  private static long seq(Forward forward) {
    return present("forward.seq", forward.seq());
  }

  private static <T> T present(String member, @Nullable T value) {
    if (value == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, member + ": is missing");
    }
    return value;
  }
}

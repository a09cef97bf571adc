package io.parley.message.socket;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.logs.LogFields;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.availability.ClientPresence;
import io.parley.message.chat.Chat;
import io.parley.message.chat.DeliveredHeads;
import io.parley.message.chat.MarkRead;
import io.parley.message.chat.MessageSent;
import io.parley.message.chat.SendMessage;
import io.parley.message.command.ConversationCommand;
import io.parley.message.command.ConversationCommands;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What one client's SEND frames do, by their destination. */
final class AppDestinations {

  /** What {@link #RENEW} is sent. */
  private record RenewSession(@Nullable String accessToken) {}

  static final String RENEW = "/app/session/renew";

  private static final String DELIVERED = "/app/session/delivered";
  private static final String SHOW = "/app/session/presence";
  private static final String WATCH = "/app/presence/watch";

  private static final Pattern CONVERSATION =
      Pattern.compile("/app/conversations/([0-9a-f-]{36})/([a-z0-9/-]{1,60})");
  private static final long TYPING_INTERVAL_NANOS = 1_000_000_000L;

  private final Chat chat;
  private final ConversationCommands commands;
  private final ClientPresence presence;
  private final JsonMapper json;
  private long typedNanos = System.nanoTime() - TYPING_INTERVAL_NANOS;

  AppDestinations(
      Chat chat, ConversationCommands commands, ClientPresence presence, JsonMapper json) {
    this.chat = chat;
    this.commands = commands;
    this.presence = presence;
    this.json = json;
  }

  /**
   * @return what the sender alone is to be told, or null
   * @throws ProblemException whatever is wrong with it
   */
  @Nullable MessageSent handle(Admission admission, String destination, byte[] body) {
    if (admission.hasExpired()) {
      throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
    }
    if (destination.equals(RENEW)) {
      String token = read(body, RenewSession.class).accessToken();
      if (token == null) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "accessToken: is missing");
      }
      admission.renew(token);
      presence.renewed(admission.caller());
      return null;
    }
    if (destination.equals(DELIVERED)) {
      admission.caller().require(Scope.MESSAGES_READ);
      chat.delivered().mark(admission.caller(), read(body, DeliveredHeads.class));
      return null;
    }
    if (destination.equals(SHOW)) {
      presence.show(admission.caller(), read(body, ClientPresence.ShowClient.class));
      return null;
    }
    if (destination.equals(WATCH)) {
      presence.watch(admission.caller(), read(body, ClientPresence.WatchPresence.class));
      return null;
    }
    Matcher matcher = CONVERSATION.matcher(destination);
    if (!matcher.matches()) {
      throw nothingAt(destination);
    }
    Caller caller = admission.caller();
    ConversationId conversation = conversation(matcher.group(1));
    MDC.put(LogFields.CONVERSATION, matcher.group(1));
    switch (matcher.group(2)) {
      case "messages" -> {
        caller.require(Scope.MESSAGES_WRITE);
        return chat.sending().send(caller, conversation, read(body, SendMessage.class));
      }
      case "read" -> {
        caller.require(Scope.MESSAGES_READ);
        chat.marks().markRead(caller, conversation, read(body, MarkRead.class));
      }
      case "typing" -> {
        caller.require(Scope.MESSAGES_WRITE);
        typing(caller, conversation);
      }
      default -> {
        ConversationCommands.Found found = commands.find(matcher.group(2));
        if (found == null) {
          throw nothingAt(destination);
        }
        caller.require(found.command().scope());
        found.command().run(caller, conversation, found.seq(), new JsonBody(body));
      }
    }
    return null;
  }

  private static ProblemException nothingAt(String destination) {
    return new ProblemException(
        CommonProblem.NOT_FOUND, "there is nothing to send to at " + destination);
  }

  private final class JsonBody implements ConversationCommand.Body {

    private final byte[] body;

    JsonBody(byte[] body) {
      this.body = body;
    }

    @Override
    public <T> T as(Class<T> type) {
      return read(body, type);
    }

    @Override
    public boolean isEmpty() {
      return body.length == 0;
    }
  }

  private void typing(Caller caller, ConversationId conversation) {
    long now = System.nanoTime();
    if (now - typedNanos > TYPING_INTERVAL_NANOS) {
      typedNanos = now;
      chat.typing().typing(caller, conversation);
    }
  }

  private static ConversationId conversation(String id) {
    try {
      return ConversationId.valueOf(id);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "not an id: " + id);
    }
  }

  private <T> T read(byte[] body, Class<T> type) {
    try {
      T value = json.readValue(body, type);
      if (value == null) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "the body is null");
      }
      return value;
    } catch (JacksonException e) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "the body is not the JSON expected here");
    }
  }

  /** The client's name for what it sent, when the body has one. */
  @Nullable String clientMessageId(byte[] body) {
    try {
      return json.readTree(body).path("clientMessageId").stringValue(null);
    } catch (JacksonException e) {
      return null;
    }
  }
}

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
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What one client's SEND frames do, by their destination. */
final class AppDestinations {

  /** Those that are no {@link ConversationCommand}s. */
  enum Own {
    RENEW("/app/session/renew"),
    DELIVERED("/app/session/delivered"),
    SHOW("/app/session/presence"),
    WATCH("/app/presence/watch"),
    SEND("messages"),
    READ("read"),
    TYPING("typing");

    private static final Map<String, Own> BY_PATH =
        Arrays.stream(values()).collect(Collectors.toMap(Own::path, Function.identity()));

    private final String path;

    Own(String path) {
      this.path = path;
    }

    /** The destination, or in a conversation what follows the conversation's id. */
    String path() {
      return path;
    }

    boolean isInConversation() {
      return !path.startsWith("/");
    }
  }

  /** What {@link Own#RENEW} is sent. */
  private record RenewSession(@Nullable String accessToken) {}

<<<<<<< HEAD
=======
  static final String RENEW = "/app/session/renew";

  private static final String DELIVERED = "/app/session/delivered";
  private static final String SHOW = "/app/session/presence";
  private static final String WATCH = "/app/presence/watch";

>>>>>>> main
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
<<<<<<< HEAD
=======
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
>>>>>>> main
    Matcher matcher = CONVERSATION.matcher(destination);
    if (matcher.matches()) {
      return inConversation(admission.caller(), matcher.group(1), matcher.group(2), body);
    }
    Own own = Own.BY_PATH.get(destination);
    if (own == null) {
      throw nothingAt(destination);
    }
    switch (own) {
      case RENEW -> renew(admission, read(body, RenewSession.class).accessToken());
      case DELIVERED -> {
        admission.caller().require(Scope.MESSAGES_READ);
        chat.delivered().mark(admission.caller(), read(body, DeliveredHeads.class));
      }
      case SHOW -> presence.show(admission.caller(), read(body, ClientPresence.ShowClient.class));
      case WATCH ->
          presence.watch(admission.caller(), read(body, ClientPresence.WatchPresence.class));
      default -> throw nothingAt(destination);
    }
    return null;
  }

  private void renew(Admission admission, @Nullable String token) {
    if (token == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "accessToken: is missing");
    }
    admission.renew(token);
    presence.renewed(admission.caller());
  }

  private @Nullable MessageSent inConversation(Caller caller, String id, String path, byte[] body) {
    ConversationId conversation = conversation(id);
    MDC.put(LogFields.CONVERSATION, id);
    Own own = Own.BY_PATH.get(path);
    if (own == null) {
      run(caller, conversation, path, body);
      return null;
    }
    switch (own) {
      case SEND -> {
        caller.require(Scope.MESSAGES_WRITE);
        return chat.sending().send(caller, conversation, read(body, SendMessage.class));
      }
      case READ -> {
        caller.require(Scope.MESSAGES_READ);
        chat.marks().markRead(caller, conversation, read(body, MarkRead.class));
      }
      case TYPING -> {
        caller.require(Scope.MESSAGES_WRITE);
        typing(caller, conversation);
      }
      default -> throw nothingAt(path);
    }
    return null;
  }

  private void run(Caller caller, ConversationId conversation, String path, byte[] body) {
    ConversationCommands.Found found = commands.find(path);
    if (found == null) {
      throw nothingAt("/app/conversations/" + conversation + "/" + path);
    }
    caller.require(found.command().scope());
    found.command().run(caller, conversation, found.seq(), new JsonBody(body));
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

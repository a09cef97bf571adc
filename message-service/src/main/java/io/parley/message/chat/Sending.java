package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.RedisBus;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.missed.AbsentMembers;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** Puts members' messages into the log and tells of them. */
@Service
public class Sending {

  private final OpenConversations openConversations;
  private final UserLimits limits;
  private final ChatRules rules;
  private final Reading reading;
  private final EventLog log;
  private final RedisBus bus;
  private final ReadMarkers markers;
  private final AbsentMembers absent;
  private final ChatProperties properties;
  private final JsonMapper json;

  Sending(
      OpenConversations openConversations,
      UserLimits limits,
      ChatRules rules,
      Reading reading,
      EventLog log,
      RedisBus bus,
      ReadMarkers markers,
      AbsentMembers absent,
      ChatProperties properties,
      JsonMapper json) {
    this.openConversations = openConversations;
    this.limits = limits;
    this.rules = rules;
    this.reading = reading;
    this.log = log;
    this.bus = bus;
    this.markers = markers;
    this.absent = absent;
    this.properties = properties;
    this.json = json;
  }

  /**
   * Stores, then announces. Invariant: nobody is told of a message that a reload would not show.
   * The reverse is allowed: if the announcement is lost, the reader sees a gap in seq and fetches
   * it.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, {@code
   *     blocked}, {@code forbidden}, {@code muted}, 404 {@code conversation-not-found}, 409 {@code
   *     client-message-id-reused}, {@code conversation-archived}, 429 {@code rate-limited}, 503
   *     {@code store-unavailable}
   */
  public MessageSent send(Caller caller, ConversationId conversation, SendMessage command) {
    limits.send(caller.id());
    NewMessage message = NewMessage.of(command, properties.maxTextChars());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    EventLog.Draft draft = draft(access, message);
    LogEvent event = admit(access, draft);
    if (event == null) {
      try (AbsentMembers.Duty duty = absent.duty(conversation)) {
        event = log.append(draft).event();
        announce(event, access, caller, message, duty);
      }
    }
    return MessageSent.of(event, message.clientMessageId());
  }

  private EventLog.Draft draft(OpenConversations.Access access, NewMessage message) {
    Long replyTo = message.replyTo();
    if (replyTo != null && reading.message(access, replyTo) == null) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "replyTo: there is no message with this seq");
    }
    return new EventLog.Draft(
        access.conversation().id(),
        access.member().user(),
        message.clientMessageId(),
        LogEvent.Kind.MESSAGE,
        json.writeValueAsString(message));
  }

  /**
   * The rules refuse new messages only: a repeat gets its original result all the same.
   *
   * @return that result; null: the message is to be appended
   */
  private @Nullable LogEvent admit(OpenConversations.Access access, EventLog.Draft draft) {
    try {
      rules.admitWriting(access, draft.key());
      return null;
    } catch (ProblemException refusal) {
      LogEvent original = log.original(draft);
      if (original == null) {
        throw refusal;
      }
      return original;
    }
  }

  /**
   * A repeat is announced again, as its first sender may have died before it could; who has it
   * drops it.
   */
  private void announce(
      LogEvent event,
      OpenConversations.Access access,
      Caller caller,
      NewMessage message,
      AbsentMembers.Duty duty) {
    bus.publish(event);
    markers.impliedBy(event);
    duty.tell(
        new AbsentMembers.Stored(
            event, access.conversation(), caller.username(), message.text(), access.members()));
  }
}

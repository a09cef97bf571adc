package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.audit.AuditTrail;
import io.parley.message.blocks.Blocks;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.deletion.Deletions;
import io.parley.message.delivery.DeliveryProperties;
import io.parley.message.delivery.Hub;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.missed.AbsentMembers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a member may do in a conversation, the same over REST and STOMP. Every access check of this
 * feature is here.
 */
@Service
public class Chat {

  private static final Pattern CLIENT_MESSAGE_ID = Pattern.compile("[!-~]{1,64}");

  private final Hub hub;
  private final UserLimits limits;
  private final Blocks blocks;
  private final GroupRules rules;
  private final EventLog log;
  private final RedisBus bus;
  private final ReadMarkers markers;
  private final AbsentMembers absent;
  private final Deletions deletions;
  private final AuditTrail audit;
  private final ChatProperties properties;
  private final DeliveryProperties delivery;
  private final JsonMapper json;

  Chat(
      Hub hub,
      UserLimits limits,
      Blocks blocks,
      GroupRules rules,
      EventLog log,
      RedisBus bus,
      ReadMarkers markers,
      AbsentMembers absent,
      Deletions deletions,
      AuditTrail audit,
      ChatProperties properties,
      DeliveryProperties delivery,
      JsonMapper json) {
    this.hub = hub;
    this.limits = limits;
    this.blocks = blocks;
    this.rules = rules;
    this.log = log;
    this.bus = bus;
    this.markers = markers;
    this.absent = absent;
    this.deletions = deletions;
    this.audit = audit;
    this.properties = properties;
    this.delivery = delivery;
    this.json = json;
  }

  /**
   * Stores, then announces. Invariant: nobody is told of a message that a reload would not show.
   * The reverse is allowed: if the announcement is lost, the reader sees a gap in seq and fetches
   * it. A repeat is announced again, as its first sender may have died in between; who has it drops
   * it.
   *
   * <p>Blocks and a group's rules refuse new messages only: a repeat gets its original result all
   * the same.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, {@code
   *     blocked}, {@code forbidden}, {@code muted}, 404 {@code conversation-not-found}, 409 {@code
   *     client-message-id-reused}, {@code conversation-archived}, 429 {@code rate-limited}, 503
   *     {@code store-unavailable}
   */
  public MessageSent send(Caller caller, ConversationId conversation, SendMessage command) {
    limits.send(caller.id());
    String clientMessageId = clientMessageId(command);
    String text = text(command);
    Hub.Access access = hub.access(conversation, caller.id());
    if (command.replyTo() != null && message(access, command.replyTo()) == null) {
      throw invalid("replyTo: there is no message with this seq");
    }
    EventLog.Draft draft =
        new EventLog.Draft(
            conversation,
            caller.id(),
            clientMessageId,
            LogEvent.Kind.MESSAGE,
            payload(clientMessageId, text, command.replyTo()));
    try {
      if (blocks.isBlocked(access.conversation())) {
        throw new ProblemException(ConversationProblem.BLOCKED);
      }
      rules.admit(access, clientMessageId);
    } catch (ProblemException refusal) {
      LogEvent original = log.original(draft);
      if (original == null) {
        throw refusal;
      }
      return MessageSent.of(original, clientMessageId);
    }
    try (AbsentMembers.Duty duty = absent.duty(conversation)) {
      LogEvent event = log.append(draft).event();
      bus.publish(event);
      markers.advanceSoon(
          caller.id(), conversation, new ReadMarker(event.seq(), event.messageCount()));
      duty.tell(
          new AbsentMembers.Stored(
              event, access.conversation(), caller.username(), text, access.members()));
      return MessageSent.of(event, clientMessageId);
    }
  }

  /** The message at a seq if there is one and the member may see it. */
  private @Nullable LogEvent message(Hub.Access access, long seq) {
    if (seq < 1 || !access.member().sees(seq)) {
      return null;
    }
    LogEvent event = log.at(access.conversation().id(), seq);
    return event != null && event.kind() == LogEvent.Kind.MESSAGE ? event : null;
  }

  /**
   * Deletes the content of a message for everybody.
   *
   * @return the event that says so; the first one, if it was deleted before
   * @throws ProblemException 403 {@code not-a-member}, {@code forbidden}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}, 503 {@code store-unavailable}
   */
  public LogEvent delete(Caller caller, ConversationId conversation, long seq) {
    Hub.Access access = hub.access(conversation, caller.id());
    LogEvent target = message(access, seq);
    if (target == null) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    rules.admitDeleting(access, target);
    LogEvent event = deletions.delete(target, caller.id());
    UserId author = target.author();
    boolean othersMessage = author != null && !author.equals(caller.id());
    if (othersMessage && caller.id().equals(event.author())) {
      audit.record(
          event.id().value(),
          caller.id(),
          "message.deleted",
          "message",
          target.id().toString(),
          Map.of(
              "conversationId",
              conversation.toString(),
              "seq",
              String.valueOf(seq),
              "authorId",
              String.valueOf(author)));
    }
    return event;
  }

  private String payload(String clientMessageId, String text, @Nullable Long replyTo) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("clientMessageId", clientMessageId);
    payload.put("text", text);
    if (replyTo != null) {
      payload.put("replyTo", replyTo);
    }
    return json.writeValueAsString(payload);
  }

  private static String clientMessageId(SendMessage command) {
    String id = command.clientMessageId();
    if (id == null || !CLIENT_MESSAGE_ID.matcher(id).matches()) {
      throw invalid("clientMessageId: must be 1 to 64 printable ASCII characters");
    }
    return id;
  }

  private String text(SendMessage command) {
    String text = command.text();
    if (text == null || text.isBlank()) {
      throw invalid("text: must not be blank");
    }
    if (text.length() > properties.maxTextChars()) {
      throw invalid("text: may have at most " + properties.maxTextChars() + " characters");
    }
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if ((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7F) {
        throw invalid("text: has a control character at " + i);
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw invalid("text: has half a surrogate pair at " + i);
      }
      i += Character.charCount(c);
    }
    return text;
  }

  /** Messages with {@code seq < before}, newest first; {@code before} null: the newest. */
  List<LogEvent> history(
      Caller caller, ConversationId conversation, @Nullable Long before, int limit) {
    Member member = hub.access(conversation, caller.id()).member();
    List<LogEvent> messages = new ArrayList<>();
    long cursor = before == null ? Long.MAX_VALUE : before;
    while (messages.size() < limit) {
      List<LogEvent> events = log.readBefore(conversation, cursor, limit);
      for (LogEvent event : events) {
        if (event.kind() == LogEvent.Kind.MESSAGE
            && member.sees(event.seq())
            && messages.size() < limit) {
          messages.add(event);
        }
      }
      if (events.size() < limit) {
        break;
      }
      cursor = events.get(events.size() - 1).seq();
      if (!member.sees(cursor)) {
        break;
      }
    }
    return messages;
  }

  /**
   * Everything with {@code seq > after} that the caller may see, oldest first, without a gap from
   * the first on.
   */
  List<LogEvent> catchUp(Caller caller, ConversationId conversation, long after, int limit) {
    Member member = hub.access(conversation, caller.id()).member();
    if (member.visibleFrom() == Member.NOTHING_YET) {
      return List.of();
    }
    return log.read(conversation, Math.max(after + 1, member.visibleFrom()), limit);
  }

  /**
   * Moves the caller's read marker forward and tells their other devices, and the others where they
   * are few.
   *
   * @throws ProblemException 400 when there is no such event
   */
  public ReadMarker markRead(Caller caller, ConversationId conversation, MarkRead command) {
    Hub.Access access = hub.access(conversation, caller.id());
    if (command.seq() < 0) {
      throw invalid("seq: must not be negative");
    }
    if (command.seq() == 0) {
      return markers.of(caller.id(), conversation);
    }
    ReadMarker wanted = marker(access, command.seq());
    ReadMarker marker = markers.advance(caller.id(), conversation, wanted);
    if (marker.seq() == wanted.seq()) {
      tell(
          access,
          conversation,
          caller,
          "{\"type\":\"READ\",\"conversationId\":\""
              + conversation
              + "\",\"userId\":\""
              + caller.id()
              + "\",\"seq\":"
              + marker.seq()
              + "}");
    }
    return marker;
  }

  private ReadMarker marker(Hub.Access access, long seq) {
    LogEvent event = access.member().sees(seq) ? log.at(access.conversation().id(), seq) : null;
    if (event != null) {
      return new ReadMarker(seq, event.messageCount());
    }
    throw invalid("seq: there is no such event yet");
  }

  /** Passed on, never stored; between two of whom one has blocked the other, not even that. */
  public void typing(Caller caller, ConversationId conversation) {
    Hub.Access access = hub.access(conversation, caller.id());
    if (isPassedOn(access) && rules.mayWrite(access)) {
      bus.publish(
          Topic.of(conversation),
          BusEvent.passing(
              "{\"type\":\"TYPING\",\"conversationId\":\""
                  + conversation
                  + "\",\"userId\":\""
                  + caller.id()
                  + "\"}"));
    }
  }

  private void tell(Hub.Access access, ConversationId conversation, Caller caller, String event) {
    bus.publish(
        isPassedOn(access) ? Topic.of(conversation) : Topic.of(caller.id()),
        BusEvent.passing(event));
  }

  private boolean isPassedOn(Hub.Access access) {
    return access.members().size() <= delivery.passingMaxMembers()
        && !blocks.isBlocked(access.conversation());
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}

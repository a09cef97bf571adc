package io.parley.message.chat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.metrics.LabelledCounters;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.RedisBus;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.AppendWindow;
import io.parley.message.log.EarlierSends;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.mention.Mentions;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.notification.NotificationEvents;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** Puts members' messages into the log and tells of them. */
@Service
public class Sending {

  private static final Logger logger = LoggerFactory.getLogger(Sending.class);

  private final OpenConversations openConversations;
  private final UserLimits limits;
  private final ChatRules rules;
  private final Reading reading;
  private final EventLog log;
  private final EarlierSends earlierSends;
  private final RedisBus bus;
  private final Marks marks;
  private final NotificationEvents notifications;
  private final Mentions mentions;
  private final Forwarding forwarding;
  private final List<LogProjection> projections;
  private final ChatProperties properties;
  private final JsonMapper json;
  private final Clock clock;
  private final Counter accepted;
  private final Counter repeated;
  private final LabelledCounters refused;
  private final Timer writes;

  Sending(
      OpenConversations openConversations,
      UserLimits limits,
      ChatRules rules,
      Reading reading,
      EventLog log,
      EarlierSends earlierSends,
      RedisBus bus,
      Marks marks,
      NotificationEvents notifications,
      Mentions mentions,
      Forwarding forwarding,
      List<LogProjection> projections,
      ChatProperties properties,
      JsonMapper json,
      Clock clock,
      MeterRegistry metrics) {
    this.openConversations = openConversations;
    this.limits = limits;
    this.rules = rules;
    this.reading = reading;
    this.log = log;
    this.earlierSends = earlierSends;
    this.bus = bus;
    this.marks = marks;
    this.notifications = notifications;
    this.mentions = mentions;
    this.forwarding = forwarding;
    this.projections = projections;
    this.properties = properties;
    this.json = json;
    this.clock = clock;
    this.accepted = MessageMeter.ACCEPTED.counter(metrics, "new");
    this.repeated = MessageMeter.ACCEPTED.counter(metrics, "repeat");
    this.refused =
        MessageMeter.REFUSED
            .counters(metrics)
            .beginning(CommonProblem.STORE_UNAVAILABLE.slug(), CommonProblem.INTERNAL.slug());
    this.writes = MessageMeter.WRITE.timer(metrics);
  }

  /**
   * Stores, then announces. Invariant: nobody is told of a message that a reload would not show.
   * The reverse is allowed: if the announcement is lost, the reader sees a gap in seq and fetches
   * it.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, {@code
   *     blocked}, {@code forbidden}, {@code muted}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}, 409 {@code client-message-id-reused}, {@code conversation-archived},
   *     429 {@code rate-limited}, 503 {@code store-unavailable}
   */
  public MessageSent send(Caller caller, ConversationId conversation, SendMessage command) {
    try {
      return append(caller, conversation, command);
    } catch (ProblemException e) {
      refused.increment(e.type().slug());
      throw e;
    } catch (RuntimeException e) {
      refused.increment(CommonProblem.INTERNAL.slug());
      throw e;
    }
  }

  private MessageSent append(Caller caller, ConversationId conversation, SendMessage command) {
    long began = System.nanoTime();
    limits.send(caller.id());
    NewMessage message = NewMessage.of(command, properties.maxTextChars());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    Forward forward = command.forward();
    NewMessage placed =
        placed(access, forward == null ? message : message.forwarding(forwarding.asked(forward)));
    EventLog.Draft draft = draft(access, placed);
    LogEvent event = earlier(draft, command.triedAfterSeq());
    if (event == null && forward != null) {
      draft = forwarding.filled(caller, placed, draft, forward);
    }
    if (event == null) {
      event = admit(access, draft);
    }
    if (event == null) {
      try (NotificationEvents.Duty duty = notifications.duty(conversation)) {
        EventLog.Appended appended = log.append(draft);
        event = appended.event();
        count(appended, began);
        announce(event, access, duty);
      }
    } else {
      repeated.increment();
    }
    if (Boolean.TRUE.equals(command.markRead())) {
      marks.markRead(caller, conversation, new MarkRead(event.seq()));
    }
    return MessageSent.of(event, message.clientMessageId());
  }

  /** A message that the rules let through, and that is to be appended within a window. */
  public record Admitted(OpenConversations.Access access, EventLog.Draft draft) {}

  /**
   * Asks the rules for a message that was written earlier. Nothing is appended.
   *
   * @throws ProblemException as {@link #send}
   */
  public Admitted admit(UserId author, ConversationId conversation, SendMessage command) {
    limits.send(author);
    NewMessage message = NewMessage.of(command, properties.maxTextChars());
    OpenConversations.Access access = openConversations.access(conversation, author);
    EventLog.Draft draft = draft(access, placed(access, message));
    rules.admitWriting(access, draft.key());
    return new Admitted(access, draft);
  }

  /** What such a message says, as far as its author did, whether it may be sent or not. */
  public EventLog.Draft said(UserId author, ConversationId conversation, SendMessage command) {
    return draft(author, conversation, NewMessage.of(command, properties.maxTextChars()));
  }

  /**
   * Stores what was admitted, then announces it; reading and sockets are not touched.
   *
   * @throws AppendWindow.Passed when the log is beyond the window: nothing was appended
   * @throws ProblemException 409 {@code client-message-id-reused}, 503: it may be stored or not
   */
  public LogEvent send(Admitted admitted, AppendWindow window) {
    long began = System.nanoTime();
    EventLog.Draft draft = admitted.draft().within(window);
    try (NotificationEvents.Duty duty = notifications.duty(draft.conversation())) {
      EventLog.Appended appended = log.append(draft);
      count(appended, began);
      announce(appended.event(), admitted.access(), duty);
      return appended.event();
    }
  }

  private void count(EventLog.Appended appended, long began) {
    if (appended.repeat()) {
      repeated.increment();
    } else {
      accepted.increment();
      writes.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }
  }

  /** With its thread, when it disappears, and whom it mentions. */
  private NewMessage placed(OpenConversations.Access access, NewMessage message) {
    NewMessage placed = message.replyTo() == null ? message : inThread(access, message);
    Duration life = access.conversation().policy().messageLife();
    if (!life.isZero()) {
      placed = placed.expiringAt(clock.instant().plus(life).truncatedTo(ChronoUnit.MILLIS));
    }
    return placed.mentioning(mentions.of(access, message.text()));
  }

  private EventLog.Draft draft(OpenConversations.Access access, NewMessage message) {
    return draft(access.member().user(), access.conversation().id(), message);
  }

  private EventLog.Draft draft(UserId author, ConversationId conversation, NewMessage message) {
    return new EventLog.Draft(
        conversation,
        author,
        message.clientMessageId(),
        LogEvent.Kind.MESSAGE,
        json.writeValueAsString(message),
        message.forwardedFrom() == null ? NewMessage::said : NewMessage::saidOfForward);
  }

  private NewMessage inThread(OpenConversations.Access access, NewMessage reply) {
    Long replyTo = reply.replyTo();
    LogEvent answered = replyTo == null ? null : reading.message(access, replyTo);
    if (answered == null) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "replyTo: there is no message with this seq");
    }
    return reply.answering(answered);
  }

  /** What a repeat stored when it was tried first, if that is longer ago than is remembered. */
  private @Nullable LogEvent earlier(EventLog.Draft draft, @Nullable Long triedAfterSeq) {
    return triedAfterSeq == null
        ? null
        : earlierSends.find(
            draft, triedAfterSeq, pages -> limits.searchForRepeat(draft.author(), pages));
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
   * drops it. Where what follows from it can not be noted now, this node owes it: then the message
   * is looked up in the log later, and noted then.
   */
  private void announce(
      LogEvent event, OpenConversations.Access access, NotificationEvents.Duty duty) {
    boolean noted = note(event);
    bus.publish(event);
    if (!noted) {
      duty.owe(event);
      return;
    }
    duty.tell(event, access.conversation(), access.roster().values());
  }

  private boolean note(LogEvent event) {
    try {
      for (LogProjection projection : projections) {
        if (projection.covers(event)) {
          projection.apply(event);
        }
      }
      return true;
    } catch (ProblemException e) {
      logger.info("what follows from {} is noted later: {}", event.id(), e.toString());
      return false;
    }
  }
}

package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.Announcements;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.SimulatedNode;
import io.parley.message.mention.Mentioned;
import io.parley.message.owed.Duties;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Sending on a simulated node, by who is known to be allowed; what {@link Sending} does. */
public final class SimulatedSending {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MAX_TEXT = 4_000;

  private final SimulatedNode node;
  private final List<LogProjection> projections;
  private final Announcements bus;
  private final Duties duties;

  public SimulatedSending(
      SimulatedNode node, List<LogProjection> projections, Announcements bus, Duties duties) {
    this.node = node;
    this.projections = projections;
    this.bus = bus;
    this.duties = duties;
  }

  public LogEvent send(
      ConversationId conversation,
      UserId author,
      String clientMessageId,
      String text,
      @Nullable Long replyTo,
      Mentioned mentioned) {
    NewMessage message =
        NewMessage.of(
            JSON.convertValue(
                Map.of("clientMessageId", clientMessageId, "text", text), SendMessage.class),
            MAX_TEXT);
    if (replyTo != null) {
      message =
          NewMessage.of(
              JSON.convertValue(
                  Map.of("clientMessageId", clientMessageId, "text", text, "replyTo", replyTo),
                  SendMessage.class),
              MAX_TEXT);
      LogEvent answered = node.reader.at(conversation, replyTo);
      if (answered == null || answered.kind() != LogEvent.Kind.MESSAGE) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST);
      }
      message = message.answering(answered);
    }
    EventLog.Draft draft =
        new EventLog.Draft(
            conversation,
            author,
            message.clientMessageId(),
            LogEvent.Kind.MESSAGE,
            JSON.writeValueAsString(message.mentioning(mentioned)),
            NewMessage::said);
    try (Duties.Duty duty = duties.duty(conversation)) {
      LogEvent event = node.log.append(draft).event();
      boolean noted = note(event);
      bus.publish(event);
      if (noted) {
        duty.done(event);
      } else {
        duty.owe(event);
      }
      return event;
    }
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
      return false;
    }
  }
}

package io.parley.message.change;

import io.parley.common.problems.ProblemException;
import io.parley.message.bus.RedisBus;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.missed.AbsentMembers;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/**
 * Puts an event into the log that changes what is seen of a message, applies it, and tells of it,
 * in this order: nobody is told of a change that a reload would not show. When this node dies in
 * between, another applies it ({@link io.parley.message.log.LogProjection}): its note in Redis is
 * made with the event's place, as for messages.
 */
@Service
public class Changes {

  private final EventLog log;
  private final RedisBus bus;
  private final AbsentMembers absent;

  Changes(EventLog log, RedisBus bus, AbsentMembers absent) {
    this.log = log;
    this.bus = bus;
    this.absent = absent;
  }

  /**
   * Once, however often and wherever it is called with the same author and key.
   *
   * @param apply brings what is seen up to the event; may be called again
   * @throws ProblemException 409 {@code client-message-id-reused} when the key stands for another
   *     change; 503: it is done, or will be, or not
   */
  public LogEvent append(EventLog.Draft draft, Consumer<LogEvent> apply) {
    try (AbsentMembers.Duty duty = absent.duty(draft.conversation())) {
      return done(log.append(draft).event(), apply, duty);
    }
  }

  /** Like {@link #append}, but whatever the first one said stands. */
  public LogEvent appendOnce(EventLog.Draft draft, Consumer<LogEvent> apply) {
    try (AbsentMembers.Duty duty = absent.duty(draft.conversation())) {
      return done(log.appendOnce(draft).event(), apply, duty);
    }
  }

  private LogEvent done(LogEvent event, Consumer<LogEvent> apply, AbsentMembers.Duty duty) {
    apply.accept(event);
    bus.publish(event);
    duty.tellNobody(event);
    return event;
  }
}

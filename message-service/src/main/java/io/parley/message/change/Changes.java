package io.parley.message.change;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.Announcements;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProblem;
import io.parley.message.log.Pace;
import io.parley.message.owed.Duties;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Puts an event into the log that changes what is seen of a message, applies it, and tells of it,
 * in this order: nobody is told of a change that a reload would not show. When this node dies in
 * between, another applies it ({@link io.parley.message.log.LogProjection}): its note in Redis is
 * made with the event's place, as for messages.
 */
@Service
public class Changes {

  /** How long a writer on another node is waited for: longer than an empty seq becomes void in. */
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final EventLog log;
  private final Announcements bus;
  private final Duties duties;
  private final Pace pace;

  Changes(EventLog log, Announcements bus, Duties duties, Pace pace) {
    this.log = log;
    this.bus = bus;
    this.duties = duties;
    this.pace = pace;
  }

  /**
   * Once, however often and wherever it is called with the same author and key.
   *
   * @param apply brings what is seen up to the event; may be called again
   * @throws ProblemException 409 {@code client-message-id-reused} when the key stands for another
   *     change; 503: it is done, or will be, or not
   */
  public LogEvent append(EventLog.Draft draft, Consumer<LogEvent> apply) {
    try (Duties.Duty duty = duties.duty(draft.conversation())) {
      return done(log.append(draft).event(), apply, duty);
    }
  }

  /**
   * What is to follow on a state that was read.
   *
   * @param draft of a kind whose events follow one another; named by the last one in the state
   * @param isChange whether there is anything to be appended
   * @param apply as in {@link #append}; also for another event that follows on the same state
   * @param result of the event; null when there is none
   */
  public record Step<T>(
      EventLog.Draft draft,
      boolean isChange,
      Consumer<LogEvent> apply,
      Function<@Nullable LogEvent, T> result) {}

  /**
   * Appends an event that is decided on all that came before it. Of two who decide on the same
   * state the log takes one; the other applies that one, as its node may have died before it did,
   * and decides again.
   *
   * @param decide reads the state; called again when another was first
   * @throws ProblemException what {@code decide} throws; 503: it is done, or will be, or not
   */
  public <T> T decide(Supplier<Step<T>> decide) {
    long began = pace.now().nanos();
    while (pace.now().nanos() - began < PATIENCE.toNanos()) {
      Step<T> step = decide.get();
      if (!step.isChange()) {
        if (!applyOther(step)) {
          return step.result().apply(null);
        }
        continue;
      }
      try {
        return step.result().apply(append(step.draft(), step.apply()));
      } catch (ProblemException e) {
        if (e.type() != LogProblem.CLIENT_MESSAGE_ID_REUSED) {
          throw e;
        }
        if (!applyOther(step)) {
          pace.sleep(PAUSE);
        }
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Too many change this at once");
  }

  private boolean applyOther(Step<?> step) {
    LogEvent other = log.named(step.draft());
    if (other == null) {
      return false;
    }
    step.apply().accept(other);
    return true;
  }

  private LogEvent done(LogEvent event, Consumer<LogEvent> apply, Duties.Duty duty) {
    apply.accept(event);
    bus.publish(event);
    duty.done(event);
    return event;
  }
}

package io.parley.message.scheduled;

import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.Sending;
import io.parley.message.conversation.FleetClient;
import io.parley.message.log.AppendWindow;
import io.parley.message.log.AppendWindows;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProblem;
import io.parley.message.scheduled.ScheduledMessage.Failure;
import io.parley.message.scheduled.ScheduledMessage.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends what is due, once, whoever else is at it or died over it (ADR 0023). Each step is decided
 * by the row's version; nobody appends anything before the row says where they may:
 *
 * <ol>
 *   <li>ask the rules. Refused: FAILED, as nothing was appended;
 *   <li>SENDING, with a window of the log: from here on it can not be taken back;
 *   <li>append within the window. Whoever else does that gets the same place;
 *   <li>SENT, with the seq.
 * </ol>
 *
 * <p>One that is found SENDING goes on at the third step, in the same window. Only when that is
 * closed, and had nothing in it, may it get another, or FAIL.
 */
@Component
class ScheduledSends {

  /** What is left to be done with it. */
  sealed interface Outcome permits Done, NotYet, Later {}

  /** Nothing: it was sent, has failed, was cancelled, or has another time. */
  record Done(ScheduledMessage message) implements Outcome {}

  /** Whoever noted the time has not stored the message yet, or never will. */
  record NotYet() implements Outcome {}

  /**
   * To try again.
   *
   * @param aside whether later ones can be sent meanwhile; false: a store is away, or another node
   *     is at it
   */
  record Later(Duration pause, boolean aside) implements Outcome {}

  private static final Logger log = LoggerFactory.getLogger(ScheduledSends.class);
  private static final int ATTEMPTS = 20;
  private static final Duration STORE_PAUSE = Duration.ofSeconds(1);
  private static final Duration BUG_PAUSE = Duration.ofSeconds(30);

  private final CassandraScheduledStore store;
  private final Sending sending;
  private final AppendWindows windows;
  private final FleetClient fleet;
  private final ScheduledNews news;
  private final ScheduledProperties properties;
  private final Clock clock;
  private final Instant started;

  ScheduledSends(
      CassandraScheduledStore store,
      Sending sending,
      AppendWindows windows,
      FleetClient fleet,
      ScheduledNews news,
      ScheduledProperties properties,
      Clock clock) {
    this.store = store;
    this.sending = sending;
    this.windows = windows;
    this.fleet = fleet;
    this.news = news;
    this.properties = properties;
    this.clock = clock;
    this.started = clock.instant();
  }

  /** Sends it if it is due. Throws nothing. */
  Outcome deliver(Due due) {
    try {
      return step(due.author(), due.id(), due.version());
    } catch (ProblemException e) {
      log.info("scheduled message {} waits: {}", due.id(), e.toString());
      return later(e);
    } catch (RuntimeException e) {
      log.error("scheduled message {} can not be sent", due.id(), e);
      return new Later(BUG_PAUSE, true);
    }
  }

  private static Later later(ProblemException e) {
    return e.headers().get("Retry-After") instanceof String seconds
            && e.type() == CommonProblem.RATE_LIMITED
        ? new Later(Duration.ofSeconds(Long.parseLong(seconds)), true)
        : new Later(STORE_PAUSE, false);
  }

  private Outcome step(UserId author, UUID id, int version) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ScheduledMessage message = store.find(author, id);
      if (message == null || message.version() < version) {
        return new NotYet();
      }
      Instant now = clock.instant();
      switch (message.state()) {
        case SENT, CANCELLED, FAILED -> {
          return new Done(message);
        }
        case WAITING -> {
          if (message.at().isAfter(now)) {
            return new Done(message);
          }
          message = first(message);
        }
        case SENDING -> {
          Duration left = Duration.between(now, message.changedAt().plus(properties.lease()));
          if (left.isPositive()) {
            return new Later(left, false);
          }
          message = again(message);
        }
      }
      if (message != null && message.state() != State.SENDING) {
        return new Done(message);
      }
    }
    return new Later(STORE_PAUSE, true);
  }

  /**
   * @return as it is then; null when it is not as it was any more
   */
  private @Nullable ScheduledMessage first(ScheduledMessage message) {
    Admission admission = admission(message);
    Failure refusal = admission.refusal();
    if (refusal != null) {
      return change(message, message.failed(refusal, clock.instant()));
    }
    AppendWindow window = windows.open(admission.admitted().draft());
    ScheduledMessage claimed = message.sending(window, clock.instant());
    return store.replace(message, claimed) ? append(claimed, admission, window) : null;
  }

  /** What a node before may have done, or may be about to do. */
  private @Nullable ScheduledMessage again(ScheduledMessage message) {
    AppendWindow window = windowOf(message);
    ScheduledMessage claimed = message.sending(window, clock.instant());
    if (!store.replace(message, claimed)) {
      return null;
    }
    Admission admission = admission(claimed);
    Failure refusal = admission.refusal();
    return refusal == null ? append(claimed, admission, window) : refused(claimed, refusal);
  }

  private @Nullable ScheduledMessage append(
      ScheduledMessage claimed, Admission admission, AppendWindow window) {
    try {
      LogEvent event = sending.send(admission.admitted(), window);
      return sent(claimed, event);
    } catch (AppendWindow.Passed e) {
      EventLog.Draft draft = admission.admitted().draft();
      LogEvent event = windows.close(draft, window);
      if (event != null) {
        return sent(claimed, event);
      }
      AppendWindow next = windows.open(draft);
      ScheduledMessage moved = claimed.sending(next, clock.instant());
      return store.replace(claimed, moved) ? append(moved, admission, next) : null;
    } catch (ProblemException e) {
      if (e.type() == LogProblem.CLIENT_MESSAGE_ID_REUSED) {
        return refused(claimed, failure(e));
      }
      throw e;
    }
  }

  /** Unless it was sent before it was refused. */
  private @Nullable ScheduledMessage refused(ScheduledMessage claimed, Failure refusal) {
    LogEvent event;
    try {
      event = windows.close(said(claimed), windowOf(claimed));
    } catch (ProblemException e) {
      if (e.type() != LogProblem.CLIENT_MESSAGE_ID_REUSED) {
        throw e;
      }
      return change(claimed, claimed.failed(failure(e), clock.instant()));
    }
    return event == null
        ? change(claimed, claimed.failed(refusal, clock.instant()))
        : sent(claimed, event);
  }

  /** What is in the log is there, whoever noted what meanwhile. */
  private @Nullable ScheduledMessage sent(ScheduledMessage claimed, LogEvent event) {
    ScheduledMessage before = claimed;
    for (int attempt = 0; attempt < ATTEMPTS && before != null; attempt++) {
      if (before.state() == State.SENT) {
        return before;
      }
      ScheduledMessage done = change(before, before.sent(event.seq(), clock.instant()));
      if (done != null) {
        return done;
      }
      before = store.find(claimed.author(), claimed.id());
    }
    return null;
  }

  private @Nullable ScheduledMessage change(ScheduledMessage before, ScheduledMessage next) {
    if (!store.replace(before, next)) {
      return null;
    }
    news.tell(next);
    return next;
  }

  /**
   * Takes care that it is not sent any more. For an erasure.
   *
   * @throws ProblemException 503: call again
   */
  void stop(UserId author, UUID id) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ScheduledMessage message = store.find(author, id);
      if (message == null || !message.state().isListed()) {
        return;
      }
      Instant now = clock.instant();
      ScheduledMessage end = message.cancelled(now);
      if (message.state() == State.SENDING) {
        LogEvent event;
        try {
          event = windows.close(said(message), windowOf(message));
        } catch (ProblemException e) {
          if (e.type() != LogProblem.CLIENT_MESSAGE_ID_REUSED) {
            throw e;
          }
          event = null;
        }
        end = event == null ? end : message.sent(event.seq(), now);
      }
      if (store.replace(message, end)) {
        return;
      }
    }
    throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "A message is being sent");
  }

  private EventLog.Draft said(ScheduledMessage message) {
    return sending.said(message.author(), message.conversationId(), message.command());
  }

  private static AppendWindow windowOf(ScheduledMessage message) {
    AppendWindow window = message.window();
    if (window == null) {
      throw new IllegalStateException("is not being sent: " + message.id());
    }
    return window;
  }

  /**
   * What the rules say now.
   *
   * @param refusal null when it is let through
   */
  private record Admission(Sending.@Nullable Admitted let, @Nullable Failure refusal) {

    Sending.Admitted admitted() {
      if (let == null) {
        throw new IllegalStateException("was refused");
      }
      return let;
    }
  }

  /**
   * @throws ProblemException when it is too soon to say: a store is away, or a limit lets it
   *     through a little later
   */
  private Admission admission(ScheduledMessage message) {
    try {
      FleetClient.Account account = fleet.account(message.author());
      if (account == null || Boolean.TRUE.equals(account.locked())) {
        throw new ProblemException(ScheduledProblem.ACCOUNT_LOCKED);
      }
      return new Admission(
          sending.admit(message.author(), message.conversationId(), message.command()), null);
    } catch (ProblemException e) {
      if (e.type().status().is5xxServerError()
          || (e.type() == CommonProblem.RATE_LIMITED && isSoon(message, e))) {
        throw e;
      }
      return new Admission(null, failure(e));
    }
  }

  /** What was due while no node was there comes late through no fault of its author. */
  private boolean isSoon(ScheduledMessage message, ProblemException limit) {
    Instant since = message.at().isAfter(started) ? message.at() : started;
    return clock.instant().plus(later(limit).pause()).isBefore(since.plus(properties.patience()));
  }

  private static Failure failure(ProblemException e) {
    return new Failure(e.type().slug(), String.valueOf(e.getMessage()));
  }
}

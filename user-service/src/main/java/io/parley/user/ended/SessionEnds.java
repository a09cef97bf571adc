package io.parley.user.ended;

import io.parley.common.events.SessionsEnded;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.sessions.EndedSession;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notes, in the transaction that ends a session or a personal token, that the fleet is to be told,
 * in two ways: by Redis, for the sockets and access tokens of the moment, where the row stays until
 * Redis has it; and by the outbox, for what must not be missed, as the devices that get pushes.
 */
@Service
public class SessionEnds {

  private final EndedSessionStore store;
  private final Outbox outbox;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  SessionEnds(
      EndedSessionStore store, Outbox outbox, ApplicationEventPublisher events, Clock clock) {
    this.store = store;
    this.outbox = outbox;
    this.events = events;
    this.clock = clock;
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public void announce(UUID session, UserId user) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    store.add(new EndedSession(session, user, now));
    outbox.append(
        new OutboxEvent(
            UserEvents.EXCHANGE,
            SessionsEnded.ROUTING_KEY,
            "session-ended:" + session,
            new SessionsEnded(session, user, now),
            now));
    events.publishEvent(new Noted());
  }

  /** Wakes the announcer once the transaction is committed. */
  record Noted() {}
}

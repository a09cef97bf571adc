package io.parley.user.ended;

import io.parley.common.ids.UserId;
import io.parley.common.sessions.EndedSession;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notes, in the transaction that ends a session or a personal token, that the fleet is to be told.
 * The row stays until Redis has it.
 */
@Service
public class SessionEnds {

  private final EndedSessionStore store;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  SessionEnds(EndedSessionStore store, ApplicationEventPublisher events, Clock clock) {
    this.store = store;
    this.events = events;
    this.clock = clock;
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public void announce(UUID session, UserId user) {
    store.add(new EndedSession(session, user, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    events.publishEvent(new Noted());
  }

  /** Wakes the announcer once the transaction is committed. */
  record Noted() {}
}

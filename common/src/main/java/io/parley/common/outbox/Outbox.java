package io.parley.common.outbox;

import io.parley.common.traces.Traces;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes events in the transaction of the change they tell of. Two events keep their order when
 * their transactions exclude one another, by a lock on what they change.
 */
public class Outbox {

  private final OutboxStore store;
  private final JsonMapper json;
  private final ApplicationEventPublisher events;
  private final Traces traces;

  Outbox(OutboxStore store, JsonMapper json, ApplicationEventPublisher events, Traces traces) {
    this.store = store;
    this.json = json;
    this.events = events;
    this.traces = traces;
  }

  /** Published once the transaction is committed. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void append(OutboxEvent event) {
    store.append(event, json.writeValueAsString(event.payload()), traces.current());
    events.publishEvent(new EventAppended());
  }

  /** Wakes the relay once the transaction is committed. */
  record EventAppended() {}
}

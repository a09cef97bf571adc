package io.parley.group.outbox;

import io.parley.common.events.GroupMembersChanged;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Takes events in the transaction of the change they tell of. */
@Service
public class Outbox {

  private final OutboxStore store;
  private final JsonMapper json;
  private final ApplicationEventPublisher events;

  Outbox(OutboxStore store, JsonMapper json, ApplicationEventPublisher events) {
    this.store = store;
    this.json = json;
    this.events = events;
  }

  /** The caller holds the lock of the group's row, or has just made it. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void append(GroupMembersChanged event) {
    store.save(
        new OutboxRow(
            event.groupId(), event.version(), json.writeValueAsString(event), event.at()));
    events.publishEvent(new EventAppended());
  }

  /** Wakes the relay once the transaction is committed. */
  record EventAppended() {}
}

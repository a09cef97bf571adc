package io.parley.message.notification;

import io.parley.message.owed.OwnNotes;
import io.parley.message.presence.RedisNodes;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * A node that stops hands over what waits, after the last request and before the connections to the
 * stores close. What it can not hand over in time stays noted, for another node.
 */
@Component
class LastHandOver implements SmartLifecycle {

  /** Below that of the sockets and the web server, above that of connection factories. */
  private static final int PHASE = 1_000;

  private final NotificationEvents events;
  private final OwnNotes notes;
  private final RedisNodes nodes;
  private volatile boolean running;

  LastHandOver(NotificationEvents events, OwnNotes notes, RedisNodes nodes) {
    this.events = events;
    this.notes = notes;
    this.nodes = nodes;
  }

  @Override
  public void start() {
    running = true;
  }

  /** If anything is left, the node's entry stays. */
  @Override
  public void stop() {
    running = false;
    events.stop();
    nodes.leave(notes.stop());
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}

package io.parley.message.bus;

import io.parley.message.log.LogEvent;

/** How all nodes are told of what is new in the log. */
public interface Announcements {

  /**
   * Announces an event that is in the log. Never blocks, and may get lost: then nodes find the
   * event in the log.
   */
  void publish(LogEvent event);
}

package io.parley.message.thread;

import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import org.springframework.stereotype.Component;

/** Notes each reply with its thread. Deleted ones stay noted: they keep their place. */
@Component
class ThreadRows implements LogProjection {

  private final CassandraThreadStore store;

  ThreadRows(CassandraThreadStore store) {
    this.store = store;
  }

  @Override
  public boolean covers(LogEvent event) {
    return event.threadRoot() > 0;
  }

  @Override
  public void apply(LogEvent event) {
    store.put(event.conversation(), event.threadRoot(), event.seq());
  }
}

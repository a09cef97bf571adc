package io.parley.message.thread;

import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.store.CassandraTables;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * Notes each reply with its thread, and who comes to follow that by it. Deleted ones stay noted:
 * they keep their place.
 */
@Component
class ThreadRows implements LogProjection {

  private final ThreadStore store;
  private final Involvement followers;

  ThreadRows(ThreadStore store, Involvement followers) {
    this.store = store;
    this.followers = followers;
  }

  @Override
  public boolean covers(LogEvent event) {
    return event.threadRoot() > 0;
  }

  @Override
  public void apply(LogEvent event) {
    UserId author = Objects.requireNonNull(event.author());
    store.put(event.conversation(), event.threadRoot(), event.seq(), author, event.expiresAt());
    // Behind the reply: who edits the root meanwhile finds the reply, or is found here.
    CassandraTables.answer(followers.replied(event));
  }
}

package io.parley.message.availability;

import io.parley.common.ids.UserId;
import io.parley.message.availability.CassandraPresenceStore.Stored;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import jakarta.annotation.PreDestroy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Writes when users were last online, a second after their last client in the foreground went: who
 * comes back within it costs nothing. Of who is invisible nothing is written.
 */
@Component
class LastSeens {

  /**
   * @param isNews whether nobody has been told anything else of it
   */
  private record Note(Instant at, long nanos, boolean isNews) {}

  private static final Logger log = LoggerFactory.getLogger(LastSeens.class);
  private static final long PAUSE_NANOS = 1_000_000_000;
  private static final int AT_ONCE = 200;

  private final CassandraPresenceStore store;
  private final RedisBus bus;
  private final Map<UserId, Note> notes = new ConcurrentHashMap<>();
  private final ReentrantLock writing = new ReentrantLock();

  LastSeens(CassandraPresenceStore store, RedisBus bus) {
    this.store = store;
    this.bus = bus;
  }

  void note(UserId user, Instant at) {
    notes.put(user, new Note(at, System.nanoTime(), false));
  }

  /** Of a user of a dead node, who has long been shown as offline. */
  void noteLate(UserId user, Instant at) {
    notes.putIfAbsent(user, new Note(at, System.nanoTime() - PAUSE_NANOS, true));
  }

  /** The user is back. */
  void forget(UserId user) {
    notes.remove(user);
  }

  @Scheduled(fixedRate = 500)
  void write() {
    write(System.nanoTime() - PAUSE_NANOS);
  }

  private void write(long before) {
    if (notes.isEmpty() || !writing.tryLock()) {
      return;
    }
    try {
      List<UserId> due = new ArrayList<>();
      notes.forEach(
          (user, note) -> {
            if (note.nanos() - before <= 0) {
              due.add(user);
            }
          });
      for (int i = 0; i < due.size(); i += AT_ONCE) {
        write(due.subList(i, Math.min(due.size(), i + AT_ONCE)));
      }
    } catch (RuntimeException e) {
      log.debug("when users were last online is written later: {}", e.toString());
    } finally {
      writing.unlock();
    }
  }

  private void write(List<UserId> users) {
    Map<UserId, Stored> rows = store.find(users);
    Map<UserId, Note> seen = new HashMap<>();
    Map<UserId, Instant> times = new HashMap<>();
    for (UserId user : users) {
      Note note = notes.get(user);
      if (note != null && rows.getOrDefault(user, Stored.NOTHING).isShown()) {
        seen.put(user, note);
        times.put(user, note.at());
      } else if (note != null) {
        notes.remove(user, note);
      }
    }
    store.seen(times);
    seen.forEach(
        (user, note) -> {
          notes.remove(user, note);
          if (note.isNews()) {
            bus.publish(Topic.presenceOf(user), BusEvent.passing(PresenceNews.CHOICE));
          }
        });
  }

  @PreDestroy
  void stop() {
    write(System.nanoTime());
  }
}

package io.parley.message.deletion;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.Announcements;
import io.parley.message.log.EventId;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.log.LogScan;
import io.parley.message.owed.Duties;
import io.parley.message.store.CassandraTables;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes the content of messages out of the log (ADR 0016):
 *
 * <ol>
 *   <li>decide, once for each message: who deletes it;
 *   <li>overwrite its content in the log, marked as being deleted;
 *   <li>append the DELETED event;
 *   <li>note the event's seq with the message and with the decision; announce the event, and have
 *       notification-service told of it.
 * </ol>
 *
 * <p>Invariant: nobody is told of a deletion after which a reload would still show the content.
 * Whoever does it again, and whoever reads a message that is marked, does the rest.
 */
@Service
public class Deletions {

  /** The payload of a DELETED event. */
  private record Targets(List<Long> targets) {}

  private static final Logger log = LoggerFactory.getLogger(Deletions.class);
  private static final int PAGE = 500;
  private static final int AT_ONCE = 100;
  private static final int STORED_AT_ONCE = 32;

  /** For who is at it: whoever comes upon a message that is marked leaves it to them so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final DeletionStore store;
  private final EventLog eventLog;
  private final LogReader reader;
  private final LogScan logs;
  private final Announcements bus;
  private final Duties duties;
  private final JsonMapper json;
  private final Clock clock;
  private final Set<UUID> completing = ConcurrentHashMap.newKeySet();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  Deletions(
      DeletionStore store,
      EventLog eventLog,
      LogReader reader,
      LogScan logs,
      Announcements bus,
      Duties duties,
      JsonMapper json,
      Clock clock) {
    this.store = store;
    this.eventLog = eventLog;
    this.reader = reader;
    this.logs = logs;
    this.bus = bus;
    this.duties = duties;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Deletes a message's content. Returns the event that says so: the first one, however often and
   * by whomever it is deleted.
   */
  public LogEvent delete(LogEvent target, UserId by) {
    if (target.deletedSeq() > 0) {
      LogEvent event = reader.at(target.conversation(), target.deletedSeq());
      if (event != null) {
        return event;
      }
    }
    return complete(target, store.decide(wanted(target, by, reader.head(target.conversation()))));
  }

  private Deletion wanted(LogEvent target, UserId by, @Nullable LogHead head) {
    long after = head == null ? target.seq() : head.seq();
    return new Deletion(target.conversation(), target.seq(), by, clock.instant(), after, 0);
  }

  private LogEvent complete(LogEvent target, Deletion deletion) {
    try (Duties.Duty duty = duties.duty(target.conversation())) {
      LogEvent event =
          deletion.eventSeq() == 0
              ? eventOf(deletion)
              : reader.at(target.conversation(), deletion.eventSeq());
      if (event == null) {
        forget(target, deletion);
        event =
            eventLog
                .appendOnce(
                    new EventLog.Draft(
                        target.conversation(),
                        deletion.by(),
                        "delete " + target.seq(),
                        LogEvent.Kind.DELETED,
                        payload(List.of(target.seq()))))
                .event();
      }
      settle(target, deletion, event);
      bus.publish(event);
      duty.done(event);
      return event;
    }
  }

  /**
   * Overwrites what a message says, and said before it was edited. An edit that comes at the same
   * time either is found here or finds the message marked.
   */
  private void forget(LogEvent target, Deletion deletion) {
    eventLog.overwrite(target, content(target, deletion), LogEvent.BEING_DELETED);
    LogEvent marked = reader.at(target.conversation(), target.seq());
    for (long seq : marked == null ? Set.<Long>of() : marked.changes().edits()) {
      LogEvent edited = reader.at(target.conversation(), seq);
      if (edited != null && edited.kind() == LogEvent.Kind.EDITED && !edited.isDeleted()) {
        eventLog.forgetEdit(edited);
      }
    }
  }

  private void settle(LogEvent target, Deletion deletion, LogEvent event) {
    eventLog.overwrite(target, content(target, deletion), event.seq());
    store.completed(deletion, event.seq());
  }

  /** The event of a decision that somebody died over, when there is one already. */
  private @Nullable LogEvent eventOf(Deletion deletion) {
    List<LogEvent> page;
    long from = deletion.after() + 1;
    do {
      page = reader.read(deletion.conversation(), from, PAGE);
      for (LogEvent event : page) {
        if (event.kind() == LogEvent.Kind.DELETED && event.targets().contains(deletion.target())) {
          return event;
        }
        from = event.seq() + 1;
      }
    } while (page.size() == PAGE);
    return null;
  }

  private String payload(List<Long> targets) {
    return json.writeValueAsString(new Targets(targets));
  }

  /** What is left of a message: its author's name for it, and where it belongs. */
  private String content(LogEvent target, Deletion deletion) {
    ObjectNode left = (ObjectNode) json.readTree(target.payload());
    left.retain(LogEvent.PLACE_OF_MESSAGE);
    left.put("deleted", true);
    left.put("deletedBy", deletion.by().toString());
    return json.writeValueAsString(left);
  }

  /** To be called with what was read for a user: has those completed that are being deleted. */
  public List<LogEvent> seen(List<LogEvent> events) {
    for (LogEvent event : events) {
      if (event.kind() == LogEvent.Kind.MESSAGE && event.deletedSeq() == LogEvent.BEING_DELETED) {
        completeSoon(event);
      }
    }
    return events;
  }

  private void completeSoon(LogEvent target) {
    if (completing.add(target.id().value())) {
      io.execute(
          () -> {
            try {
              Thread.sleep(PATIENCE);
              LogEvent now = reader.at(target.conversation(), target.seq());
              UserId author = target.author();
              if (now != null && now.deletedSeq() == LogEvent.BEING_DELETED && author != null) {
                delete(now, author);
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
              log.warn("the deletion of {} waits: {}", target.id(), e.toString());
            } finally {
              completing.remove(target.id().value());
            }
          });
    }
  }

  /**
   * Deletes everything an author has written in a conversation, with one event for up to {@value
   * #AT_ONCE} messages. Whoever calls it again after a failure goes on where it ended.
   *
   * @param pace called with how many were deleted after each event; it may wait
   * @return how many messages this call deleted
   */
  public long deleteAllBy(UserId author, ConversationId conversation, IntConsumer pace) {
    List<LogEvent> targets = new ArrayList<>();
    AtomicLong deleted = new AtomicLong();
    logs.forEachPage(
        conversation,
        page -> {
          for (LogEvent event : page) {
            if (event.kind() == LogEvent.Kind.MESSAGE
                && author.equals(event.author())
                && event.isToBeDeleted()) {
              targets.add(event);
            }
            if (targets.size() == AT_ONCE) {
              deleteTogether(conversation, author, List.copyOf(targets));
              deleted.addAndGet(targets.size());
              pace.accept(targets.size());
              targets.clear();
            }
          }
        });
    if (!targets.isEmpty()) {
      deleteTogether(conversation, author, targets);
      deleted.addAndGet(targets.size());
      pace.accept(targets.size());
    }
    return deleted.get();
  }

  /**
   * Deletes messages of one conversation with one event, but for those that somebody else has
   * decided to delete, which get their own. Done again after a failure it finds the event that was
   * written.
   *
   * @param targets as many as an event may name
   * @return null when nothing was left to be deleted by this one
   */
  @Nullable LogEvent deleteTogether(
      ConversationId conversation, UserId by, List<LogEvent> targets) {
    // One after the other: transactions in one partition only get in each other's way.
    LogHead head = reader.head(conversation);
    Map<LogEvent, Deletion> ours = new LinkedHashMap<>();
    Deletion before = null;
    for (LogEvent target : targets) {
      Deletion wanted = wanted(target, by, head);
      Deletion decided = store.decide(wanted);
      if (decided.by().equals(by) && decided.eventSeq() == 0) {
        ours.put(target, decided);
        before = before == null && !decided.equals(wanted) ? decided : before;
      } else {
        complete(target, decided);
      }
    }
    LogEvent written = before == null ? null : eventOf(before);
    if (written != null) {
      List<Long> named = written.targets();
      Map<LogEvent, Deletion> rest = new LinkedHashMap<>(ours);
      rest.keySet().removeIf(target -> named.contains(target.seq()));
      ours.keySet().removeAll(rest.keySet());
      try (Duties.Duty duty = duties.duty(conversation)) {
        settleTogether(ours, written, duty);
      }
      ours = rest;
    }
    return ours.isEmpty() ? written : append(conversation, by, ours);
  }

  private LogEvent append(ConversationId conversation, UserId by, Map<LogEvent, Deletion> targets) {
    forEach(targets, this::forget);
    List<Long> seqs = targets.keySet().stream().map(LogEvent::seq).toList();
    UUID all =
        EventId.nameBased(
            conversation.value(), by.value(), seqs.toString().getBytes(StandardCharsets.US_ASCII));
    String key = "delete " + all;
    try (Duties.Duty duty = duties.duty(conversation)) {
      LogEvent event =
          eventLog
              .appendOnce(
                  new EventLog.Draft(conversation, by, key, LogEvent.Kind.DELETED, payload(seqs)))
              .event();
      settleTogether(targets, event, duty);
      return event;
    }
  }

  private void settleTogether(Map<LogEvent, Deletion> targets, LogEvent event, Duties.Duty duty) {
    forEach(targets, (target, deletion) -> settle(target, deletion, event));
    bus.publish(event);
    duty.done(event);
  }

  private void forEach(Map<LogEvent, Deletion> targets, BiConsumer<LogEvent, Deletion> work) {
    Semaphore room = new Semaphore(STORED_AT_ONCE);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    targets.forEach(
        (target, deletion) -> {
          room.acquireUninterruptibly();
          all.add(
              CompletableFuture.runAsync(() -> work.accept(target, deletion), io)
                  .whenComplete((done, failure) -> room.release()));
        });
    all.forEach(CassandraTables::answer);
  }

  /** How many messages with {@code seq < target <= head} were deleted. */
  public long countAfter(ConversationId conversation, long seq, long head) {
    return store.countAfter(conversation, seq, head);
  }

  /** Those of the messages that were deleted. */
  public Set<Long> among(ConversationId conversation, Collection<Long> seqs) {
    return store.among(conversation, seqs);
  }
}

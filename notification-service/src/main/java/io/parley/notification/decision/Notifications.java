package io.parley.notification.decision;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.ConversationsRead.Read;
import io.parley.common.events.ConversationsRead.ThreadRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesChanged.Changed;
import io.parley.common.events.MessagesChanged.Hidden;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.notification.decision.NotificationStore.MessagePlace;
import io.parley.notification.decision.NotificationStore.Stretch;
import io.parley.notification.decision.NotificationStore.Touched;
import io.parley.notification.push.Pushes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;

/** What is told of messages, and what of each notification has become. */
@Service
public class Notifications {

  private static final Logger log = LoggerFactory.getLogger(Notifications.class);

  private final NotificationStore store;
  private final DueNotifications due;
  private final Pushes pushes;
  private final NotificationProperties properties;
  private final DecisionCounts counts;
  private final ApplicationEventPublisher events;
  private final Clock clock;

  Notifications(
      NotificationStore store,
      DueNotifications due,
      Pushes pushes,
      NotificationProperties properties,
      DecisionCounts counts,
      ApplicationEventPublisher events,
      Clock clock) {
    this.store = store;
    this.due = due;
    this.pushes = pushes;
    this.properties = properties;
    this.counts = counts;
    this.events = events;
    this.clock = clock;
  }

  /**
   * May be repeated, with the same or other recipients.
   *
   * @param again whether what was given up is to be tried anew
   */
  void stored(MessagesStored event, boolean again) {
    List<Stored> told =
        event.items().stream().filter(item -> !item.recipients().isEmpty()).toList();
    if (told.isEmpty()) {
      return;
    }
    if (store.add(told, properties.hold()) > 0) {
      due.expect(untilFirst(told));
    }
    if (again) {
      told.forEach(item -> pushes.forgive(item.messageId(), item.recipients()));
      if (store.reopen(told) > 0) {
        due.expect(Duration.ZERO);
      }
    }
  }

  /** By this process's clock: near enough to have a look. */
  private Duration untilFirst(List<Stored> items) {
    Duration first = properties.hold();
    for (Stored item : items) {
      Duration until = Duration.between(clock.instant(), item.sentAt().plus(properties.hold()));
      first = until.compareTo(first) < 0 ? until : first;
    }
    return first.isNegative() ? Duration.ZERO : first;
  }

  void read(ConversationsRead event) {
    List<Stretch> read = new ArrayList<>();
    for (Read item : event.items()) {
      read.add(new Stretch(item.userId(), item.conversationId(), null, 0, item.seq()));
    }
    for (ThreadRead item : event.threads()) {
      read.add(new Stretch(item.userId(), item.conversationId(), item.threadSeq(), 0, item.seq()));
    }
    end(read, Reason.READ);
    if (!read.isEmpty()) {
      events.publishEvent(
          new UsersReading(read.stream().map(Stretch::user).collect(Collectors.toSet())));
    }
  }

  void changed(MessagesChanged event) {
    Map<Change, List<MessagePlace>> places = new LinkedHashMap<>();
    for (Changed item : event.items()) {
      for (long seq : item.seqs()) {
        places
            .computeIfAbsent(item.change(), none -> new ArrayList<>())
            .add(new MessagePlace(item.conversationId(), seq));
      }
    }
    for (Map.Entry<Change, List<MessagePlace>> each : places.entrySet()) {
      switch (each.getKey()) {
        case EDITED -> {
          if (store.edited(each.getValue()) > 0) {
            due.expect(Duration.ZERO);
          }
        }
        case DELETED -> touched(store.deleted(each.getValue()), Reason.DELETED);
      }
    }
    List<Stretch> hidden = new ArrayList<>();
    for (Hidden item : event.hidden()) {
      for (UserId user : item.userIds()) {
        hidden.add(new Stretch(user, item.conversationId(), null, item.from(), item.through()));
      }
    }
    end(hidden, Reason.NOT_VISIBLE);
    if (!event.apart().isEmpty()) {
      touched(store.apart(event.apart()), Reason.BLOCKED);
    }
  }

  private void end(List<Stretch> stretches, Reason reason) {
    if (!stretches.isEmpty()) {
      touched(store.ended(stretches, reason), reason);
    }
  }

  private void touched(Touched touched, Reason reason) {
    counts.count(reason, touched.settled());
    if (touched.others() > 0) {
      due.expect(Duration.ZERO);
    }
  }

  /**
   * @throws ProblemException 404 when nothing is known of such a notification for the user
   */
  DecisionView decision(UserId user, ConversationId conversation, long seq) {
    DecisionRecord found =
        store
            .find(user, conversation, seq)
            .orElseThrow(
                () ->
                    new ProblemException(
                        CommonProblem.NOT_FOUND, "Nothing was decided about such a message"));
    return DecisionView.of(found, pushes.of(user, conversation, found.messageId()));
  }

  /** All of a user's, within the caller's transaction. */
  public void each(UserId user, Consumer<DecisionRecord> action) {
    store.each(user, action);
  }

  /** All of a user's, within the caller's transaction. */
  public int erase(UserId user) {
    return store.erase(user);
  }

  @Scheduled(initialDelayString = "1m", fixedDelayString = "1h")
  void cleanUp() {
    try {
      boolean more = true;
      while (more) {
        more = store.cleanUp(properties.keepDecisions());
      }
      store.cleanUpErased();
    } catch (DataAccessException | TransactionException e) {
      log.warn("old decisions are not cleaned up: {}", e.toString());
    }
  }
}

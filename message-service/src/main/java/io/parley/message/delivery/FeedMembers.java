package io.parley.message.delivery;

import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.UserId;
import io.parley.message.bus.BusEvent;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the members of open conversations right: by the MEMBERS events that pass, and by reading
 * them again after each. Who has become a member and is connected here hears the conversation from
 * then on; who is none any more is told so and hears nothing.
 */
@Component
class FeedMembers {

  private record MembersEvent(
      List<UserId> added,
      List<UserId> removed,
      @Nullable String name,
      boolean archived,
      GroupPolicy.@Nullable History history) {}

  private static final Logger log = LoggerFactory.getLogger(FeedMembers.class);

  /** The type of the events that this follows. */
  static final String MEMBERS = "MEMBERS";

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Conversations conversations;
  private final LocalUsers users;
  private final Workers workers;
  private final Duration incompleteRetry;
  private final JsonMapper json;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  FeedMembers(
      Conversations conversations,
      LocalUsers users,
      Workers workers,
      DeliveryProperties properties,
      JsonMapper json) {
    this.conversations = conversations;
    this.users = users;
    this.workers = workers;
    this.incompleteRetry = properties.holdTimeout();
    this.json =
        json.rebuild()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // Events in the log are as old as the log.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
  }

  /**
   * @param event a MEMBERS event that has just been delivered
   */
  void changed(ConversationFeed feed, BusEvent event, Workers.Turn turn) {
    MembersEvent change = json.readValue(event.json(), MembersEvent.class);
    long seenFrom =
        change.history() == GroupPolicy.History.FROM_JOINING ? event.seq() : Member.EVERYTHING;
    feed.membersChanged(
        change.added(), change.removed(), change.name(), change.archived(), seenFrom);
    change.added().forEach(user -> join(feed, user, turn));
    tellStrangers(feed, turn);
    readSoon(feed, Duration.ZERO);
  }

  /**
   * Its members have just been read. Who was removed by an event that is still to be delivered
   * hears that one; other strangers hear nothing more.
   */
  void opened(ConversationFeed feed, Workers.Turn turn) {
    Set<UserId> leaving = new HashSet<>();
    for (BusEvent event : feed.order().held()) {
      if (event.isType(MEMBERS)) {
        leaving.addAll(json.readValue(event.json(), MembersEvent.class).removed());
      }
    }
    tellStrangers(feed, feed.removeStrangers(leaving), turn);
  }

  /** They may be others than are known here. */
  void doubted(ConversationFeed feed) {
    feed.rosterChanged();
    readSoon(feed, Duration.ZERO);
  }

  private void join(ConversationFeed feed, UserId user, Workers.Turn turn) {
    for (LocalConnection connection : users.connections(user)) {
      if (feed.add(connection)) {
        turn.send(connection, HeadsEvent.of(feed));
      }
    }
  }

  private static void tellStrangers(ConversationFeed feed, Workers.Turn turn) {
    tellStrangers(feed, feed.removeStrangers(), turn);
  }

  private static void tellStrangers(
      ConversationFeed feed, List<LocalConnection> strangers, Workers.Turn turn) {
    for (LocalConnection stranger : strangers) {
      turn.send(
          stranger,
          Outgoing.passing(
              BusEvent.passing("{\"type\":\"LEFT\",\"conversationId\":\"" + feed.id() + "\"}")));
    }
  }

  /** How far somebody sees is not known yet. */
  void incomplete(ConversationFeed feed) {
    readSoon(feed, incompleteRetry);
  }

  private void readSoon(ConversationFeed feed, Duration after) {
    if (feed.beginRosterRead()) {
      long changes = feed.rosterChanges();
      io.execute(() -> read(feed, changes, after));
    }
  }

  /**
   * The table knows the newest version of each member, in whatever order the changes came. What was
   * read before another change is read again, so that nobody who has just been removed comes back.
   */
  private void read(ConversationFeed feed, long changes, Duration after) {
    Conversations.Roster roster;
    try {
      Thread.sleep(after);
      roster = conversations.roster(feed.id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      log.warn("the members of {} are as its log has them: {}", feed.id(), e.toString());
      workers.submit(feed.id(), turn -> readAgain(feed, RETRY));
      return;
    }
    workers.submit(feed.id(), turn -> take(feed, roster, changes, turn));
  }

  private void take(
      ConversationFeed feed, Conversations.Roster roster, long changes, Workers.Turn turn) {
    if (feed.rosterChanges() != changes) {
      readAgain(feed, Duration.ZERO);
      return;
    }
    boolean complete = feed.setRoster(roster);
    for (UserId user : feed.members().keySet()) {
      join(feed, user, turn);
    }
    tellStrangers(feed, turn);
    if (complete) {
      feed.endRosterRead();
    } else {
      readAgain(feed, incompleteRetry);
    }
  }

  private void readAgain(ConversationFeed feed, Duration after) {
    feed.endRosterRead();
    readSoon(feed, after);
  }
}

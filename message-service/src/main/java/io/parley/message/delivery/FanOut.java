package io.parley.message.delivery;

import io.parley.message.bus.BusEvent;
import io.parley.message.conversation.Conversations;
import io.parley.message.log.LogEvent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Brings what came for a conversation to the connections of its members here, in the order of the
 * log. Everything is called on the feed's worker. An event is encoded once; each connection costs a
 * look at its subscriptions and a write.
 */
@Component
public class FanOut {

  /** The type of what tells of reading. */
  public static final String READ = "READ";

  /** The type of what tells of receiving. */
  public static final String DELIVERED = "DELIVERED";

  private static final List<String> WITH_TARGET =
      Arrays.stream(LogEvent.Kind.values())
          .filter(LogEvent.Kind::hasTarget)
          .map(LogEvent.Kind::name)
          .toList();

  private final FeedMembers members;
  private final ReceiptFanOut receipts;

  /** Bytes of bodies from the log, for a connection, in ten seconds. */
  private final long repairBudget;

  FanOut(FeedMembers members, ReceiptFanOut receipts, DeliveryProperties properties) {
    this.members = members;
    this.receipts = receipts;
    this.repairBudget = properties.sendBuffer().toBytes() / 4;
  }

  /** Delivers what came over the bus, or holds it. */
  void deliver(ConversationFeed feed, BusEvent event, Workers.Turn turn) {
    if (!event.isPassing()) {
      publish(feed, feed.order().accept(event), turn, null);
    } else if (event.isType(Conversations.ROSTER)) {
      members.doubted(feed);
    } else if (event.isType(BusEvent.HEAD)) {
      feed.order().expect(event.hintedHead());
    } else if (event.isType(READ) || event.isType(DELIVERED)) {
      receipts.deliver(feed, event, turn);
    } else if (!feed.connections().isEmpty()) {
      Outgoing outgoing = Outgoing.passing(event);
      for (LocalConnection connection : feed.connections()) {
        turn.send(connection, outgoing);
      }
    }
  }

  /** Delivers what was held and need not be any more. */
  void deliverHeld(ConversationFeed feed, Workers.Turn turn) {
    publish(feed, feed.order().nextHeld(), turn, null);
  }

  /**
   * Delivers what was read from the log. A connection that has got too much of it is told the head
   * instead, and fetches.
   */
  void deliverRepaired(ConversationFeed feed, List<BusEvent> events, Workers.Turn turn) {
    Set<LocalConnection> behind = new HashSet<>();
    for (BusEvent event : events) {
      publish(feed, feed.order().accept(event), turn, behind);
    }
    // Who was removed on the way has heard LEFT, and nothing comes after that.
    behind.retainAll(feed.connections());
    if (!behind.isEmpty()) {
      Outgoing heads = HeadsEvent.of(feed);
      behind.forEach(connection -> turn.send(connection, heads));
    }
  }

  /**
   * @param behind those who take no more bodies from the log; null: these are not from there
   */
  private void publish(
      ConversationFeed feed,
      @Nullable BusEvent first,
      Workers.Turn turn,
      @Nullable Set<LocalConnection> behind) {
    for (BusEvent event = first; event != null; event = feed.order().nextHeld()) {
      if (!feed.connections().isEmpty()) {
        Outgoing outgoing = Outgoing.logged(feed.messageIdStart(), event);
        long target = hasTarget(event) ? event.target() : event.seq();
        boolean toAll = feed.isVisibleToAll(target);
        Outgoing withoutContent = null;
        for (LocalConnection connection : feed.connections()) {
          boolean sees = toAll || feed.isVisibleTo(connection.user(), target);
          boolean hears = sees || feed.isVisibleTo(connection.user(), event.seq());
          if (hears && (behind == null || isInBudget(connection, event, behind))) {
            if (!sees && withoutContent == null) {
              withoutContent = Outgoing.logged(feed.messageIdStart(), event.withoutContent());
            }
            turn.send(connection, sees || withoutContent == null ? outgoing : withoutContent);
          }
        }
      }
      if (event.isType(FeedMembers.MEMBERS)) {
        members.changed(feed, event, turn);
      }
    }
  }

  private static boolean hasTarget(BusEvent event) {
    for (String type : WITH_TARGET) {
      if (event.isType(type)) {
        return true;
      }
    }
    return false;
  }

  private boolean isInBudget(
      LocalConnection connection, BusEvent event, Set<LocalConnection> behind) {
    if (behind.contains(connection)) {
      return false;
    }
    boolean takes = connection.takesRepaired(event.jsonLength(), repairBudget);
    if (!takes) {
      behind.add(connection);
    }
    return takes;
  }

  /** Tells all of them the head, if it has moved since they were told. */
  void tellHead(ConversationFeed feed, Workers.Turn turn) {
    if (feed.order().headMoved() && !feed.connections().isEmpty()) {
      Outgoing heads = HeadsEvent.of(feed);
      for (LocalConnection connection : feed.connections()) {
        if (!connection.waitsForHead(feed.id())) {
          turn.send(connection, heads);
        }
      }
    }
  }
}

package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.BusEvent;
import io.parley.message.conversation.Conversation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * A conversation as this node delivers it: its members, the local ones' connections, and the place
 * up to which everything has been delivered.
 *
 * <p>Invariant: an event is delivered when all before it have been. One that comes too early is
 * held; one that has been delivered is dropped. Confined to its worker thread but for the volatile
 * fields.
 */
final class ConversationFeed {

  private static final int MAX_HELD = 5_000;

  private final ConversationId id;
  private final Set<Connection> connections = new HashSet<>();
  private final TreeMap<Long, BusEvent> held = new TreeMap<>();
  private final List<BusEvent> beforeOpening = new ArrayList<>();
  private volatile long next;
  private volatile Conversation conversation;
  private volatile Set<UserId> members = Set.of();
  private volatile boolean watched;
  private volatile long usedNanos = System.nanoTime();

  /** Set while the log is being read for what is missing. */
  boolean repairing;

  /** The heads round in which something was last delivered. */
  long changedInRound;

  ConversationFeed(Conversation conversation) {
    this.id = conversation.id();
    this.conversation = conversation;
  }

  ConversationId id() {
    return id;
  }

  Conversation conversation() {
    return conversation;
  }

  Set<UserId> members() {
    return members;
  }

  void setMembers(Set<UserId> members) {
    this.members = Set.copyOf(members);
  }

  /** Keeps it open for a while longer. */
  void used() {
    usedNanos = System.nanoTime();
  }

  /** The seq of the last event delivered. */
  long head() {
    return next - 1;
  }

  boolean isOpen() {
    return next > 0;
  }

  boolean isIdleSince(long nanos) {
    return !watched && usedNanos - nanos < 0;
  }

  boolean hasGap() {
    return !held.isEmpty();
  }

  /** Everything up to {@code head} can be read from the log; from there on it is delivered. */
  void opened(Set<UserId> members, long head) {
    this.members = Set.copyOf(members);
    this.next = head + 1;
  }

  List<BusEvent> takeBeforeOpening() {
    List<BusEvent> events = List.copyOf(beforeOpening);
    beforeOpening.clear();
    return events;
  }

  boolean add(Connection connection) {
    watched = true;
    return connections.add(connection);
  }

  void remove(Connection connection) {
    connections.remove(connection);
    watched = !connections.isEmpty();
    usedNanos = System.nanoTime();
  }

  Set<Connection> connections() {
    return connections;
  }

  /** The connections of users who have just ceased to be members; they are no longer served. */
  Set<Connection> membersChanged(List<UserId> added, List<UserId> removed, String name) {
    Set<UserId> changed = new HashSet<>(members);
    changed.addAll(added);
    removed.forEach(changed::remove);
    members = Set.copyOf(changed);
    conversation = new Conversation(id, conversation.kind(), name);
    Set<Connection> gone = new HashSet<>();
    for (Connection connection : connections) {
      if (removed.contains(connection.user())) {
        gone.add(connection);
      }
    }
    gone.forEach(this::remove);
    return gone;
  }

  /** What can be delivered now that this event is here, in order. */
  List<BusEvent> accept(BusEvent event) {
    if (!isOpen()) {
      beforeOpening.add(event);
      return List.of();
    }
    if (event.isPassing()) {
      return List.of(event);
    }
    if (event.seq() < next) {
      return List.of();
    }
    if (event.seq() > next) {
      if (held.size() < MAX_HELD) {
        held.put(event.seq(), event);
      }
      return List.of();
    }
    next++;
    if (held.isEmpty()) {
      return List.of(event);
    }
    List<BusEvent> ready = new ArrayList<>();
    ready.add(event);
    while (!held.isEmpty() && held.firstKey() <= next) {
      BusEvent first = held.pollFirstEntry().getValue();
      if (first.seq() == next) {
        ready.add(first);
        next++;
      }
    }
    return ready;
  }
}

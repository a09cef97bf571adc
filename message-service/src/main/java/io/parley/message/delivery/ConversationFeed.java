package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.BusEvent;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private volatile Map<UserId, Member> members = Map.of();

  /** From here on every member sees everything. */
  private long visibleToAllFrom = Member.EVERYTHING;

  private volatile boolean watched;
  private volatile long usedNanos = System.nanoTime();

  /** Set while the log is being read for what is missing. */
  boolean repairing;

  /** Set while the roster is being read. */
  boolean readingRoster;

  /** Counts what changed the roster: one that was read before does not count. */
  long rosterChanges;

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

  Map<UserId, Member> members() {
    return members;
  }

  /**
   * What is stored. Who joined this moment may not yet be stored with how far they see: that is
   * known from the event.
   *
   * @return false when of somebody it is not known yet how far they see
   */
  boolean setRoster(Conversations.Roster roster) {
    Map<UserId, Member> stored = new HashMap<>(roster.members());
    boolean complete = true;
    for (Member member : roster.members().values()) {
      if (member.visibleFrom() == Member.NOTHING_YET) {
        Member known = members.get(member.user());
        if (known == null || known.visibleFrom() == Member.NOTHING_YET) {
          complete = false;
        } else {
          stored.put(member.user(), member.seeingFrom(known.visibleFrom()));
        }
      }
    }
    conversation = roster.conversation();
    setMembers(stored);
    return complete;
  }

  private void setMembers(Map<UserId, Member> changed) {
    members = Map.copyOf(changed);
    long from = Member.EVERYTHING;
    for (Member member : changed.values()) {
      from = Math.max(from, member.visibleFrom());
    }
    visibleToAllFrom = from;
  }

  boolean isVisibleToAll(long seq) {
    return seq >= visibleToAllFrom;
  }

  boolean isVisibleTo(UserId user, long seq) {
    Member member = members.get(user);
    return member != null && member.sees(seq);
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

  /**
   * Everything up to {@code head} can be read from the log; from there on it is delivered.
   *
   * @return as {@link #setRoster}
   */
  boolean opened(Conversations.Roster roster, long head) {
    this.next = head + 1;
    return setRoster(roster);
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

  /**
   * Takes what a MEMBERS event says, until the roster has been read anew.
   *
   * @param seenFrom by those who were added
   * @return the connections of users who have just ceased to be members; they are no longer served
   */
  Set<Connection> membersChanged(
      List<UserId> added, List<UserId> removed, String name, boolean archived, long seenFrom) {
    Map<UserId, Member> changed = new HashMap<>(members);
    added.forEach(user -> changed.put(user, Member.plain(user).seeingFrom(seenFrom)));
    removed.forEach(changed::remove);
    setMembers(changed);
    conversation = new Conversation(id, conversation.kind(), name, conversation.policy(), archived);
    Set<UserId> left = Set.copyOf(removed);
    Set<Connection> gone = new HashSet<>();
    for (Connection connection : connections) {
      if (left.contains(connection.user())) {
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

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
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as this node delivers it: its members, the local ones' connections, and the place
 * up to which everything has been delivered.
 *
 * <p>Invariant: an event is delivered when all before it have been. One that comes too early is
 * held; one that has been delivered is dropped. What is known to exist and has not come makes a
 * gap, and the log is read for it ({@link FeedRepair}). Confined to its worker thread but for what
 * is read from the volatile fields.
 */
final class ConversationFeed {

  /** More that came too early are dropped: the log has them. */
  private static final int MAX_HELD = 500;

  private final ConversationId id;
  private final CompletableFuture<ConversationFeed> opened = new CompletableFuture<>();
  private final Set<LocalConnection> connections = new HashSet<>();
  private final TreeMap<Long, BusEvent> held = new TreeMap<>();
  private volatile boolean open;
  private volatile boolean closed;
  private volatile long head;
  private volatile long expected;
  private volatile boolean doubtful;
  private volatile @Nullable Conversation conversation;
  private volatile Map<UserId, Member> members = Map.of();
  private volatile boolean watched;
  private volatile long usedNanos = System.nanoTime();
  private volatile long comparedNanos = usedNanos;

  /** From here on every member sees everything. */
  private long visibleToAllFrom = Member.EVERYTHING;

  private long toldHead;
  private boolean repairing;
  private boolean readingRoster;

  /** Counts what changed the roster: one that was read before does not count. */
  private long rosterChanges;

  ConversationFeed(ConversationId id) {
    this.id = id;
  }

  ConversationId id() {
    return id;
  }

  // --- its life --------------------------------------------------------------------------------

  /** Completes when it is open, or can not be opened. */
  CompletableFuture<ConversationFeed> opened() {
    return opened;
  }

  /**
   * Everything up to {@code head} can be read from the log; from there on it is delivered. What
   * came before is held.
   *
   * @param roster read after the head
   * @param newest the newest seq that was given out
   * @return whether the roster is right, as {@link #setRoster}
   */
  boolean open(long head, Conversations.Roster roster, long newest) {
    this.head = head;
    this.toldHead = head;
    held.headMap(head, true).clear();
    expect(newest);
    long changes = rosterChanges;
    boolean complete = setRoster(roster);
    open = true;
    return complete && changes == 0;
  }

  boolean isOpen() {
    return open;
  }

  /** It serves nobody any more, and another one may take its place. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** Keeps it open for a while longer. */
  void used() {
    usedNanos = System.nanoTime();
  }

  long usedNanos() {
    return usedNanos;
  }

  boolean isIdleSince(long nanos) {
    return !watched && usedNanos - nanos < 0;
  }

  // --- events ----------------------------------------------------------------------------------

  /** The seq of the last event delivered. */
  long head() {
    return head;
  }

  /**
   * Takes an event of the log.
   *
   * @return the event if it is to be delivered now, and {@link #nextHeld} after it; else null
   */
  @Nullable BusEvent accept(BusEvent event) {
    long seq = event.seq();
    if (open && seq == head + 1) {
      head = seq;
      return event;
    }
    if (!open || seq > head) {
      expect(seq);
      if (held.size() < MAX_HELD) {
        held.put(seq, event);
      }
    }
    return null;
  }

  /** What was held and is to be delivered now. */
  @Nullable BusEvent nextHeld() {
    if (held.isEmpty() || !open) {
      return null;
    }
    held.headMap(head, true).clear();
    BusEvent next = held.remove(head + 1);
    if (next != null) {
      head = next.seq();
    }
    return next;
  }

  /** There is an event at this seq, or was to be one. */
  void expect(long seq) {
    expected = Math.max(expected, seq);
  }

  /** Something may be in the log that did not come. */
  void doubt() {
    doubtful = true;
  }

  /** Whether the log must be read. */
  boolean mayMiss() {
    return doubtful || head < expected;
  }

  boolean isDoubtful() {
    return doubtful;
  }

  /** What comes into doubt from here on is not answered by what is read now. */
  void comparing() {
    doubtful = false;
  }

  void compared() {
    comparedNanos = System.nanoTime();
  }

  /** When it was last compared with the log. */
  long comparedNanos() {
    return comparedNanos;
  }

  /** A seq that was given out may never be used: expects no more than what has come proves. */
  void giveUp() {
    expected = held.isEmpty() ? head : held.lastKey();
  }

  /** What is in between is not delivered; clients find it in the log. */
  void jumpTo(long seq) {
    head = Math.max(head, seq);
    held.headMap(head, true).clear();
  }

  /**
   * @return whether it was not under way yet
   */
  boolean beginRepair() {
    boolean begins = !repairing && open && !closed;
    repairing |= begins;
    return begins;
  }

  void endRepair() {
    repairing = false;
  }

  /**
   * @return whether the head has moved since this was last called; who joined since then was told
   */
  boolean headMoved() {
    boolean moved = toldHead < head;
    toldHead = head;
    return moved;
  }

  // --- members ---------------------------------------------------------------------------------

  /** Only once it is open. */
  Conversation conversation() {
    return Objects.requireNonNull(conversation);
  }

  Map<UserId, Member> members() {
    return members;
  }

  boolean isVisibleToAll(long seq) {
    return seq >= visibleToAllFrom;
  }

  boolean isVisibleTo(UserId user, long seq) {
    Member member = members.get(user);
    return member != null && member.sees(seq);
  }

  /** What was read before does not count. */
  void rosterChanged() {
    rosterChanges++;
  }

  long rosterChanges() {
    return rosterChanges;
  }

  /**
   * @return whether it was not under way yet
   */
  boolean beginRosterRead() {
    boolean begins = !readingRoster && open && !closed;
    readingRoster |= begins;
    return begins;
  }

  void endRosterRead() {
    readingRoster = false;
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

  /**
   * What a MEMBERS event says, until the roster has been read anew.
   *
   * @param seenFrom by those who were added
   */
  void membersChanged(
      List<UserId> added, List<UserId> removed, String name, boolean archived, long seenFrom) {
    Map<UserId, Member> changed = new HashMap<>(members);
    added.forEach(user -> changed.put(user, Member.plain(user).seeingFrom(seenFrom)));
    removed.forEach(changed::remove);
    setMembers(changed);
    Conversation before = conversation();
    conversation = new Conversation(id, before.kind(), name, before.policy(), archived);
    rosterChanged();
  }

  private void setMembers(Map<UserId, Member> changed) {
    members = Map.copyOf(changed);
    long from = Member.EVERYTHING;
    for (Member member : changed.values()) {
      from = Math.max(from, member.visibleFrom());
    }
    visibleToAllFrom = from;
  }

  // --- connections -----------------------------------------------------------------------------

  Set<LocalConnection> connections() {
    return connections;
  }

  /**
   * Every event behind the head reaches it from now on.
   *
   * @return false when it was there, or is no member's
   */
  boolean add(LocalConnection connection) {
    if (closed || connection.isEnded() || !members.containsKey(connection.user())) {
      return false;
    }
    watched = true;
    connection.hears(this);
    boolean added = connections.add(connection);
    if (connection.isEnded()) {
      // Whoever ended it may have looked before it was here.
      remove(connection);
      return false;
    }
    return added;
  }

  void remove(LocalConnection connection) {
    connections.remove(connection);
    connection.hearsNoMore(this);
    watched = !connections.isEmpty();
    used();
  }

  /** Removes and returns the connections of those who are no members any more. */
  List<LocalConnection> removeStrangers() {
    List<LocalConnection> strangers = new ArrayList<>();
    for (LocalConnection connection : connections) {
      if (!members.containsKey(connection.user())) {
        strangers.add(connection);
      }
    }
    strangers.forEach(this::remove);
    return strangers;
  }
}

package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as this node delivers it: its members, the local ones' connections, and the place
 * up to which everything has been delivered. It begins by listening: nothing was read, and what
 * comes is held. With the first event, or when somebody asks, it is opened. Confined to its worker
 * thread but for what is read from the volatile fields.
 */
final class ConversationFeed {

  private static final Duration MAX_OPENING_PAUSE = Duration.ofSeconds(30);

  private final ConversationId id;
  private final byte[] messageIdStart;
  private final CompletableFuture<ConversationFeed> listening = new CompletableFuture<>();
  private final AtomicReference<FeedOpening> opening = new AtomicReference<>(new FeedOpening());
  private final FeedOrder order = new FeedOrder();
  private final Set<LocalConnection> connections = new HashSet<>();
  private volatile boolean open;
  private volatile boolean closed;
  private volatile @Nullable Conversation conversation;
  private volatile Map<UserId, Member> members = Map.of();
  private volatile boolean watched;
  private volatile long usedNanos = System.nanoTime();

  /** From here on every member sees everything. */
  private long visibleToAllFrom = Member.EVERYTHING;

  private Duration openingPause = Duration.ofMillis(500);
  private boolean repairing;
  private boolean readingRoster;

  /** Counts what changed the roster: one that was read before does not count. */
  private long rosterChanges;

  ConversationFeed(ConversationId id) {
    this.id = id;
    this.messageIdStart = Outgoing.messageIdStart(id);
  }

  ConversationId id() {
    return id;
  }

  /** Shared, not to be changed. */
  byte[] messageIdStart() {
    return messageIdStart;
  }

  // --- its life --------------------------------------------------------------------------------

  /** Completes when whatever is published from now on comes here. */
  CompletableFuture<ConversationFeed> listening() {
    return listening;
  }

  /** The attempt to open it: the one that succeeded, that is under way or that comes next. */
  FeedOpening opening() {
    return opening.updateAndGet(last -> last.hasFailed() ? new FeedOpening() : last);
  }

  /**
   * What has come since it listens is delivered, and all that follows. What is before that, up to
   * {@code head}, can be read from the log.
   *
   * @param roster read after the head
   * @param newest the newest seq that was given out
   * @return whether the roster is right, as {@link #setRoster}
   */
  boolean open(long head, Conversations.Roster roster, long newest) {
    order.begin(head);
    order.expect(newest);
    long changes = rosterChanges;
    boolean complete = setRoster(roster);
    open = true;
    return complete && changes == 0;
  }

  boolean isOpen() {
    return open;
  }

  /** Longer after each failure in a row. */
  Duration pauseBeforeOpening() {
    Duration pause = openingPause;
    openingPause = pause.compareTo(MAX_OPENING_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
    return pause;
  }

  /** It serves nobody any more, and another one may take its place. */
  void close() {
    closed = true;
  }

  /** Whether somebody here hears it. */
  boolean isWatched() {
    return watched;
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

  /** What is delivered, and when. */
  FeedOrder order() {
    return order;
  }

  /** The seq of the last event delivered. */
  long head() {
    return order.head();
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
      List<UserId> added,
      List<UserId> removed,
      @Nullable String name,
      boolean archived,
      long seenFrom) {
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

  boolean isHeardOnlyBy(@Nullable LocalConnection connection) {
    return connections.size() == 1 && connections.contains(connection);
  }

  /**
   * Every event behind the head reaches it from now on. While nothing was read of the conversation
   * its caller knows that the user is a member.
   *
   * @return false when it was there, or is no member's
   */
  boolean add(LocalConnection connection) {
    if (closed || connection.isEnded() || (open && !members.containsKey(connection.user()))) {
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
    return removeStrangers(Set.of());
  }

  /**
   * @param but these, who are about to be told of their removal
   */
  List<LocalConnection> removeStrangers(Set<UserId> but) {
    List<LocalConnection> strangers = new ArrayList<>();
    for (LocalConnection connection : connections) {
      UserId user = connection.user();
      if (!members.containsKey(user) && !but.contains(user)) {
        strangers.add(connection);
      }
    }
    strangers.forEach(this::remove);
    return strangers;
  }
}

package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A connection to this node: the feeds that it hears, and the conversations that it should hear and
 * could not join yet.
 */
final class LocalConnection {

  private static final int USUAL_CONVERSATIONS = 4;
  private static final long REPAIR_WINDOW_NANOS = 10_000_000_000L;

  private final Connection socket;
  private final UserId user;
  private final Map<ConversationId, ConversationFeed> feeds =
      new ConcurrentHashMap<>(USUAL_CONVERSATIONS);

  /** Of these whoever joins them says the heads. */
  private final Set<ConversationId> headsToCome = ConcurrentHashMap.newKeySet(1);

  private final Set<ConversationId> toJoin = new HashSet<>(USUAL_CONVERSATIONS);

  /** The number of the turn in which each worker last sent something. */
  private final long[] touched;

  private long repairedBytes;
  private long repairWindow;
  private volatile boolean ended;

  LocalConnection(Connection socket, int workers) {
    this.socket = socket;
    this.user = socket.user();
    this.touched = new long[workers];
    Arrays.fill(touched, -1);
  }

  Connection socket() {
    return socket;
  }

  UserId user() {
    return user;
  }

  void enqueue(Outgoing event) {
    socket.enqueue(event);
  }

  void flush() {
    socket.flush();
  }

  /** Called by that worker only. */
  boolean isFirstTouch(int worker, long turn) {
    boolean first = touched[worker] != turn;
    touched[worker] = turn;
    return first;
  }

  /**
   * Whether it takes another body that was read from the log: so many bytes in ten seconds, so that
   * what was missing while a store was away does not push a healthy client over its buffer.
   */
  synchronized boolean takesRepaired(int bytes, long budget) {
    long window = System.nanoTime() / REPAIR_WINDOW_NANOS;
    if (window != repairWindow) {
      repairWindow = window;
      repairedBytes = 0;
    }
    if (repairedBytes + bytes > budget) {
      return false;
    }
    repairedBytes += bytes;
    return true;
  }

  /** Called by the feed, on its worker. */
  void hears(ConversationFeed feed) {
    feeds.put(feed.id(), feed);
  }

  /** Called by the feed, on its worker. */
  void hearsNoMore(ConversationFeed feed) {
    feeds.remove(feed.id(), feed);
  }

  boolean isJoinedTo(ConversationId conversation) {
    return feeds.containsKey(conversation);
  }

  Collection<ConversationFeed> feeds() {
    return feeds.values();
  }

  void headsToCome(Set<ConversationId> conversations) {
    headsToCome.addAll(conversations);
  }

  void headsHaveCome(Set<ConversationId> conversations) {
    headsToCome.removeAll(conversations);
  }

  boolean waitsForHead(ConversationId conversation) {
    return headsToCome.contains(conversation);
  }

  /** From here on no feed takes it. */
  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended;
  }

  /**
   * @return whether it is the first that waits
   */
  synchronized boolean joinLater(ConversationId conversation) {
    boolean first = toJoin.isEmpty();
    toJoin.add(conversation);
    return first;
  }

  synchronized Set<ConversationId> toJoin() {
    return Set.copyOf(toJoin);
  }

  /**
   * @return whether nothing waits any more
   */
  synchronized boolean joined(ConversationId conversation) {
    toJoin.remove(conversation);
    return toJoin.isEmpty();
  }
}

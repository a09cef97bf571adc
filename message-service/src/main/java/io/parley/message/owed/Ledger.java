package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What this node still owes: which events that it put into the log are not handed over yet. Redis
 * has a note of it for each conversation ({@link RedisOwed}), made with the event's place; this
 * says when a note may be cleared.
 *
 * <p>An append has a place, and a note, before it says so here. Therefore a note may be cleared up
 * to a seq only when all appends have ended that were under way when that seq was settled: appends
 * are counted by turns, and each turn clears what was settled when the last one came, once nothing
 * from before it is under way.
 */
@Component
public class Ledger {

  /** Seqs, both inclusive. */
  record Range(long first, long last) {

    /** From the lower beginning to the higher end. */
    static @Nullable Range both(@Nullable Range one, @Nullable Range other) {
      if (one == null || other == null) {
        return one == null ? other : one;
      }
      return new Range(Math.min(one.first, other.first), Math.max(one.last, other.last));
    }
  }

  /**
   * What a turn allows.
   *
   * @param settled conversation → the seq up to which its note may be cleared
   * @param doubtful conversations in which an append ended without saying where: whether its event
   *     is in the log only the log can tell
   */
  record Turn(Map<ConversationId, Long> settled, Map<ConversationId, Long> doubtful) {}

  private static final class Account {

    /** Seqs that wait to be handed over. */
    private final TreeSet<Long> open = new TreeSet<>();

    /** The highest that is handed over. */
    private long settled;

    /** The highest that was when the last turn came. */
    private long settledAtTurn;

    /** The highest up to which the note in Redis is cleared. */
    private long cleared;
  }

  private final Map<ConversationId, Account> accounts = new HashMap<>();

  /** → the turn in which it was last in doubt. */
  private final Map<ConversationId, Long> doubtful = new HashMap<>();

  /** Appends under way, of the current turn and of all before it, by the turn's parity. */
  private final int[] underWay = new int[2];

  private long turn;

  /**
   * An append begins: before it has a place.
   *
   * @return to be given back when it ends
   */
  public synchronized long begin() {
    underWay[(int) (turn & 1)]++;
    return turn;
  }

  /**
   * An append has ended.
   *
   * @param settled whether there is nothing to be handed over
   */
  public synchronized void stored(
      long begun, ConversationId conversation, long seq, boolean settled) {
    underWay[(int) (begun & 1)]--;
    Account account = accounts.computeIfAbsent(conversation, id -> new Account());
    if (settled) {
      account.settled = Math.max(account.settled, seq);
    } else {
      account.open.add(seq);
    }
  }

  /** An append has ended, and nobody knows whether and where the event is in the log. */
  public synchronized void failed(long begun, ConversationId conversation) {
    underWay[(int) (begun & 1)]--;
    doubt(conversation);
  }

  /** Something in the conversation is to be handed over that is known to the log only. */
  public synchronized void doubt(ConversationId conversation) {
    doubtful.put(conversation, turn);
  }

  /** It is handed over. */
  public synchronized void settled(ConversationId conversation, long seq) {
    Account account = accounts.get(conversation);
    if (account != null && account.open.remove(seq)) {
      account.settled = Math.max(account.settled, seq);
    }
  }

  /**
   * @return null while an append from before the last turn is under way
   */
  synchronized @Nullable Turn turn() {
    int before = (int) (turn + 1 & 1);
    if (underWay[before] > 0) {
      return null;
    }
    Map<ConversationId, Long> settled = new HashMap<>();
    for (Map.Entry<ConversationId, Account> entry : accounts.entrySet()) {
      Account account = entry.getValue();
      if (!doubtful.containsKey(entry.getKey())) {
        long through = account.settledAtTurn;
        if (!account.open.isEmpty()) {
          through = Math.min(through, account.open.first() - 1);
        }
        if (through > account.cleared) {
          settled.put(entry.getKey(), through);
        }
      }
      account.settledAtTurn = account.settled;
    }
    Map<ConversationId, Long> ready = new HashMap<>();
    doubtful.forEach(
        (conversation, since) -> {
          if (since < turn) {
            ready.put(conversation, since);
          }
        });
    turn++;
    return new Turn(settled, ready);
  }

  /** Redis has cleared the note so far. */
  synchronized void cleared(ConversationId conversation, long through) {
    Account account = accounts.get(conversation);
    if (account != null) {
      account.cleared = through;
      if (account.open.isEmpty() && account.settled <= through) {
        accounts.remove(conversation);
      }
    }
  }

  /** What was in doubt since that turn was decided from the log, up to {@code through}. */
  synchronized void decided(ConversationId conversation, long since, long through) {
    doubtful.remove(conversation, since);
    Account account = accounts.get(conversation);
    if (account != null) {
      account.open.headSet(through, true).clear();
      account.settled = Math.max(account.settled, through);
    }
  }

  /** What waits to be handed over, for new notes in a Redis that has lost them. */
  synchronized Map<ConversationId, Range> open() {
    Map<ConversationId, Range> open = new HashMap<>();
    accounts.forEach(
        (conversation, account) -> {
          if (!account.open.isEmpty()) {
            open.put(conversation, new Range(account.open.first(), account.open.last()));
          }
        });
    return open;
  }

  /** Whether nothing is owed: no append is under way, nothing waits or is in doubt. */
  synchronized boolean isBalanced() {
    return underWay[0] == 0
        && underWay[1] == 0
        && doubtful.isEmpty()
        && accounts.values().stream().allMatch(account -> account.open.isEmpty());
  }
}

package io.parley.message.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who may give out seqs for a conversation, as Cassandra decided it (ADR 0003): table {@code
 * log_epochs}, changed by lightweight transactions only, but for {@code wholeTo}.
 *
 * @param epoch the newest settled epoch
 * @param firstSeq its first seq; from here on only events of this epoch count
 * @param voids the seqs below {@code firstSeq} that were found empty when it settled: whatever an
 *     earlier epoch writes there later does not count
 * @param opening greater than {@code epoch} while a newer one is being opened
 * @param wholeTo up to here somebody has read the log without a gap; 0 when nobody has
 */
record LogEpoch(int epoch, long firstSeq, Set<Long> voids, int opening, long wholeTo) {

  boolean isSettled() {
    return opening == epoch;
  }

  /** No seq up to here is empty: an opener leaves none below the first seq of its epoch. */
  long whole() {
    return Math.max(wholeTo, firstSeq - 1);
  }

  /**
   * What counts among rows that were read before this was, oldest first: at one seq the highest
   * epoch; from the epoch's first seq on only its own rows. A seq that was declared void is empty
   * until the row that says so is written.
   */
  List<LogEvent> counting(List<LogEvent> rows) {
    TreeMap<Long, LogEvent> bySeq = new TreeMap<>();
    for (LogEvent row : rows) {
      boolean ofAnotherEpoch = row.seq() >= firstSeq && row.epoch() != epoch;
      boolean declaredVoid = voids.contains(row.seq()) && row.kind() != LogEvent.Kind.VOID;
      if (!ofAnotherEpoch && !declaredVoid) {
        bySeq.merge(row.seq(), row, (a, b) -> a.epoch() > b.epoch() ? a : b);
      }
    }
    return new ArrayList<>(bySeq.values());
  }
}

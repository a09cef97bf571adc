package io.parley.message.log;

import java.util.Set;

/**
 * Who may give out seqs for a conversation, as Cassandra decided it (ADR 0003): table {@code
 * log_epochs}, changed by lightweight transactions only.
 *
 * @param epoch the newest settled epoch
 * @param firstSeq its first seq; from here on only events of this epoch count
 * @param voids the seqs below {@code firstSeq} that were found empty when it settled: whatever an
 *     earlier epoch writes there later does not count
 * @param opening greater than {@code epoch} while a newer one is being opened
 */
record LogEpoch(int epoch, long firstSeq, Set<Long> voids, int opening) {

  boolean isSettled() {
    return opening == epoch;
  }
}

package io.parley.message.owed;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.message.owed.Ledger.Range;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private final ConversationId one = new ConversationId(new UUID(0, 1));
  private final ConversationId other = new ConversationId(new UUID(0, 2));
  private final Ledger ledger = new Ledger();

  private Ledger.Turn turn() {
    return requireNonNull(ledger.turn());
  }

  @Test
  void settledSeqsShouldBeClearedWithTheTurnAfterTheNext() {
    ledger.stored(ledger.begin(), one, 7, true);

    assertThat(turn().settled()).isEmpty();
    assertThat(turn().settled()).containsExactly(Map.entry(one, 7L));
    ledger.cleared(one, 7);
    assertThat(turn().settled()).isEmpty();
  }

  /** Its seq may be lower than those that were settled since: 5 was taken, 7 is settled. */
  @Test
  void nothingShouldBeClearedWhileAnAppendFromBeforeIsUnderWay() {
    long slow = ledger.begin();
    ledger.stored(ledger.begin(), one, 7, true);
    turn();

    assertThat(ledger.turn()).isNull();
    ledger.stored(slow, one, 5, false);
    assertThat(turn().settled()).containsExactly(Map.entry(one, 4L));
    ledger.cleared(one, 4);
    ledger.settled(one, 5);
    turn();
    assertThat(turn().settled()).containsExactly(Map.entry(one, 7L));
  }

  @Test
  void appendsFromAfterATurnShouldHoldUpNothing() {
    ledger.stored(ledger.begin(), one, 7, true);
    turn();
    ledger.begin();

    assertThat(turn().settled()).containsExactly(Map.entry(one, 7L));
    assertThat(ledger.turn()).isNull();
  }

  @Test
  void whatRedisDidNotClearShouldBeClearedWithTheNextTurn() {
    ledger.stored(ledger.begin(), one, 7, true);
    turn();
    turn();

    assertThat(turn().settled()).containsExactly(Map.entry(one, 7L));
  }

  @Test
  void nothingShouldBeClearedWhereAnAppendFailed() {
    ledger.stored(ledger.begin(), one, 7, true);
    ledger.stored(ledger.begin(), other, 3, true);
    ledger.failed(ledger.begin(), one);
    assertThat(turn().doubtful()).isEmpty();

    Ledger.Turn turn = turn();
    assertThat(turn.settled()).containsExactly(Map.entry(other, 3L));
    assertThat(turn.doubtful()).containsOnlyKeys(one);
    assertThat(ledger.isBalanced()).isFalse();

    ledger.decided(one, requireNonNull(turn.doubtful().get(one)), 9);
    assertThat(ledger.isBalanced()).isTrue();
    assertThat(turn().doubtful()).isEmpty();
    assertThat(turn().settled()).containsEntry(one, 9L);
  }

  @Test
  void doubtThatComesWhileTheLogIsReadShouldStay() {
    ledger.failed(ledger.begin(), one);
    turn();
    Ledger.Turn turn = turn();
    ledger.failed(ledger.begin(), one);

    ledger.decided(one, requireNonNull(turn.doubtful().get(one)), 9);

    turn();
    assertThat(turn().doubtful()).containsOnlyKeys(one);
  }

  @Test
  void openShouldSayWhatWaits() {
    for (long seq : new long[] {5, 6, 9}) {
      ledger.stored(ledger.begin(), one, seq, false);
    }
    ledger.stored(ledger.begin(), other, 3, true);
    assertThat(ledger.open()).containsExactly(Map.entry(one, new Range(5, 9)));

    ledger.settled(one, 5);
    assertThat(ledger.open()).containsExactly(Map.entry(one, new Range(6, 9)));
    assertThat(ledger.isBalanced()).isFalse();
  }
}

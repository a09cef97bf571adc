package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.bus.BusEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a feed lets through, and when. */
class FeedOrderTest {

  private final FeedOrder order = new FeedOrder();

  private static BusEvent event(long seq) {
    return BusEvent.of(seq, "{\"type\":\"MESSAGE\",\"seq\":" + seq + "}");
  }

  /** The seqs that are delivered when this one comes. */
  private List<Long> accept(long seq) {
    List<Long> delivered = new ArrayList<>();
    for (BusEvent next = order.accept(event(seq)); next != null; next = order.nextHeld()) {
      delivered.add(next.seq());
    }
    return delivered;
  }

  @Test
  void eventsShouldBeDeliveredInOrderEachOnce() {
    order.begin(4);
    assertThat(accept(5)).containsExactly(5L);
    assertThat(accept(5)).isEmpty();
    assertThat(accept(4)).isEmpty();
    assertThat(accept(6)).containsExactly(6L);
    assertThat(order.mayMiss()).isFalse();
  }

  @Test
  void earlyEventsShouldWaitForThoseBeforeThem() {
    order.begin(0);
    assertThat(accept(3)).isEmpty();
    assertThat(accept(2)).isEmpty();
    assertThat(accept(5)).isEmpty();
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(1)).containsExactly(1L, 2L, 3L);
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(4)).containsExactly(4L, 5L);
    assertThat(order.mayMiss()).isFalse();
    assertThat(order.head()).isEqualTo(5);
  }

  @Test
  void whatComesBeforeItIsOpenShouldWait() {
    assertThat(accept(7)).isEmpty();
    assertThat(accept(9)).isEmpty();
    order.begin(6);
    assertThat(order.nextHeld()).extracting(BusEvent::seq).isEqualTo(7L);
    assertThat(order.nextHeld()).isNull();
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(8)).containsExactly(8L, 9L);
  }

  @Test
  void whatHasComeBeforeItIsOpenShouldBeDeliveredThoughTheLogHasIt() {
    accept(8);
    accept(7);
    order.begin(10);
    assertThat(order.headMoved()).isFalse();
    assertThat(order.nextHeld()).extracting(BusEvent::seq).isEqualTo(7L);
    assertThat(order.nextHeld()).extracting(BusEvent::seq).isEqualTo(8L);
    assertThat(order.nextHeld()).isNull();
    // The log has 9 and 10.
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(9)).containsExactly(9L);
    assertThat(accept(10)).containsExactly(10L);
    assertThat(order.mayMiss()).isFalse();
  }

  @Test
  void seqThatWasGivenOutAboveTheHeadShouldBeMissed() {
    // 2 is still being written, 3 was published before anybody here listened.
    order.begin(1);
    order.expect(3);
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(2)).containsExactly(2L);
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(3)).containsExactly(3L);
    assertThat(order.mayMiss()).isFalse();
  }

  @Test
  void givingUpShouldNotForgetWhatIsHeld() {
    order.begin(0);
    accept(4);
    order.expect(9);
    order.giveUp();
    assertThat(order.mayMiss()).isTrue();
    assertThat(accept(1)).containsExactly(1L);
    accept(2);
    assertThat(accept(3)).containsExactly(3L, 4L);
    assertThat(order.mayMiss()).isFalse();
    order.expect(9);
    order.giveUp();
    assertThat(order.mayMiss()).isFalse();
  }

  @Test
  void moreThanCanBeHeldShouldStillBeMissed() {
    order.begin(0);
    for (long seq = 2; seq <= 2_000; seq++) {
      accept(seq);
    }
    List<Long> delivered = accept(1);
    assertThat(delivered.get(0)).isEqualTo(1L);
    assertThat(delivered.size()).isLessThan(2_000);
    assertThat(order.head()).isEqualTo(delivered.size());
    assertThat(order.mayMiss()).isTrue();
  }

  @Test
  void jumpShouldDropWhatIsBelowAndGoOnBehindIt() {
    order.begin(0);
    accept(3);
    accept(11);
    order.jumpTo(10);
    assertThat(order.nextHeld()).extracting(BusEvent::seq).isEqualTo(11L);
    assertThat(accept(9)).isEmpty();
    assertThat(accept(12)).containsExactly(12L);
    order.jumpTo(5);
    assertThat(order.head()).isEqualTo(12);
  }

  @Test
  void doubtThatComesWhileTheLogIsReadShouldStay() {
    order.begin(0);
    order.doubt();
    order.comparing();
    assertThat(order.mayMiss()).isFalse();
    order.doubt();
    assertThat(order.mayMiss()).isTrue();
  }

  @Test
  void headShouldBeToldWhenItHasMoved() {
    order.begin(3);
    assertThat(order.headMoved()).isTrue();
    assertThat(order.headMoved()).isFalse();
    accept(4);
    assertThat(order.headMoved()).isTrue();
    assertThat(order.headMoved()).isFalse();
  }
}

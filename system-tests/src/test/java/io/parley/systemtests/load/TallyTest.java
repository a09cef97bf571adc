package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Two groups of three: clients 0 to 2 and 3 to 5. */
class TallyTest {

  private static final long MS = 1_000_000;

  private final Tally tally =
      new Tally(
          List.of(
              new Conversation("a", List.of(0, 1, 2)), new Conversation("b", List.of(3, 4, 5))));

  @Test
  void latencyShouldCountFromTheMomentThatWasMeant() {
    tally.measureFrom(0);
    // One each 10 ms; a server that stands still lets all of them through after a second.
    for (int i = 0; i < 100; i++) {
      long intended = i * 10L * MS;
      int number = tally.sent(0, 0, intended, i == 0 ? 0 : 1000 * MS);
      tally.acknowledged(number, i + 1, 1000 * MS);
      tally.delivered(1, number, i + 1, 1000 * MS);
    }

    Tally.Outcome outcome = tally.outcome();

    assertThat(millis(outcome.delivery(), 50)).isCloseTo(500, within(1.0));
    assertThat(millis(outcome.delivery(), 99)).isCloseTo(990, within(1.0));
    assertThat(millis(outcome.delivery(), 100)).isCloseTo(1000, within(1.0));
    assertThat(millis(outcome.ack(), 50)).isCloseTo(500, within(1.0));
    assertThat(millis(outcome.delay(), 100)).isCloseTo(990, within(1.0));
  }

  @Test
  void onlyMessagesMeantForTheMeasuredTimeShouldBeMeasured() {
    int early = tally.sent(0, 0, 9 * MS, 9 * MS);
    tally.measureFrom(10 * MS);
    int first = tally.sent(0, 0, 10 * MS, 12 * MS);
    int late = tally.sent(0, 0, 20 * MS, 20 * MS);
    tally.measureTo(20 * MS);
    for (int number : new int[] {early, first, late}) {
      tally.acknowledged(number, number + 1, 25 * MS);
      tally.delivered(1, number, number + 1, 30 * MS);
    }

    Tally.Outcome outcome = tally.outcome();

    assertThat(outcome.messages()).isEqualTo(1);
    assertThat(outcome.deliveries()).isEqualTo(1);
    assertThat(outcome.delivery().getTotalCount()).isEqualTo(1);
    assertThat(millis(outcome.delivery(), 100)).isCloseTo(20, within(0.1));
    assertThat(millis(outcome.ack(), 100)).isCloseTo(15, within(0.1));
    assertThat(millis(outcome.delay(), 100)).isCloseTo(2, within(0.1));
    assertThat(outcome.lost()).isEqualTo(6);
  }

  @Test
  void aRunInWhichAllIsWellShouldBeFlawless() {
    tally.measureFrom(0);
    assertThat(tally.isComplete()).isTrue();
    for (int i = 0; i < 6; i++) {
      int group = i % 2;
      int number = tally.sent(group, 3 * group, i, i);
      assertThat(tally.isComplete()).isFalse();
      // The message may be there before its ack.
      for (int member = 0; member < 3; member++) {
        tally.delivered(3 * group + member, number, 7 + i, i);
      }
      tally.acknowledged(number, 7 + i, i);
      assertThat(tally.conversationOf(number)).isEqualTo(group);
      assertThat(tally.senderOf(number)).isEqualTo(3 * group);
    }

    assertThat(tally.isComplete()).isTrue();
    assertThat(tally.outcome().isFlawless()).isTrue();
    assertThat(tally.outcome().deliveries()).isEqualTo(18);
    // The sender's own copy is no latency to a receiver.
    assertThat(tally.outcome().delivery().getTotalCount()).isEqualTo(12);
  }

  @Test
  void faultsShouldBeCounted() {
    int first = tally.sent(0, 0, 0, 0);
    int second = tally.sent(0, 1, 0, 0);
    int refused = tally.sent(0, 2, 0, 0);
    tally.sent(0, 2, 0, 0); // nobody answers
    tally.acknowledged(first, 1, 0);
    tally.acknowledged(second, 2, 0);
    tally.refused(refused);
    tally.delivered(0, second, 2, 0);
    tally.delivered(0, first, 1, 0); // after the second
    tally.delivered(1, first, 3, 0); // was 1 elsewhere
    tally.delivered(2, first, 1, 0);
    tally.delivered(2, first, 1, 0); // again
    tally.delivered(2, second, 2, 0); // not to client 1

    Tally.Outcome outcome = tally.outcome();

    assertThat(outcome.lost()).isEqualTo(1);
    assertThat(outcome.doubled()).isEqualTo(1);
    assertThat(outcome.disordered()).isEqualTo(2);
    assertThat(outcome.refused()).isEqualTo(1);
    assertThat(outcome.unanswered()).isEqualTo(1);
    assertThat(outcome.isFlawless()).isFalse();
    assertThat(tally.isComplete()).isFalse();
  }

  /** Client 1 is in two conversations, each with an order of its own; client 9 is in neither. */
  @Test
  void whoIsInSeveralConversationsShouldBeCountedInEach() {
    Tally shared =
        new Tally(
            List.of(new Conversation("a", List.of(0, 1)), new Conversation("b", List.of(1, 2))));
    shared.measureFrom(0);
    int first = shared.sent(0, 0, 0, 0);
    int second = shared.sent(1, 2, 0, 0);
    shared.acknowledged(first, 9, 0);
    shared.acknowledged(second, 3, 0);
    for (int client : new int[] {0, 1, 9}) {
      shared.delivered(client, first, 9, 0);
    }
    for (int client : new int[] {1, 2, 9}) {
      shared.delivered(client, second, 3, 0);
    }

    assertThat(shared.isComplete()).isTrue();
    assertThat(shared.outcome().isFlawless()).isTrue();
    assertThat(shared.outcome().deliveries()).isEqualTo(4);
  }

  private static double millis(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}

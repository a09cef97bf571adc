package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LocalConnectionTest {

  private final LocalConnection connection =
      new LocalConnection(
          new Connection() {
            @Override
            public long heardNanos() {
              return System.nanoTime();
            }

            @Override
            public UserId user() {
              return new UserId(new UUID(0, 1));
            }

            @Override
            public void enqueue(Outgoing event) {}

            @Override
            public void flush() {}
          },
          2);

  @Test
  void bodiesFromTheLogShouldBeBounded() {
    assertThat(connection.takesRepaired(1_001, 1_000)).isFalse();
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += connection.takesRepaired(300, 1_000) ? 1 : 0;
    }
    // Twice as many only if a window has just ended.
    assertThat(taken).isBetween(3, 6);
  }

  @Test
  void onlyTheFirstThatWaitsShouldBeginAndTheLastJoinedEndTheRetries() {
    ConversationId one = new ConversationId(new UUID(0, 1));
    ConversationId two = new ConversationId(new UUID(0, 2));
    assertThat(connection.joinLater(one)).isTrue();
    assertThat(connection.joinLater(one)).isFalse();
    assertThat(connection.joinLater(two)).isFalse();
    assertThat(connection.toJoin()).containsExactlyInAnyOrder(one, two);
    assertThat(connection.joined(one)).isFalse();
    assertThat(connection.joined(two)).isTrue();
    assertThat(connection.joinLater(one)).isTrue();
  }

  @Test
  void eachWorkerShouldTouchItOnceInATurn() {
    assertThat(connection.isFirstTouch(0, 0)).isTrue();
    assertThat(connection.isFirstTouch(0, 0)).isFalse();
    assertThat(connection.isFirstTouch(1, 0)).isTrue();
    assertThat(connection.isFirstTouch(0, 1)).isTrue();
  }
}

package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {

  private final Turns turns = new Turns();

  @Test
  void twentyShouldHaveTheirTurnInASecond() {
    assertThat(turns.of(message("small", 20))).hasSize(20).containsOnly(0);
    assertThat(turns.of(message("larger", 41))).hasSize(41).endsWith(1, 2);
  }

  @Test
  void aMessageInSeveralEventsShouldGoOnWhereItWas() {
    assertThat(turns.of(message("large", MessagesStored.MAX_RECIPIENTS)))
        .startsWith(0)
        .endsWith(49);
    assertThat(turns.of(message("large", MessagesStored.MAX_RECIPIENTS))).startsWith(50);
    assertThat(turns.of(message("large", 30))).startsWith(100).endsWith(101);
    assertThat(turns.of(message("other", MessagesStored.MAX_RECIPIENTS))).startsWith(0);
  }

  private static Stored message(String id, int recipients) {
    return new Stored(
        new ConversationId(new UUID(0, 1)),
        "GROUP",
        1,
        id,
        new UserId(new UUID(0, 2)),
        Instant.EPOCH,
        IntStream.range(0, recipients).mapToObj(i -> new UserId(new UUID(1, i))).toList(),
        null);
  }
}

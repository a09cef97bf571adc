package io.parley.message.pin;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What every PinStore promises: run by SimulatedPinStoreTest and CassandraPinStoreIT. */
interface PinStoreContract {

  /** Runs a test where the store can be asked. */
  void with(Consumer<PinStore> test);

  private static PinState state(long version, long... targets) {
    PinState state = PinState.NONE;
    for (long target : targets) {
      Pin pin =
          new Pin(
              target,
              target + 10,
              new UserId(new UUID(1, target)),
              Instant.ofEpochMilli(1_000 + target));
      state = state.with(version, target, pin);
    }
    return new PinState(version, state.pins());
  }

  @Test
  default void nothingShouldBePinnedBeforeAnythingIs() {
    with(
        store ->
            assertThat(store.read(new ConversationId(UUID.randomUUID()))).isEqualTo(PinState.NONE));
  }

  @Test
  default void newestStateShouldStayInWhateverOrderTheyCome() {
    with(
        store -> {
          ConversationId conversation = new ConversationId(UUID.randomUUID());
          store.write(conversation, state(21, 3, 2));
          assertThat(store.read(conversation)).isEqualTo(state(21, 3, 2));
          store.write(conversation, state(20, 3));
          assertThat(store.read(conversation)).isEqualTo(state(21, 3, 2));
          store.write(conversation, new PinState(22, List.of()));
          assertThat(store.read(conversation)).isEqualTo(new PinState(22, List.of()));
          assertThat(store.read(new ConversationId(UUID.randomUUID()))).isEqualTo(PinState.NONE);
        });
  }
}

package io.parley.message.pin;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.SimulatedCell;
import io.parley.message.log.SimulatedReplicas;
import io.parley.message.log.SimulatedTable;
import java.util.Comparator;
import java.util.Objects;
import java.util.UUID;

/** As {@link CassandraPinStore} writes. */
public final class SimulatedPinStore implements PinStore {

  private final SimulatedTable<UUID, SimulatedCell<PinState>> rows;

  SimulatedPinStore(SimulatedReplicas replicas) {
    this(replicas, false);
  }

  /**
   * @param lastWriteStays whether what is written carries no time of its own, as it must not be
   */
  public SimulatedPinStore(SimulatedReplicas replicas, boolean lastWriteStays) {
    this.rows =
        replicas.table(
            (one, other) ->
                lastWriteStays
                    ? other
                    : Objects.requireNonNull(
                        SimulatedReplicas.later(
                            one, other, Comparator.comparing(PinState::toString))));
  }

  @Override
  public PinState read(ConversationId conversation) {
    return rows.read(conversation.value()::equals).values().stream()
        .map(SimulatedCell::value)
        .findFirst()
        .orElse(PinState.NONE);
  }

  @Override
  public void write(ConversationId conversation, PinState state) {
    rows.write(conversation.value(), new SimulatedCell<>(state, state.version()));
  }
}

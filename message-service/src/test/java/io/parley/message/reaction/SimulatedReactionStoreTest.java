package io.parley.message.reaction;

import io.parley.message.log.SimulatedStores;
import java.util.function.Consumer;

class SimulatedReactionStoreTest implements ReactionStoreContract {

  @Override
  public void with(Consumer<ReactionStore> test) {
    SimulatedStores.calm(replicas -> test.accept(new SimulatedReactionStore(replicas)));
  }
}

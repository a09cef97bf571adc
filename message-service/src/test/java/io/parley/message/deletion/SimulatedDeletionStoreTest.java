package io.parley.message.deletion;

import io.parley.message.log.SimulatedStores;
import java.util.function.Consumer;

class SimulatedDeletionStoreTest implements DeletionStoreContract {

  @Override
  public void with(Consumer<DeletionStore> test) {
    SimulatedStores.calm(replicas -> test.accept(new SimulatedDeletionStore(replicas)));
  }
}

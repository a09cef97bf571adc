package io.parley.message.pin;

import io.parley.message.log.SimulatedStores;
import java.util.function.Consumer;

class SimulatedPinStoreTest implements PinStoreContract {

  @Override
  public void with(Consumer<PinStore> test) {
    SimulatedStores.calm(replicas -> test.accept(new SimulatedPinStore(replicas)));
  }
}

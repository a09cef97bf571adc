package io.parley.message.thread;

import io.parley.message.log.SimulatedStores;
import java.util.function.Consumer;

class SimulatedThreadStoreTest implements ThreadStoreContract {

  @Override
  public void with(Consumer<ThreadStore> test) {
    SimulatedStores.calm(replicas -> test.accept(new SimulatedThreadStore(replicas)));
  }
}

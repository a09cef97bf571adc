package io.parley.message.mention;

import io.parley.message.log.SimulatedStores;
import java.util.function.Consumer;

class SimulatedMentionStoreTest implements MentionStoreContract {

  @Override
  public void with(Consumer<MentionStore> test) {
    SimulatedStores.calm(replicas -> test.accept(new SimulatedMentionStore(replicas)));
  }
}

package io.parley.message.pin;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class CassandraPinStoreIT implements PinStoreContract {

  @Override
  public void with(Consumer<PinStore> test) {
    test.accept(Nodes.A.get(PinStore.class));
  }
}

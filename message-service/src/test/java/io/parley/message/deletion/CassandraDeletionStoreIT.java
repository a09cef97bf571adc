package io.parley.message.deletion;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class CassandraDeletionStoreIT implements DeletionStoreContract {

  @Override
  public void with(Consumer<DeletionStore> test) {
    test.accept(Nodes.A.get(DeletionStore.class));
  }
}

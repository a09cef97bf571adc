package io.parley.message.thread;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class CassandraThreadStoreIT implements ThreadStoreContract {

  @Override
  public void with(Consumer<ThreadStore> test) {
    test.accept(Nodes.A.get(ThreadStore.class));
  }
}

package io.parley.message.log;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class CassandraEventStoreIT implements EventStoreContract {

  @Override
  public void with(Consumer<EventStore> test) {
    test.accept(Nodes.A.get(EventStore.class));
  }
}

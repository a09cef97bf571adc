package io.parley.message.mention;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class CassandraMentionStoreIT implements MentionStoreContract {

  @Override
  public void with(Consumer<MentionStore> test) {
    test.accept(Nodes.A.get(MentionStore.class));
  }
}

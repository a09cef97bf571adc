package io.parley.message.reaction;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class CassandraReactionStoreIT implements ReactionStoreContract {

  @Override
  public void with(Consumer<ReactionStore> test) {
    test.accept(Nodes.A.get(ReactionStore.class));
  }
}

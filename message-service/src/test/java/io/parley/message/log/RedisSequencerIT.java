package io.parley.message.log;

import io.parley.message.Nodes;
import java.util.function.Consumer;

class RedisSequencerIT implements SequencerContract {

  @Override
  public void with(Consumer<Sequencer> test) {
    test.accept(Nodes.A.get(Sequencer.class));
  }

  @Override
  public int many() {
    return 1_100;
  }
}

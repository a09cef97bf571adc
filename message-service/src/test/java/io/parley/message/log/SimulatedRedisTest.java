package io.parley.message.log;

import java.time.Duration;
import java.util.function.Consumer;

class SimulatedRedisTest implements SequencerContract {

  @Override
  public void with(Consumer<Sequencer> test) {
    Simulation simulation = new Simulation(1, 10_000);
    SimulatedNetwork network = new SimulatedNetwork(simulation, Duration.ofMillis(10), 0, 0);
    SimulatedRedis redis = new SimulatedRedis(simulation, SimulatedNode.REMEMBERED, 0);
    simulation.run(() -> test.accept(new SimulatedRedis.Connection(network, redis)));
  }

  @Override
  public int many() {
    return 2 * SimulatedNode.REMEMBERED;
  }
}

package io.parley.message.log;

import java.time.Duration;
import java.util.function.Consumer;

class SimulatedCassandraTest implements EventStoreContract {

  @Override
  public void with(Consumer<EventStore> test) {
    Simulation simulation = new Simulation(1, 10_000);
    SimulatedNetwork network = new SimulatedNetwork(simulation, Duration.ofMillis(10), 0, 0);
    EventStore store = new SimulatedCassandra(simulation, network, SimulatedNode.BUCKET_EVENTS);
    simulation.run(() -> test.accept(store));
  }
}

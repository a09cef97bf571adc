package io.parley.message.log;

import java.time.Duration;
import java.util.function.Consumer;

/** Runs a test of a simulated store where nothing goes wrong. */
public final class SimulatedStores {

  private SimulatedStores() {}

  public static void calm(Consumer<SimulatedReplicas> test) {
    Simulation simulation = new Simulation(1, 10_000);
    SimulatedNetwork network = new SimulatedNetwork(simulation, Duration.ofMillis(10), 0, 0);
    simulation.run(() -> test.accept(new SimulatedReplicas(simulation, network)));
  }
}

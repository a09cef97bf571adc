package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import io.parley.systemtests.processes.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One traffic from its start to its last delivery, and what the fleet used meanwhile. */
final class TrafficRun {

  /** For what the fleet does later: about connects, or a delivery that comes again. */
  static final Duration SETTLING = Duration.ofSeconds(1);

  /** How long the last messages of a run may be on their way before they count as lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FleetProcesses fleet;
  private final Pace pace;
  private final Tally tally;
  private final Traffic traffic;
  private long began;
  private Usage before;

  private TrafficRun(FleetProcesses fleet, Pace pace, Tally tally, Traffic traffic, Usage before) {
    this.fleet = fleet;
    this.pace = pace;
    this.tally = tally;
    this.traffic = traffic;
    this.before = before;
  }

  /** Sends from now on. */
  static TrafficRun start(
      List<Conversation> conversations,
      List<LoadSocket> clients,
      Pace pace,
      SocketLoop sockets,
      FleetProcesses fleet)
      throws IOException {
    Tally tally = new Tally(conversations);
    Traffic traffic = new Traffic(conversations, clients, pace, tally);
    sockets.tell(traffic);
    pace.start(traffic);
    return new TrafficRun(fleet, pace, tally, traffic, fleet.usage());
  }

  /** What it hears by. */
  LoadSocket.Listener listener() {
    return traffic;
  }

  /** From now on it is measured. */
  void measure() throws IOException {
    before = fleet.usage();
    began = System.nanoTime();
    tally.measureFrom(began);
  }

  /** Ends measuring and sending, and waits for what is on its way. */
  Measurement end(String name) throws IOException, InterruptedException {
    long ended = System.nanoTime();
    tally.measureTo(ended);
    Usage used = fleet.usage().since(before);
    pace.stop();
    long patience = System.nanoTime() + PATIENCE.toNanos();
    while (!tally.isComplete() && System.nanoTime() < patience) {
      Thread.sleep(20);
    }
    Thread.sleep(SETTLING);
    traffic.failures().forEach(System.out::println);
    used.greatestOthers()
        .forEach(
            other ->
                System.out.printf(
                    Locale.ROOT, "  beside it: %s, %.2f s%n", other.getKey(), other.getValue()));
    Duration measured = Duration.ofNanos(ended - began);
    return new Measurement(name, measured, tally.outcome(), used, fleet.memory());
  }
}

package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import io.parley.systemtests.processes.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Puts load on the fleet of this machine, and prints what became of the messages and what they
 * cost: see {@code scripts/load.sh} and docs/developing.md. Ends with 1 if a message was lost,
 * doubled, out of order, refused or not answered.
 */
public final class Load {

  private static final int IDLE_USERS = 10;

  /** For what the fleet does later: about connects, or a delivery that comes again. */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** How long the last messages of a run may be on their way before they count as lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LoadOptions options;
  private final FleetProcesses fleet;
  private final Population population;

  private Load(LoadOptions options) throws IOException {
    this.options = options;
    int port = options.gateway().getPort();
    this.fleet = new FleetProcesses(port);
    this.population =
        Population.of(new LoadApi(options.gateway()), Path.of(".parley", "load", port + ".json"));
  }

  public static void main(String[] args) throws Exception {
    Load load;
    try {
      load = new Load(LoadOptions.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("load: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(load.run() ? 0 : 1);
  }

  /** False if anything became of a message that should not. */
  private boolean run() throws IOException, InterruptedException {
    try (SocketLoop sockets = new SocketLoop()) {
      if (options.idle() > 0) {
        List<User> users = population.users(IDLE_USERS, options.duration());
        new IdleSockets(sockets, fleet).measure(options.sockets(), users, options.idle());
        return true;
      }
      List<User> users = population.users(options.clients(), options.duration());
      for (Shape shape : options.shapes()) {
        population.conversations(shape, users.size()); // before anybody connects
      }
      List<LoadSocket> clients = connect(sockets, users);
      List<Measurement> runs = new ArrayList<>();
      for (Shape shape : options.shapes()) {
        runs.add(measure(shape, sockets, clients));
      }
      System.out.print(ResultTable.of(runs));
      sockets.ends().stream().limit(3).forEach(end -> System.out.println("socket ended: " + end));
      return runs.stream().allMatch(run -> run.outcome().isFlawless());
    }
  }

  private List<LoadSocket> connect(SocketLoop sockets, List<User> users)
      throws IOException, InterruptedException {
    Usage before = fleet.usage();
    List<LoadSocket> clients = sockets.connect(options.sockets(), users, users.size());
    Thread.sleep(SETTLING);
    Usage used = fleet.usage().since(before);
    System.out.printf(
        Locale.ROOT,
        "%d clients connected, %.2f ms CPU each: %s%n",
        clients.size(),
        used.fleet() * 1000 / clients.size(),
        used.roles().entrySet().stream()
            .filter(role -> role.getValue() > 0)
            .map(
                role ->
                    String.format(
                        Locale.ROOT,
                        "%s %.2f",
                        role.getKey(),
                        role.getValue() * 1000 / clients.size()))
            .collect(Collectors.joining(", ")));
    return clients;
  }

  private Measurement measure(Shape shape, SocketLoop sockets, List<LoadSocket> clients)
      throws IOException, InterruptedException {
    boolean open = options.senders() == 0;
    System.out.printf(
        Locale.ROOT,
        "%s: %s, %d s to warm up, %d s measured%n",
        shape,
        open ? options.rate() + " messages/s" : options.senders() + " senders in each",
        options.warmup().toSeconds(),
        options.measured().toSeconds());
    Pace pace = open ? new OpenLoop(options.rate()) : new ClosedLoop(options.senders());
    Tally tally = new Tally(shape, clients.size());
    List<String> conversations = population.conversations(shape, clients.size());
    Traffic traffic = new Traffic(shape, conversations, clients, pace, tally);
    sockets.tell(traffic);
    pace.start(traffic);
    Thread.sleep(options.warmup());
    Usage before = fleet.usage();
    tally.measureFrom(System.nanoTime());
    Thread.sleep(options.measured());
    tally.measureTo(System.nanoTime());
    Usage used = fleet.usage().since(before);
    pace.stop();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!tally.isComplete() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    Thread.sleep(SETTLING);
    traffic.failures().forEach(System.out::println);
    used.greatestOthers()
        .forEach(
            other ->
                System.out.printf(
                    Locale.ROOT, "  beside it: %s, %.2f s%n", other.getKey(), other.getValue()));
    return new Measurement(shape, tally.outcome(), used, fleet.memory());
  }
}

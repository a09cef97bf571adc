package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import io.parley.systemtests.processes.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Puts load on the fleet of this machine, and prints what became of the messages and what they
 * cost: see {@code scripts/load.sh} and docs/developing.md. Ends with 1 if a message was lost,
 * doubled or out of order, if one was refused or not answered (but in an outage), or somebody did
 * not come back.
 */
public final class Load {

  private static final int IDLE_USERS = 10;

  private final LoadOptions options;
  private final FleetProcesses fleet;
  private final LoadApi api;

  private Load(LoadOptions options) throws IOException {
    this.options = options;
    this.fleet = new FleetProcesses(options.gateway().getPort());
    this.api = new LoadApi(options.gateway());
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
      boolean well;
      if (options.idle() > 0) {
        List<User> users = population("").users(IDLE_USERS, options.duration());
        new IdleSockets(sockets, fleet).measure(options.sockets(), users, options.idle());
        well = true;
      } else if (options.storm()) {
        well = new Storm(options, api, population("-storm"), fleet, sockets).run();
      } else if (options.inboxOf() > 0) {
        well = new LargeInbox(options, api, population("-inbox"), fleet, sockets).run();
      } else if (options.outage().isPresent()) {
        Recovery recovery = new Recovery(options, api, population("-pairs"), fleet, sockets);
        well = recovery.run(options.outage().get());
      } else {
        well = talkInShapes(sockets, population(""));
      }
      sockets.ends().stream().limit(3).forEach(end -> System.out.println("socket ended: " + end));
      return well;
    }
  }

  /**
   * @param ofWhom users of their own, so that one run's conversations are no burden on another's
   */
  private Population population(String ofWhom) throws IOException {
    String name = options.gateway().getPort() + ofWhom + ".json";
    return Population.of(api, Path.of(".parley", "load", name));
  }

  private boolean talkInShapes(SocketLoop sockets, Population population)
      throws IOException, InterruptedException {
    List<User> users = population.users(options.clients(), options.duration());
    for (Shape shape : options.shapes()) {
      population.conversations(shape, users.size()); // before anybody connects
    }
    List<LoadSocket> clients = connect(sockets, users);
    List<Measurement> runs = new ArrayList<>();
    for (Shape shape : options.shapes()) {
      List<Conversation> conversations = population.conversations(shape, clients.size());
      runs.add(measure(shape, conversations, sockets, clients));
    }
    System.out.print(ResultTable.of(runs));
    return runs.stream().allMatch(run -> run.outcome().isFlawless());
  }

  private List<LoadSocket> connect(SocketLoop sockets, List<User> users)
      throws IOException, InterruptedException {
    Usage before = fleet.usage();
    List<LoadSocket> clients = sockets.connect(options.sockets(), users, users.size());
    Thread.sleep(TrafficRun.SETTLING);
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

  private Measurement measure(
      Shape shape, List<Conversation> conversations, SocketLoop sockets, List<LoadSocket> clients)
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
    TrafficRun run = TrafficRun.start(conversations, clients, pace, sockets, fleet);
    Thread.sleep(options.warmup());
    run.measure();
    Thread.sleep(options.measured());
    return run.end(shape.toString());
  }
}

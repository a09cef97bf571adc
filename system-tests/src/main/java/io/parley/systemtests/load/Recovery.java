package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How long after a store's outage it takes until each of many direct conversations has had a send
 * acknowledged again. They send in turn all the time, before, meanwhile and after; beside that, all
 * of them send at once at the moment in which the store is back, and once before the outage, to
 * show what that takes on a good day.
 */
final class Recovery {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LoadOptions options;
  private final LoadApi api;
  private final Population population;
  private final FleetProcesses fleet;
  private final SocketLoop sockets;

  Recovery(
      LoadOptions options,
      LoadApi api,
      Population population,
      FleetProcesses fleet,
      SocketLoop sockets) {
    this.options = options;
    this.api = api;
    this.population = population;
    this.fleet = fleet;
    this.sockets = sockets;
  }

  /**
   * So many pairs of as many, each with its two neighbours: a socket's messages are handled one
   * after the other, so nobody may have many conversations that wait.
   *
   * @return numbers from 0, the lower first
   */
  static List<List<Integer>> pairs(int count) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (int first = 0; first < count - 1; first++) {
      pairs.add(List.of(first, first + 1));
    }
    pairs.add(List.of(0, Math.max(1, count - 1)));
    return pairs;
  }

  /** False if a conversation did not come back. */
  boolean run(Outage outage) throws IOException, InterruptedException {
    List<List<Integer>> pairs = pairs(options.conversations());
    int talking = Math.max(2, pairs.size());
    population.users(talking, options.duration());
    List<String> ids =
        population.made("neighbours", pairs, of -> api.conversation(population.users(of)));
    List<User> users = population.users(talking, options.duration());
    List<Conversation> conversations =
        IntStream.range(0, ids.size())
            .mapToObj(i -> new Conversation(ids.get(i), pairs.get(i)))
            .toList();
    List<LoadSocket> clients = sockets.connect(options.sockets(), users, talking);

    TrafficRun background =
        TrafficRun.start(conversations, clients, new OpenLoop(options.rate()), sockets, fleet);
    background.measure();
    long turn = (long) Math.ceil(conversations.size() / options.rate());
    System.out.printf(
        Locale.ROOT,
        "%d direct conversations of %d users, %.0f messages/s in turn: each sends within %d s%n",
        conversations.size(),
        talking,
        options.rate(),
        turn);
    Thread.sleep(Duration.ofSeconds(turn + 1));
    Table table = new Table();
    table.row(
        "until each is acknowledged", "in time", "p50, s", "p99, s", "max, s", "refusals", "aim");
    boolean before = probe("all at once, before", "", conversations, clients, background, table);
    System.out.printf("outage: %s%n", outage);
    outage.happen(fleet, options.away());
    boolean after =
        probe("all at once, after", "3 s or less", conversations, clients, background, table);
    Measurement all = background.end(outage.toString());
    System.out.print(table);
    Tally.Outcome outcome = all.outcome();
    System.out.printf(
        "of %d messages in turn: %d refused, %d unanswered, %d deliveries lost, %d doubled,"
            + " %d out of order%n",
        outcome.messages(),
        outcome.refused(),
        outcome.unanswered(),
        outcome.lost(),
        outcome.doubled(),
        outcome.disordered());
    return before && after && outcome.lost() + outcome.doubled() + outcome.disordered() == 0;
  }

  private boolean probe(
      String name,
      String aim,
      List<Conversation> conversations,
      List<LoadSocket> clients,
      TrafficRun background,
      Table table)
      throws InterruptedException {
    try (Probe probe = new Probe(conversations, clients)) {
      sockets.tell(
          (client, body) -> {
            background.listener().received(client, body);
            probe.received(client, body);
          });
      probe.start();
      boolean all = probe.await(PATIENCE);
      sockets.tell(background.listener());
      table.row(
          name,
          probe.acks().getTotalCount() + " of " + conversations.size(),
          Table.seconds(probe.acks(), 50),
          Table.seconds(probe.acks(), 99),
          Table.seconds(probe.acks(), 100),
          String.valueOf(probe.refusals()),
          aim);
      return all;
    }
  }
}

package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import io.parley.systemtests.processes.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * What connecting and the inbox cost one who is in thousands of conversations: groups of two, with
 * one message in each that the user has not read. Groups, as a direct conversation needs another
 * user each, and registering takes far longer than making a group.
 */
final class LargeInbox {

  private static final int OTHERS = 20;
  private static final int LARGEST_PAGE = 200;
  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(60);

  /** Until a fleet that was asked for thousands of groups does nothing more about them. */
  private static final Duration AFTER_MAKING = Duration.ofSeconds(10);

  private static final Duration AT_REST = Duration.ofSeconds(5);

  private final LoadOptions options;
  private final LoadApi api;
  private final Population population;
  private final FleetProcesses fleet;
  private final SocketLoop sockets;
  private final Table table = new Table();
  private double usedAtRest;

  LargeInbox(
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

  /** Answers in ms what it took. */
  private interface Step {
    double take() throws IOException, InterruptedException;
  }

  /** False if the inbox as a whole does not show each conversation once. */
  boolean run() throws IOException, InterruptedException {
    User user = withConversations();
    Thread.sleep(options.away());
    Thread.sleep(AFTER_MAKING);
    Usage before = fleet.usage();
    Thread.sleep(AT_REST);
    usedAtRest = fleet.usage().since(before).fleet() / AT_REST.toSeconds();
    table.row(
        options.inboxOf() + " conversations", "times", "p50, ms", "max, ms", "CPU ms each", "aim");
    measure("SUBSCRIBE to RECEIPT, first", 1, "200 ms or less", () -> subscribe(user));
    measure("SUBSCRIBE to RECEIPT, again", 20, "200 ms or less", () -> subscribe(user));
    measure("first page of 50, first", 1, "", () -> page(user, 50));
    measure("first page of 50, again", 20, "", () -> page(user, 50));
    measure("first page of 200", 10, "", () -> page(user, LARGEST_PAGE));
    List<String> ids = new ArrayList<>();
    measure("whole, in pages of 200", 3, "", () -> whole(user, ids));
    System.out.print(table);
    int distinct = new HashSet<>(ids).size();
    System.out.printf("the inbox shows %d conversations, %d distinct%n", ids.size(), distinct);
    return distinct == ids.size() && distinct >= options.inboxOf();
  }

  /** Makes what is missing; the user is the first one. */
  private User withConversations() throws IOException, InterruptedException {
    population.users(1 + OTHERS, options.duration());
    List<List<Integer>> members =
        IntStream.range(0, options.inboxOf()).mapToObj(i -> List.of(1 + i % OTHERS, 0)).toList();
    List<String> groups = population.made("groups", members, of -> api.group(population.users(of)));
    List<User> users = population.users(1 + OTHERS, options.duration());
    population.made(
        "messages",
        IntStream.range(0, groups.size()).boxed().toList(),
        i -> api.say(users.get(1 + i % OTHERS), groups.get(i)));
    return population.users(1, options.duration()).get(0);
  }

  private void measure(String name, int times, String aim, Step step)
      throws IOException, InterruptedException {
    Histogram nanos = new Histogram(3);
    long began = System.nanoTime();
    Usage before = fleet.usage();
    for (int i = 0; i < times; i++) {
      nanos.recordValue(Math.round(step.take() * 1e6));
    }
    Thread.sleep(TrafficRun.SETTLING);
    double used = fleet.usage().since(before).fleet();
    double rest = usedAtRest * (System.nanoTime() - began) / 1e9;
    table.row(
        name,
        String.valueOf(times),
        Table.millis(nanos, 50),
        Table.millis(nanos, 100),
        Table.decimal((used - rest) * 1000 / times),
        aim);
  }

  private double subscribe(User user) throws IOException, InterruptedException {
    try {
      LoadSocket socket =
          sockets
              .connect(options.sockets(), 0, user.accessToken())
              .get(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS);
      double millis = (socket.subscribedAt() - socket.connectedAt()) / 1e6;
      sockets.drop(List.of(socket));
      Thread.sleep(100); // so that the node has noticed
      return millis;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the user could not connect", e);
    }
  }

  private double page(User user, int limit) throws IOException, InterruptedException {
    long began = System.nanoTime();
    api.inbox(user, limit, Optional.empty(), new ArrayList<>());
    return (System.nanoTime() - began) / 1e6;
  }

  private double whole(User user, List<String> ids) throws IOException, InterruptedException {
    ids.clear();
    long began = System.nanoTime();
    Optional<String> cursor = Optional.empty();
    do {
      cursor = api.inbox(user, LARGEST_PAGE, cursor, ids);
    } while (cursor.isPresent());
    return (System.nanoTime() - began) / 1e6;
  }
}

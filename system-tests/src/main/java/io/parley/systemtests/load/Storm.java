package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Many users come back at once, each to many conversations, while others in the same conversations
 * go on talking. Those who stay are the first clients, two in each conversation; only what they
 * send and hear is counted.
 */
final class Storm {

  private static final int STAYING = 20;

  /** Of those who come back, in each conversation. */
  static final int COMING_TO_EACH = 50;

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Of the talking before the drop, so that its own beginning is not measured. */
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  private final LoadOptions options;
  private final LoadApi api;
  private final Population population;
  private final FleetProcesses fleet;
  private final SocketLoop sockets;

  Storm(
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
   * Who of {@code coming} is in which conversation: each in {@code each} of them, each time with
   * others, 50 in a conversation. More of them leaves those that there were as they are.
   *
   * @return numbers from 0, by conversation
   */
  static List<List<Integer>> seats(int coming, int each) {
    List<List<Integer>> seats = new ArrayList<>();
    for (int round = 0; round < each; round++) {
      List<Integer> shuffled = new ArrayList<>(IntStream.range(0, coming).boxed().toList());
      Collections.shuffle(shuffled, new Random(round));
      for (int from = 0; from < coming; from += COMING_TO_EACH) {
        seats.add(List.copyOf(shuffled.subList(from, from + COMING_TO_EACH)));
      }
    }
    return seats;
  }

  /** The two who stay in a conversation: pairs take turns. */
  static List<Integer> staying(int conversation) {
    int first = 2 * conversation % STAYING;
    return List.of(first, first + 1);
  }

  /** False if one did not come, or a message did not fare as it should. */
  boolean run() throws IOException, InterruptedException {
    List<Conversation> conversations = conversations();
    List<User> users = population.users(STAYING + options.clients(), options.duration());
    List<User> coming = users.subList(STAYING, users.size());
    List<LoadSocket> staying = sockets.connect(options.sockets(), users, STAYING);
    List<LoadSocket> crowd = sockets.connect(options.sockets(), coming, coming.size(), STAYING);
    System.out.printf(
        "%d users in %d conversations each are connected, and %d who stay%n",
        coming.size(), options.conversations(), STAYING);

    TrafficRun calm = talk(conversations, staying);
    Thread.sleep(options.warmup());
    calm.measure();
    Thread.sleep(options.measured());
    Measurement before = calm.end("before");

    TrafficRun storm = talk(conversations, staying);
    Thread.sleep(BEGINNING);
    sockets.drop(crowd);
    Thread.sleep(options.away());
    storm.measure();
    Arrivals arrivals =
        Arrivals.start(
            sockets,
            options.sockets(),
            coming,
            STAYING,
            options.inbox() ? Optional.of(api) : Optional.empty());
    boolean allIn = arrivals.await(PATIENCE);
    Measurement during = storm.end("during the storm");

    System.out.print(StormTable.of(before, during, arrivals));
    arrivals
        .failures()
        .forEach((why, times) -> System.out.printf("failed %d times: %s%n", times, why));
    return allIn && before.outcome().isFlawless() && during.outcome().isFlawless();
  }

  private TrafficRun talk(List<Conversation> conversations, List<LoadSocket> staying)
      throws IOException {
    return TrafficRun.start(conversations, staying, new OpenLoop(options.rate()), sockets, fleet);
  }

  /** Makes what is missing. */
  private List<Conversation> conversations() throws IOException, InterruptedException {
    population.users(STAYING + options.clients(), options.duration());
    List<List<Integer>> seats = seats(options.clients(), options.conversations());
    List<List<Integer>> members = new ArrayList<>();
    for (int i = 0; i < seats.size(); i++) {
      List<Integer> both = new ArrayList<>(staying(i));
      seats.get(i).forEach(number -> both.add(STAYING + number));
      members.add(both);
    }
    String among = " among " + options.clients();
    List<String> ids =
        population.made("groups" + among, members, of -> api.group(population.users(of)));
    List<User> users = population.users(STAYING, options.duration());
    population.made(
        "messages" + among,
        IntStream.range(0, ids.size()).boxed().toList(),
        i -> api.say(users.get(staying(i).get(0)), ids.get(i)));
    return IntStream.range(0, ids.size())
        .mapToObj(i -> new Conversation(ids.get(i), staying(i)))
        .toList();
  }
}

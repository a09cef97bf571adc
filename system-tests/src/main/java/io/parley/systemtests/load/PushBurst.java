package io.parley.systemtests.load;

import io.parley.systemtests.load.PushedMessages.Outcome;
import io.parley.systemtests.load.PushedMessages.Sent;
import io.parley.systemtests.processes.FleetProcesses;
import io.parley.systemtests.processes.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A large group is sent to while most of its members are away, each with a device, and while others
 * talk, in pairs of which one is away as well. First only these talk, then the group's pushes go
 * out, then only these again.
 */
final class PushBurst {

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** Without a push of those that are to come. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of the talking, so that what comes with it is not measured. */
  private static final Duration BEGINNING = Duration.ofSeconds(10);

  /** So that the pushes of the last messages can come. */
  private static final Duration LAST_ONES = Duration.ofSeconds(15);

  /** Of CPU a second. */
  private static final double AT_REST = 0.3;

  private static final Duration RESTS_WITHIN = Duration.ofMinutes(5);
  private static final Duration GOOD_FOR = Duration.ofMinutes(12);

  /** As long as FCM's. */
  private static final String TOKEN_END = "x".repeat(120);

  private final PushLoadOptions options;
  private final LoadApi api;
  private final Population population;
  private final FleetProcesses fleet;
  private final SocketLoop sockets;
  private final TakenPushes taken;
  private final PushedMessages messages = new PushedMessages(Clock.systemUTC());
  private volatile boolean talking = true;

  PushBurst(
      PushLoadOptions options,
      LoadApi api,
      Population population,
      FleetProcesses fleet,
      SocketLoop sockets,
      TakenPushes taken) {
    this.options = options;
    this.api = api;
    this.population = population;
    this.fleet = fleet;
    this.sockets = sockets;
    this.taken = taken;
  }

  /** Who is who, by number: those who send, those of the group with a socket, those away. */
  private int author() {
    return options.pairs();
  }

  private int connected() {
    return options.pairs() + options.present();
  }

  private int everybody() {
    return options.pairs() + options.members() + options.pairs();
  }

  /** False if a push was lost or doubled, or a message was not acknowledged. */
  boolean run() throws IOException, InterruptedException {
    String group = group();
    List<String> pairs = pairs();
    devices();
    untilAtRest();
    List<User> users = population.users(connected(), GOOD_FOR);
    List<LoadSocket> clients = sockets.connect(options.gateway(), users, users.size());
    sockets.tell(messages);
    taken.forget();
    untilAtRest();
    System.out.printf("%d are connected; load average %s%n", clients.size(), loadAverage());

    Thread talk = Thread.ofPlatform().daemon().name("talk").start(() -> talk(clients, pairs));
    look(BEGINNING);
    long began = System.nanoTime();
    look(options.calm());
    Usage before = fleet.usage();
    long burst = System.nanoTime();
    List<Sent> toGroup = sendToGroup(clients.get(author()), group);
    long ended = awaitPushes(toGroup);
    Usage during = fleet.usage();
    long calm = System.nanoTime();
    look(options.calm());
    Usage after = fleet.usage();
    long last = System.nanoTime();
    talking = false;
    talk.join();
    look(LAST_ONES);

    System.out.printf("load average %s%n", loadAverage());
    messages.failures().stream().limit(3).forEach(System.out::println);
    PushTable table =
        new PushTable(
            toGroup.stream().map(List::of).map(messages::outcome).toList(),
            messages.outcome(toGroup),
            List.of(
                messages.outcome(messages.between(began, burst, toGroup)),
                messages.outcome(messages.between(burst, ended, toGroup)),
                messages.outcome(messages.between(ended, last, toGroup))),
            after.since(during),
            Duration.ofNanos(last - calm),
            during.since(before),
            Duration.ofNanos(ended - burst));
    System.out.print(table);
    during
        .since(before)
        .greatestOthers()
        .forEach(
            other ->
                System.out.printf(
                    Locale.ROOT, "  beside it: %s, %.2f s%n", other.getKey(), other.getValue()));
    return isFlawless(toGroup, messages.between(began, last, toGroup));
  }

  private boolean isFlawless(List<Sent> toGroup, List<Sent> others) {
    Outcome group = messages.outcome(toGroup);
    Outcome pairs = messages.outcome(others);
    long wanted = (long) toGroup.size() * options.absent() + others.size();
    long got = group.pushes().getTotalCount() + pairs.pushes().getTotalCount();
    long doubled = group.doubled() + pairs.doubled();
    long unacknowledged = group.unacknowledged() + pairs.unacknowledged();
    System.out.printf(
        "%d pushes were to come, %d did, %d twice; %d messages were not acknowledged%n",
        wanted, got, doubled, unacknowledged);
    return wanted == got && doubled == 0 && unacknowledged == 0;
  }

  // --- what has to be there -------------------------------------------------------------------

  private String group() throws IOException, InterruptedException {
    List<Integer> members =
        IntStream.range(author(), author() + options.members()).boxed().toList();
    String what = "group of " + options.members();
    if (!population.hasMade(what, 1)) {
      population.users(everybody(), GOOD_FOR);
    }
    String id =
        population.made(what, List.of(members), of -> api.group(population.users(of))).get(0);
    if (!population.hasMade("message in " + what, 1)) {
      User author = population.users(author() + 1, GOOD_FOR).get(author());
      population.made("message in " + what, List.of(id), to -> api.say(author, to));
    }
    return id;
  }

  private List<String> pairs() throws IOException, InterruptedException {
    int absent = author() + options.members();
    List<List<Integer>> pairs =
        IntStream.range(0, options.pairs()).mapToObj(i -> List.of(i, absent + i)).toList();
    String what = "pairs beside " + options.members();
    if (!population.hasMade(what, pairs.size())) {
      population.users(everybody(), GOOD_FOR);
    }
    return population.made(what, pairs, of -> api.conversation(population.users(of)));
  }

  /** Of all who are away. */
  private void devices() throws IOException, InterruptedException {
    List<Integer> absent = IntStream.range(connected(), everybody()).boxed().toList();
    String what = "devices behind " + connected();
    if (!population.hasMade(what, absent.size())) {
      population.users(everybody(), GOOD_FOR);
      population.made(
          what,
          absent,
          number -> {
            User user = population.users(List.of(number)).get(0);
            return api.device(user, "load-" + user.id() + "-" + TOKEN_END);
          });
    }
  }

  /** What the fleet was asked for before may still keep it busy. */
  private void untilAtRest() throws IOException, InterruptedException {
    long patience = System.nanoTime() + RESTS_WITHIN.toNanos();
    double used = Double.MAX_VALUE;
    while (used > AT_REST * 5 && System.nanoTime() < patience) {
      Usage before = fleet.usage();
      Thread.sleep(Duration.ofSeconds(5));
      used = fleet.usage().since(before).fleet();
    }
  }

  // --- what is done ---------------------------------------------------------------------------

  private void talk(List<LoadSocket> clients, List<String> pairs) {
    long start = System.nanoTime();
    for (long n = 0; talking; n++) {
      long intended = OpenLoop.intended(start, n, options.rate());
      for (long left = intended - System.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = intended - System.nanoTime();
      }
      int pair = (int) (n % pairs.size());
      messages.send(clients.get(pair), pairs.get(pair), intended);
    }
  }

  private List<Sent> sendToGroup(LoadSocket author, String group)
      throws IOException, InterruptedException {
    List<Sent> sent = new ArrayList<>();
    for (int i = 0; i < options.messages(); i++) {
      if (i > 0) {
        look(options.every());
      }
      sent.add(messages.send(author, group, System.nanoTime()));
    }
    return sent;
  }

  /** Takes what comes for so long. */
  private void look(Duration during) throws IOException, InterruptedException {
    long end = System.nanoTime() + during.toNanos();
    for (long left = during.toNanos(); left > 0; left = end - System.nanoTime()) {
      Thread.sleep(Duration.ofNanos(Math.min(left, BETWEEN_LOOKS.toNanos())));
      messages.taken(taken.next());
    }
  }

  /** When the last of them was taken. */
  private long awaitPushes(List<Sent> toGroup) throws IOException, InterruptedException {
    long wanted = (long) toGroup.size() * options.absent();
    long seen = -1;
    long seenAt = System.nanoTime();
    while (seen < wanted && System.nanoTime() - seenAt < PATIENCE.toNanos()) {
      look(BETWEEN_LOOKS);
      long now = messages.pushesOf(toGroup);
      if (now > seen) {
        seen = now;
        seenAt = System.nanoTime();
      }
    }
    return messages.lastPushOf(toGroup);
  }

  private static String loadAverage() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }
}

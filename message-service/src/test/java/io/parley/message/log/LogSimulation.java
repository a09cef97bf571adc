package io.parley.message.log;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.SimulatedNode.Variant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log's argument (ADR 0003) under misfortune: three nodes, clients that send and send again,
 * readers that catch up and that begin at the head, and everything that may go wrong. One seed is
 * one course of events. What is checked:
 *
 * <ul>
 *   <li>an acknowledged event is in the log once, at its place, and a repeat is answered alike;
 *   <li>of events that are appended together none overtakes another;
 *   <li>all readers see one order, and it is that of the log in the end;
 *   <li>no reader begins behind an event that it has not seen and that comes later;
 *   <li>message counts never fall, and no message is without one of its own;
 *   <li>in the end everything heals: each node takes an event, and shows all.
 * </ul>
 */
final class LogSimulation {

  private static final int NODES = 3;
  private static final int CLIENTS = 4;
  private static final int READERS = 2;
  private static final int EVENTS_OF_A_CLIENT = 6;
  private static final int ATTEMPTS = 12;
  private static final long MAX_STEPS = 400_000;

  private record Place(ConversationId conversation, long seq) {}

  private record Begun(ConversationId conversation, long head, long at) {}

  private final long seed;
  private final Variant variant;
  private final Simulation simulation;
  private final Random random;
  private final SimulatedNetwork network;
  private final SimulatedCassandra cassandra;
  private final List<ConversationId> conversations = new ArrayList<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Simulation.Process outside = new Simulation.Process();
  private final Map<EventId, Long> acknowledged = new HashMap<>();
  private final Map<EventId, ConversationId> drafted = new HashMap<>();
  private final Map<Place, EventId> seen = new HashMap<>();
  private final Set<Place> passedOver = new HashSet<>();
  private final List<Begun> begun = new ArrayList<>();
  private final Duration lease;
  private SimulatedRedis redis;
  private SimulatedRedis snapshot;
  private int sending = CLIENTS;
  private long quietUntil;
  private boolean calm;

  /**
   * @param told whether what happens is printed
   */
  LogSimulation(long seed, Variant variant, boolean told) {
    this.seed = seed;
    this.variant = variant;
    this.simulation = new Simulation(seed, MAX_STEPS, told);
    this.random = simulation.random;
    this.network =
        new SimulatedNetwork(
            simulation, Duration.ofMillis(pick(1, 5, 30, 150)), pick(0, 3, 20), pick(0, 5, 30));
    this.cassandra =
        variant == Variant.OPENER_LEAVES_NO_NOTICE
            ? new SimulatedCassandra(simulation, network, SimulatedNode.BUCKET_EVENTS) {
              @Override
              public void noteOpening(UUID node, long micros) {
                // nothing
              }
            }
            : new SimulatedCassandra(simulation, network, SimulatedNode.BUCKET_EVENTS);
    this.redis =
        new SimulatedRedis(simulation, SimulatedNode.REMEMBERED, random.nextLong(1_000_000_000L));
    this.snapshot = redis.copy();
    this.lease = Duration.ofMillis(pick(100, 250, 2_000));
    conversations.add(new ConversationId(new UUID(random.nextLong(), random.nextLong())));
    conversations.add(new ConversationId(new UUID(random.nextLong(), random.nextLong())));
  }

  private int pick(int... of) {
    return of[random.nextInt(of.length)];
  }

  /**
   * @throws AssertionError when what is promised did not hold
   */
  void run() {
    try {
      simulation.run(this::direct);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "seed "
              + seed
              + " of "
              + variant
              + ": "
              + e.getMessage()
              + " (scripts/simulate.sh 1 "
              + seed
              + ")",
          e);
    }
  }

  long steps() {
    return simulation.steps();
  }

  private void direct() {
    for (int i = 0; i < NODES; i++) {
      nodes.add(node());
    }
    for (int i = 0; i < CLIENTS; i++) {
      UserId author = new UserId(new UUID(random.nextLong(), random.nextLong()));
      simulation.start("client-" + i, outside, () -> send(author));
    }
    for (int i = 0; i < READERS; i++) {
      simulation.start("reader-" + i, outside, this::readOn);
    }
    simulation.start("misfortune", outside, this::misfortune);
    while (sending > 0) {
      simulation.sleep(millis(500));
    }
    calm = true;
    network.calmDown();
    for (int i = 0; i < NODES; i++) {
      if (nodes.get(i).isDead()) {
        nodes.set(i, node());
      }
      nodes.get(i).redis.connect(redis);
      simulation.sleepUntilThawed(nodes.get(i));
    }
    // What is still under way comes to its end.
    simulation.sleep(millis(20_000));
    settle();
    conversations.forEach(this::check);
  }

  private SimulatedNode node() {
    return new SimulatedNode(
        simulation, variant, cassandra, new SimulatedRedis.Connection(network, redis), lease);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  // --- clients ---------------------------------------------------------------------------------

  private void send(UserId author) {
    for (int i = 0; i < EVENTS_OF_A_CLIENT; i++) {
      if (random.nextInt(6) == 0) {
        sendTogether(author, "m" + i);
        continue;
      }
      ConversationId conversation = conversations.get(random.nextInt(5) == 0 ? 1 : 0);
      String key = "m" + i;
      LogEvent.Kind kind = random.nextInt(4) == 0 ? LogEvent.Kind.MEMBERS : LogEvent.Kind.MESSAGE;
      EventLog.Draft draft = draft(conversation, author, key, kind, 0);
      drafted.put(draft.id(), conversation);
      boolean done = false;
      for (int attempt = 0; attempt < ATTEMPTS && !done && !calm; attempt++) {
        CompletableFuture<Boolean> other =
            random.nextInt(6) == 0 ? call(anyNode(), node -> append(node, draft)) : null;
        EventLog.Draft tried = draft(conversation, author, key, kind, attempt);
        CompletableFuture<Boolean> call = call(anyNode(), node -> append(node, tried));
        done = await(call, millis(500 + random.nextInt(8_000))) != null;
        done |= other != null && await(other, millis(100)) != null;
        pause(done ? 300 : 1_500);
      }
    }
    sending--;
  }

  private void sendTogether(UserId author, String key) {
    ConversationId conversation = conversations.get(random.nextInt(5) == 0 ? 1 : 0);
    int many = 2 + random.nextInt(2);
    boolean done = false;
    for (int attempt = 0; attempt < ATTEMPTS && !done && !calm; attempt++) {
      List<EventLog.Draft> drafts = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        drafts.add(draft(conversation, author, key + "." + i, LogEvent.Kind.MEMBERS, attempt));
        drafted.put(drafts.get(i).id(), conversation);
      }
      CompletableFuture<Boolean> other =
          random.nextInt(6) == 0 ? call(anyNode(), node -> appendTogether(node, drafts)) : null;
      CompletableFuture<Boolean> call = call(anyNode(), node -> appendTogether(node, drafts));
      done = await(call, millis(500 + random.nextInt(8_000))) != null;
      done |= other != null && await(other, millis(100)) != null;
      pause(done ? 300 : 1_500);
    }
  }

  private boolean appendTogether(SimulatedNode node, List<EventLog.Draft> drafts) {
    List<LogEvent> events = node.log.appendOnce(drafts);
    expect(events.size() == drafts.size(), "another number of events was acknowledged");
    for (int i = 0; i < events.size(); i++) {
      acknowledged(drafts.get(i), events.get(i));
      expect(
          i == 0 || events.get(i).seq() > events.get(i - 1).seq(),
          events.get(i).seq() + " was overtaken");
    }
    return true;
  }

  /** The same words each time, and something else that is found out about them. */
  private static EventLog.Draft draft(
      ConversationId conversation, UserId author, String key, LogEvent.Kind kind, int attempt) {
    return new EventLog.Draft(
        conversation, author, key, kind, "{\"found\":" + attempt + "}", payload -> "{}");
  }

  private boolean append(SimulatedNode node, EventLog.Draft draft) {
    acknowledged(draft, node.log.append(draft).event());
    return true;
  }

  private void acknowledged(EventLog.Draft draft, LogEvent event) {
    expect(event.id().equals(draft.id()), "another event was acknowledged");
    simulation.tell(() -> "acknowledged " + event.conversation() + " seq " + event.seq());
    Long before = acknowledged.putIfAbsent(event.id(), event.seq());
    expect(
        before == null || before == event.seq(),
        "acknowledged at " + before + " and at " + event.seq());
  }

  private void readOn() {
    ConversationId conversation = conversations.get(random.nextInt(5) == 0 ? 1 : 0);
    long cursor = 0;
    while (!calm) {
      pause(800);
      switch (random.nextInt(12)) {
        case 0 -> {
          Long head = await(call(anyNode(), node -> head(node, conversation)), millis(4_000));
          cursor = head == null ? cursor : head;
        }
        case 1 -> {
          int limit = 1 + random.nextInt(20);
          long before = random.nextBoolean() ? Long.MAX_VALUE : cursor + 1;
          await(
              call(
                  anyNode(),
                  node ->
                      sawBack(
                          conversation,
                          node.reader.readBefore(conversation, before, limit).reversed())),
              millis(4_000));
        }
        default -> {
          long from = cursor + 1;
          int limit = 1 + random.nextInt(7);
          Long last =
              await(call(anyNode(), node -> read(node, conversation, from, limit)), millis(4_000));
          cursor = last == null ? cursor : last;
        }
      }
    }
  }

  private long head(SimulatedNode node, ConversationId conversation) {
    LogHead head = node.reader.head(conversation);
    if (head == null) {
      return 0;
    }
    saw(conversation, head.seq(), head.id());
    begun.add(new Begun(conversation, head.seq(), simulation.nanos()));
    return head.seq();
  }

  /** Returns the last seq read, or the one before the first. */
  private long read(SimulatedNode node, ConversationId conversation, long from, int limit) {
    List<LogEvent> events = node.reader.read(conversation, from, limit);
    expect(events.isEmpty() || events.get(0).seq() == from, "read has a gap at its beginning");
    sawAll(conversation, events);
    return from - 1 + events.size();
  }

  /** Going back, a void may be missing whose row is not written yet. */
  private boolean sawBack(ConversationId conversation, List<LogEvent> events) {
    for (int i = 0; i < events.size(); i++) {
      saw(events.get(i));
      for (long seq = i == 0 ? Long.MAX_VALUE : events.get(i - 1).seq() + 1;
          seq < events.get(i).seq();
          seq++) {
        passedOver.add(new Place(conversation, seq));
      }
    }
    return true;
  }

  private boolean sawAll(ConversationId conversation, List<LogEvent> events) {
    for (int i = 0; i < events.size(); i++) {
      LogEvent event = events.get(i);
      expect(event.conversation().equals(conversation), "an event of another conversation");
      saw(event);
      if (i > 0) {
        LogEvent before = events.get(i - 1);
        expect(event.seq() == before.seq() + 1, "a gap before " + event.seq());
        expect(event.messageCount() >= before.messageCount(), "the count falls at " + event.seq());
        expect(
            event.kind() != LogEvent.Kind.MESSAGE || event.messageCount() > before.messageCount(),
            "message " + event.seq() + " is not counted");
      }
    }
    return true;
  }

  private void saw(LogEvent event) {
    saw(event.conversation(), event.seq(), event.id());
  }

  private void saw(ConversationId conversation, long seq, EventId id) {
    simulation.tell(() -> "seen " + conversation + " seq " + seq + ": " + id);
    EventId before = seen.putIfAbsent(new Place(conversation, seq), id);
    expect(before == null || before.equals(id), "two events were seen at " + seq);
  }

  private void pause(int millis) {
    simulation.sleep(random.nextLong(millis(millis)));
    if (quietUntil > simulation.nanos()) {
      simulation.sleep(quietUntil - simulation.nanos());
    }
  }

  // --- calls -----------------------------------------------------------------------------------

  private SimulatedNode anyNode() {
    return nodes.get(random.nextInt(NODES));
  }

  private interface Call<T> {
    T on(SimulatedNode node);
  }

  /** Done by a thread of the node; refused calls and dead nodes never answer. */
  private <T> CompletableFuture<T> call(SimulatedNode node, Call<T> call) {
    return simulation.call(
        node,
        () -> {
          try {
            return call.on(node);
          } catch (ProblemException e) {
            expect(e.type() != LogProblem.CLIENT_MESSAGE_ID_REUSED, "a repeat was refused");
            throw e;
          }
        });
  }

  private <T> @Nullable T await(CompletableFuture<T> answer, long timeout) {
    return simulation.await(answer, timeout);
  }

  // --- misfortune ------------------------------------------------------------------------------

  private void misfortune() {
    int blows = random.nextInt(12);
    for (int i = 0; i < blows && !calm; i++) {
      pause(2_500);
      int n = random.nextInt(NODES);
      SimulatedNode node = nodes.get(n);
      switch (random.nextInt(11)) {
        case 0, 1 -> simulation.freeze(node, millis(random.nextInt(6_000)));
        case 2 -> node.pace.suspend(millis(random.nextInt(10_000)));
        case 3 -> {
          simulation.kill(node);
          pause(1_000);
          nodes.set(n, node());
        }
        case 4 -> redis.flush();
        case 5 -> snapshot = copy(redis);
        case 6 -> {
          redis = copy(snapshot);
          nodes.forEach(each -> each.redis.connect(redis));
        }
        case 7 -> {
          // The former primary goes on answering those who have not heard.
          redis = copy(random.nextBoolean() ? redis : snapshot);
          for (SimulatedNode each : nodes) {
            if (random.nextBoolean()) {
              each.redis.connect(redis);
            }
          }
          pause(3_000);
          nodes.forEach(each -> each.redis.connect(redis));
        }
        case 8, 9 -> call(node, on -> closeHoles(on, conversations.get(0)));
        default -> {
          if (random.nextInt(4) == 0) {
            if (random.nextBoolean()) {
              node.pace.suspend(millis(1_000L * random.nextInt(1_200)));
            }
            quietUntil = simulation.nanos() + millis(1_000L * random.nextInt(1_200));
          }
        }
      }
    }
  }

  private SimulatedRedis copy(SimulatedRedis of) {
    return variant == Variant.COUNTER_OF_ANOTHER_REDIS ? of.copyThatCanNotTell() : of.copy();
  }

  private static boolean closeHoles(SimulatedNode node, ConversationId conversation) {
    node.opening.closeHoles(conversation);
    return true;
  }

  // --- the end ---------------------------------------------------------------------------------

  /** Each node takes an event of each conversation, though perhaps not at once. */
  private void settle() {
    UserId last = new UserId(new UUID(random.nextLong(), random.nextLong()));
    for (ConversationId conversation : conversations) {
      for (SimulatedNode node : nodes) {
        EventLog.Draft draft =
            new EventLog.Draft(
                conversation, last, "end" + nodes.indexOf(node), LogEvent.Kind.MESSAGE, "{}");
        drafted.put(draft.id(), conversation);
        eventually(
            "a node takes nothing any more",
            () -> await(call(node, on -> append(on, draft)), millis(60_000)) != null);
      }
    }
  }

  private void eventually(String what, Supplier<Boolean> done) {
    for (int i = 0; i < 30; i++) {
      if (done.get()) {
        return;
      }
      simulation.sleep(millis(1_000));
    }
    throw new AssertionError(what);
  }

  private void check(ConversationId conversation) {
    Set<EventId> own = new HashSet<>();
    acknowledged.forEach(
        (id, seq) -> {
          if (conversation.equals(drafted.get(id))) {
            own.add(id);
          }
        });
    List<LogEvent> log = List.of();
    for (SimulatedNode node : nodes) {
      List<LogEvent> all = new ArrayList<>();
      eventually(
          "a reader is stuck before an acknowledged event",
          () -> {
            all.clear();
            List<LogEvent> page =
                await(call(node, on -> on.reader.read(conversation, 1, 1_000)), millis(60_000));
            all.addAll(page == null ? List.of() : page);
            Set<EventId> missing = new HashSet<>(own);
            all.forEach(event -> missing.remove(event.id()));
            return missing.isEmpty();
          });
      expect(all.get(0).seq() == 1, "the log does not begin with 1");
      sawAll(conversation, all);
      log = all;
    }
    Map<EventId, Long> places = new HashMap<>();
    for (LogEvent event : log) {
      expect(
          event.kind() == LogEvent.Kind.VOID
              || !passedOver.contains(new Place(conversation, event.seq())),
          "a reader passed over " + event.seq());
      expect(places.put(event.id(), event.seq()) == null, event.seq() + " is a double");
      expect(
          event.kind() == LogEvent.Kind.VOID || conversation.equals(drafted.get(event.id())),
          "nobody sent " + event.seq());
    }
    for (EventId id : own) {
      long seq = requireNonNull(acknowledged.get(id));
      expect(
          Long.valueOf(seq).equals(places.get(id)),
          "acknowledged at " + seq + ", in the log at " + places.get(id));
    }
    for (Begun reader : begun) {
      for (LogEvent event : log) {
        expect(
            !reader.conversation().equals(conversation)
                || event.kind() == LogEvent.Kind.VOID
                || event.seq() > reader.head()
                || cassandra.writtenAt(event) <= reader.at(),
            "a reader began at " + reader.head() + ", and then came " + event.seq());
      }
    }
  }

  private static void expect(boolean held, String otherwise) {
    if (!held) {
      throw new AssertionError(otherwise);
    }
  }

  /** What goes wrong here is meant to. */
  static void logNothing(boolean nothing) {
    Logger logger = (Logger) LoggerFactory.getLogger(LogSimulation.class.getPackageName());
    logger.setLevel(nothing ? Level.OFF : null);
  }
}

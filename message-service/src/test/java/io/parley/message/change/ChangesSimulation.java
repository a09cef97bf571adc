package io.parley.message.change;

import static java.util.Objects.requireNonNull;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.change.SimulatedFeatures.Variant;
import io.parley.message.log.LogEvent;
import io.parley.message.log.SimulatedCassandra;
import io.parley.message.log.SimulatedNetwork;
import io.parley.message.log.SimulatedNode;
import io.parley.message.log.SimulatedRedis;
import io.parley.message.log.Simulation;
import io.parley.message.mention.SimulatedMentions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What changes messages (ADR 0016, 0018, 0019, 0020) under misfortune: nodes on which users send,
 * reply, edit, delete, react and pin, and that die between any two writes. Others take over what
 * they owed. In the end each view is what the log says when it is read from the beginning.
 *
 * <p>Not checked, as it is not promised:
 *
 * <ul>
 *   <li>Where Redis may lose everything, nobody gives up: an event whose note is lost is applied by
 *       the repeat (ADR 0018). Where the message was deleted before that, the repeat is refused:
 *       the text stays in that EDITED event, and the reaction is not noted, which nobody is shown;
 *       a pin is found by whoever pins next ({@link Misfortune#FORGETFUL} only).
 *   <li>A message is acknowledged when it is in the log, even if its thread's and mentions' rows
 *       could not be written: its node owes them. If that node dies before it could, and Redis has
 *       lost its note, nobody writes them ({@link Misfortune#FORGETFUL} only).
 *   <li>Who gives up deleting may leave a decision that nobody carries out (ADR 0016, step 1): the
 *       message stays, while counts do without it.
 *   <li>No more events come than Redis remembers (ADR 0019, limits), and whom a text mentions is
 *       found alike by all who store it.
 * </ul>
 */
final class ChangesSimulation {

  /** What may go wrong. */
  enum Misfortune {
    /** Nothing but what is asked for. */
    NONE,
    /** Nodes die and stand still, stores do not answer; Redis keeps what it has. */
    USUAL,
    /** Also Redis loses what it has, or comes back with old data. */
    FORGETFUL
  }

  /** Where about a write of the first node it dies. */
  enum Moment {
    BEFORE,
    /** One replica gets it. */
    IN_THE_MIDST,
    AFTER
  }

  /**
   * @param write of the first node, from 1
   */
  record Crash(int write, Moment moment) {}

  /**
   * What a user wants.
   *
   * @param call on a node; returns what must be so in the log then
   */
  private record Wish(String name, boolean isDeletion, Call call) {}

  private interface Call {
    Consumer<ChangesFold> on(SimulatedFeatures node);
  }

  private static final int NODES = 3;
  private static final int USERS = 3;
  private static final int WISHES = 7;
  private static final int ATTEMPTS = 12;
  private static final int MAX_KINDS = 3;
  private static final int MAX_PINS = 2;
  private static final long MAX_STEPS = 1_000_000;
  private static final long DEAD_AFTER = TimeUnit.SECONDS.toNanos(10);
  private static final List<String> EMOJI = List.of("a", "b", "c", "d", "e");

  private final Variant variant;
  private final Misfortune misfortune;
  private final @Nullable Crash crash;
  private final boolean repeats;
  private final Simulation simulation;
  private final Random random;
  private final SimulatedNetwork network;
  private final SimulatedCassandra cassandra;
  private final SimulatedFeatures.Stores stores;
  private final ConversationId conversation;
  private final List<UserId> users = new ArrayList<>();
  private final List<SimulatedFeatures> nodes = new ArrayList<>();

  /** All that ever were. */
  private final List<SimulatedFeatures> lives = new ArrayList<>();

  private final Simulation.Process outside = new Simulation.Process();

  /** Acknowledged messages and their authors, by seq. */
  private final TreeMap<Long, UserId> sent = new TreeMap<>();

  private final List<Consumer<ChangesFold>> claims = new ArrayList<>();
  private final Duration lease;
  private SimulatedRedis redis;
  private SimulatedRedis snapshot;
  private int wishing;
  private int writes;
  private boolean abandonedDeletion;
  private boolean calm;
  private boolean over;

  /** Users at once, in a course that follows from the seed. */
  ChangesSimulation(long seed, Variant variant, Misfortune misfortune, boolean told) {
    this(seed, variant, misfortune, null, true, told);
  }

  /**
   * One thing after the other on the first node, and on the second once that is dead.
   *
   * @param crash where the first node dies; null: nowhere
   * @param repeats whether what had no answer is asked for again
   */
  ChangesSimulation(Variant variant, @Nullable Crash crash, boolean repeats, boolean told) {
    this(1, variant, Misfortune.NONE, crash, repeats, told);
  }

  private ChangesSimulation(
      long seed,
      Variant variant,
      Misfortune misfortune,
      @Nullable Crash crash,
      boolean repeats,
      boolean told) {
    this.variant = variant;
    this.misfortune = misfortune;
    this.crash = crash;
    this.repeats = repeats;
    this.simulation = new Simulation(seed, MAX_STEPS, told);
    this.random = simulation.random;
    this.network =
        misfortune == Misfortune.NONE
            ? new SimulatedNetwork(simulation, Duration.ofMillis(5), 0, 0)
            : new SimulatedNetwork(
                simulation, Duration.ofMillis(pick(1, 5, 30)), pick(0, 3), pick(0, 5, 20));
    this.cassandra = new SimulatedCassandra(simulation, network, SimulatedNode.BUCKET_EVENTS);
    this.stores = SimulatedFeatures.Stores.on(cassandra.replicas(), variant);
    this.redis =
        new SimulatedRedis(simulation, SimulatedNode.REMEMBERED, random.nextLong(1_000_000_000L));
    this.snapshot = redis.copy();
    this.lease = Duration.ofMillis(pick(100, 250, 2_000));
    this.conversation = new ConversationId(new UUID(random.nextLong(), random.nextLong()));
    for (int i = 0; i < USERS; i++) {
      users.add(new UserId(new UUID(random.nextLong(), random.nextLong())));
    }
    network.tell(new Writes());
  }

  private int pick(int... of) {
    return of[random.nextInt(of.length)];
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /**
   * @throws AssertionError when what is promised did not hold
   */
  void run() {
    simulation.run(this::direct);
  }

  long steps() {
    return simulation.steps();
  }

  /** How often the first node changed something in a store. */
  int writes() {
    return writes;
  }

  private void direct() {
    for (int i = 0; i < NODES; i++) {
      nodes.add(node());
    }
    simulation.start("takeovers", outside, this::takeOverTheDead);
    if (misfortune == Misfortune.NONE) {
      script();
    } else {
      wishing = USERS;
      for (UserId user : users) {
        simulation.start("user-" + users.indexOf(user), outside, () -> wish(user));
      }
      simulation.start("misfortune", outside, this::goWrong);
      long end = simulation.nanos() + millis(45_000);
      while (wishing > 0 && simulation.nanos() < end) {
        simulation.sleep(millis(500));
      }
      calmDown();
      while (wishing > 0) {
        simulation.sleep(millis(500));
      }
    }
    check();
    over = true;
  }

  private void calmDown() {
    calm = true;
    network.calmDown();
    for (int i = 0; i < NODES; i++) {
      if (nodes.get(i).node.isDead()) {
        nodes.set(i, node());
      }
      nodes.get(i).node.redis.connect(redis);
      simulation.sleepUntilThawed(nodes.get(i).node);
    }
    // What is still under way comes to its end.
    simulation.sleep(millis(20_000));
  }

  // --- nodes -----------------------------------------------------------------------------------

  private SimulatedFeatures node() {
    SimulatedNode log =
        new SimulatedNode(
            simulation,
            SimulatedNode.Variant.SOUND,
            cassandra,
            new SimulatedRedis.Connection(network, redis),
            lease);
    SimulatedFeatures node = new SimulatedFeatures(variant, log, stores, this::announced);
    lives.add(node);
    node.beat = simulation.nanos();
    simulation.start("beat", log, () -> beat(node));
    simulation.start("notes", log, () -> settle(node));
    return node;
  }

  private void beat(SimulatedFeatures node) {
    while (!over) {
      node.beat = simulation.nanos();
      if (node.takenOver) {
        node.takenOver = false;
        node.notes.forgotten();
      }
      simulation.sleep(millis(1_000));
    }
  }

  private void settle(SimulatedFeatures node) {
    while (!over) {
      simulation.sleep(millis(3_000));
      node.notes.settle();
    }
  }

  private void takeOverTheDead() {
    while (!over) {
      simulation.sleep(millis(3_000));
      for (SimulatedFeatures life : List.copyOf(lives)) {
        if (!life.takenOver && life.beat + DEAD_AFTER < simulation.nanos()) {
          takeOver(life);
        }
      }
    }
  }

  private void takeOver(SimulatedFeatures dead) {
    SimulatedFeatures by = nodes.get(random.nextInt(NODES));
    if (by != dead && !by.node.isDead()) {
      Boolean done =
          simulation.await(
              simulation.call(by.node, () -> by.notes.takeOver(dead.id())), millis(20_000));
      if (Boolean.TRUE.equals(done)) {
        simulation.tell(() -> "taken over from node " + lives.indexOf(dead));
        dead.takenOver = true;
      }
    }
  }

  /** Writes of the first node are counted; it may die over one. */
  private final class Writes implements SimulatedNetwork.Writes {

    private final ThreadLocal<Integer> under = ThreadLocal.withInitial(() -> 0);

    private boolean isAt(Moment moment) {
      return crash != null && crash.moment() == moment && crash.write() == under.get();
    }

    @Override
    public void before() {
      if (simulation.process() != lives.getFirst().node) {
        return;
      }
      under.set(++writes);
      if (isAt(Moment.BEFORE)) {
        simulation.crash();
      }
    }

    @Override
    public int reach(int replicas) {
      return isAt(Moment.IN_THE_MIDST) ? 1 : replicas;
    }

    @Override
    public void after() {
      if (isAt(Moment.AFTER)) {
        simulation.crash();
      }
    }
  }

  /** Nobody is told of a change that a reload would not show. */
  private void announced(SimulatedFeatures by, LogEvent event) {
    network.writes().before();
    simulation.tell(() -> "node " + lives.indexOf(by) + " announces " + event.toJson());
    SimulatedFeatures other = nodes.get(random.nextInt(NODES));
    if (misfortune == Misfortune.NONE || random.nextInt(4) == 0) {
      simulation.call(
          other.node,
          () -> {
            reload(other, event);
            return true;
          });
    }
    network.writes().after();
  }

  private void reload(SimulatedFeatures node, LogEvent told) {
    LogEvent event = node.node.reader.at(conversation, told.seq());
    expect(event != null && event.id().equals(told.id()), told.seq() + " is not there");
    if (!told.kind().hasTarget()) {
      return;
    }
    LogEvent target = requireNonNull(node.node.reader.at(conversation, told.target()));
    switch (told.kind()) {
      case EDITED ->
          expect(
              target.isDeleted() || target.version() >= told.seq(),
              "told of edit " + told.seq() + " that is not to be seen");
      case REACTED ->
          expect(
              versionOf(node.reactions.seen(target, List.of(), List.of())) >= told.seq(),
              "told of reactions " + told.seq() + " that are not to be seen");
      default ->
          expect(
              versionOf(node.pins.seen(conversation)) >= told.seq(),
              "told of pin " + told.seq() + " that is not to be seen");
    }
  }

  private static long versionOf(String seen) {
    return Long.parseLong(seen.substring(0, seen.indexOf(' ')));
  }

  // --- wishes ----------------------------------------------------------------------------------

  /** A little of everything. */
  private void script() {
    UserId ann = users.get(0);
    UserId ben = users.get(1);
    UserId cleo = users.get(2);
    List<Wish> wishes =
        List.of(
            send(ann, "m1", null, ben, false),
            send(ben, "m2", 1L, null, true),
            edit(ann, 1, "second", cleo, false),
            edit(ben, 2, "other", null, false),
            react(ben, 1, "a", true),
            react(ann, 1, "b", true),
            react(ben, 1, "a", false),
            pin(ann, 1, true),
            pin(ben, 2, true),
            pin(ann, 1, false),
            delete(ben, 2),
            edit(ann, 1, "third", null, true),
            react(cleo, 1, "c", true),
            delete(cleo, 1),
            send(cleo, "m3", 1L, ann, false));
    for (Wish wish : wishes) {
      while (!tried(wish, nodes.getFirst().node.isDead() ? nodes.get(1) : nodes.getFirst(), 15_000)
          && repeats) {
        simulation.tell(() -> wish.name() + " again");
      }
      if (crash != null) {
        simulation.sleep(millis(1_000));
      }
    }
    if (crash != null) {
      // Until what the dead node owed is done.
      simulation.sleep(millis(30_000));
    }
  }

  private void wish(UserId user) {
    boolean patient = misfortune == Misfortune.FORGETFUL || random.nextInt(3) > 0;
    for (int i = 0; i < WISHES; i++) {
      Wish wish = wish(user, i);
      boolean done = false;
      for (int attempt = 0; !done && (patient || attempt < ATTEMPTS / 4); attempt++) {
        if (random.nextInt(6) == 0) {
          // Another device of this user, that wants the same.
          SimulatedFeatures other = anyNode();
          simulation.call(other.node, () -> noted(wish, wish.call().on(other)));
        }
        done = tried(wish, anyNode(), 500 + random.nextInt(8_000));
        if (!done) {
          pause(calm ? 3_000 : 1_500);
        }
      }
      pause(600);
    }
    wishing--;
  }

  private SimulatedFeatures anyNode() {
    return nodes.get(random.nextInt(NODES));
  }

  private void pause(int millis) {
    simulation.sleep(random.nextLong(millis(millis)));
  }

  private boolean noted(Wish wish, Consumer<ChangesFold> claim) {
    simulation.tell(() -> wish.name() + ": acknowledged");
    claims.add(claim);
    return true;
  }

  /** Whether there is an answer, be it a refusal. */
  private boolean tried(Wish wish, SimulatedFeatures node, long patienceMillis) {
    simulation.tell(() -> wish.name() + " on node " + lives.indexOf(node));
    CompletableFuture<Boolean> answer =
        simulation.call(node.node, () -> noted(wish, wish.call().on(node)));
    if (simulation.await(answer, millis(patienceMillis)) != null) {
      return true;
    }
    if (answer.isCompletedExceptionally()
        && answer.exceptionNow() instanceof ProblemException refusal
        && refusal.type() != CommonProblem.STORE_UNAVAILABLE) {
      simulation.tell(() -> wish.name() + ": " + refusal.type().slug());
      return true;
    }
    abandonedDeletion |= wish.isDeletion();
    return false;
  }

  private Wish wish(UserId user, int number) {
    List<Long> all = List.copyOf(sent.keySet());
    List<Long> own = all.stream().filter(seq -> user.equals(sent.get(seq))).toList();
    int what = random.nextInt(16);
    if (all.isEmpty() || what < 4) {
      UserId mentioned = random.nextBoolean() ? anyUser() : null;
      boolean toAll = mentioned == null && random.nextInt(4) == 0;
      return send(
          user,
          users.indexOf(user) + "m" + number,
          all.isEmpty() || random.nextBoolean() ? null : any(all),
          mentioned,
          toAll);
    }
    if (what < 8 && !own.isEmpty()) {
      UserId mentioned = random.nextBoolean() ? anyUser() : null;
      String text = "text " + users.indexOf(user) + " " + number;
      return edit(user, any(own), text, mentioned, mentioned == null && random.nextInt(4) == 0);
    }
    if (what < 9) {
      return delete(user, any(all));
    }
    if (what < 13) {
      return react(user, any(all), EMOJI.get(random.nextInt(EMOJI.size())), random.nextInt(3) > 0);
    }
    return pin(user, any(all), random.nextInt(3) > 0);
  }

  private UserId anyUser() {
    return users.get(random.nextInt(USERS));
  }

  private long any(List<Long> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Wish send(
      UserId user, String id, @Nullable Long replyTo, @Nullable UserId mentioned, boolean toAll) {
    return new Wish(
        "send " + id + " to " + replyTo,
        false,
        node -> {
          LogEvent event =
              node.sending.send(
                  conversation,
                  user,
                  id,
                  "first " + id,
                  replyTo,
                  SimulatedMentions.mentioning(mentioned, toAll));
          sent.put(event.seq(), user);
          return fold -> {
            ChangesFold.Message message = fold.messages.get(event.seq());
            expect(
                message != null
                    && message.author.equals(user)
                    && message.clientMessageId.equals(id),
                id + " is not at " + event.seq());
          };
        });
  }

  private Wish edit(UserId user, long seq, String text, @Nullable UserId mentioned, boolean toAll) {
    return new Wish(
        "edit " + seq + " to " + text,
        false,
        node -> {
          node.edits.edit(
              node.changes,
              conversation,
              seq,
              user,
              text,
              SimulatedMentions.mentioning(mentioned, toAll));
          return fold -> {
            ChangesFold.Message message = requireNonNull(fold.messages.get(seq));
            // What a deleted message said is nowhere to be found.
            expect(
                message.deletedSeq > 0 || message.everSaid.contains(text),
                seq + " never said " + text);
          };
        });
  }

  private Wish delete(UserId user, long seq) {
    return new Wish(
        "delete " + seq,
        true,
        node -> {
          LogEvent event = node.deletions.delete(conversation, seq, user);
          return fold ->
              expect(
                  requireNonNull(fold.messages.get(seq)).deletedSeq == event.seq(),
                  seq + " was not deleted by " + event.seq());
        });
  }

  private Wish react(UserId user, long seq, String emoji, boolean added) {
    return new Wish(
        (added ? "react to " : "do not react to ") + seq + " with " + emoji,
        false,
        node -> {
          var answered =
              node.reactions.react(node.changes, MAX_KINDS, conversation, seq, user, emoji, added);
          expect(answered.own() == added, "the wish is not fulfilled");
          return fold -> {
            if (answered.version() == 0) {
              return;
            }
            ChangesFold.Reactions then = requireNonNull(fold.reactions.get(answered.version()));
            var present = then.present().getOrDefault(emoji, Set.of());
            expect(
                then.target() == seq
                    && present.size() == answered.count()
                    && present.contains(user) == added,
                "after " + answered.version() + " there is " + then + ", not " + answered);
          };
        });
  }

  private Wish pin(UserId user, long seq, boolean pinned) {
    return new Wish(
        (pinned ? "pin " : "unpin ") + seq,
        false,
        node -> {
          Long event = node.pins.pin(node.changes, MAX_PINS, conversation, seq, user, pinned);
          expect((event != null) == pinned, "the wish is not fulfilled");
          return fold ->
              expect(
                  event == null || Long.valueOf(seq).equals(fold.pinned.get(event)),
                  event + " does not pin " + seq);
        });
  }

  // --- misfortune ------------------------------------------------------------------------------

  private void goWrong() {
    int blows = 1 + random.nextInt(10);
    for (int i = 0; i < blows && !calm; i++) {
      pause(3_000);
      int n = random.nextInt(NODES);
      SimulatedFeatures node = nodes.get(n);
      switch (random.nextInt(misfortune == Misfortune.FORGETFUL ? 10 : 7)) {
        case 0 -> simulation.freeze(node.node, millis(random.nextInt(20_000)));
        case 1, 2 -> node.node.pace.suspend(millis(random.nextInt(6_000)));
        case 3, 4, 5, 6 -> {
          simulation.kill(node.node);
          simulation.tell(() -> "node " + lives.indexOf(node) + " is dead");
          pause(8_000);
          nodes.set(n, node());
        }
        case 7 -> {
          redis.flush();
          nodes.forEach(each -> each.notes.forgotten());
        }
        case 8 -> snapshot = redis.copy();
        default -> {
          // The former primary goes on answering those who have not heard.
          redis = random.nextBoolean() ? redis.copy() : snapshot.copy();
          for (SimulatedFeatures each : nodes) {
            if (random.nextBoolean()) {
              each.node.redis.connect(redis);
            }
          }
          pause(3_000);
          nodes.forEach(
              each -> {
                each.node.redis.connect(redis);
                each.notes.forgotten();
              });
        }
      }
    }
  }

  // --- the end ---------------------------------------------------------------------------------

  private void check() {
    List<SimulatedFeatures> alive = nodes.stream().filter(each -> !each.node.isDead()).toList();
    for (SimulatedFeatures each : alive) {
      Wish last = send(users.getFirst(), "end" + lives.indexOf(each), null, null, false);
      eventually("a node takes nothing any more", () -> tried(last, each, 60_000));
    }
    if (misfortune == Misfortune.FORGETFUL) {
      // Redis may have come back with notes that were cleared: they go with their time.
      simulation.sleep(millis(60_000));
      // Whoever pins next finds a pin whose repeat was refused.
      Wish next = pin(users.getFirst(), sent.lastKey(), false);
      eventually("a node takes no pin", () -> tried(next, alive.getFirst(), 60_000));
    } else {
      // A proposal that reaches Redis late may note again what a dead node has owed.
      eventually(
          "a note is never cleared",
          () ->
              lives.stream()
                  .allMatch(
                      life ->
                          life.node.isDead() ? life.takenOver : redis.owed(life.id()).isEmpty()));
    }
    for (SimulatedFeatures each : alive) {
      eventually(
          "a deletion is never done, or a node does not answer",
          () -> answered(each, () -> sawAllDeleted(each) && checked(each)));
    }
  }

  private boolean answered(SimulatedFeatures node, Supplier<Boolean> question) {
    return Boolean.TRUE.equals(
        simulation.await(simulation.call(node.node, question), millis(60_000)));
  }

  private boolean sawAllDeleted(SimulatedFeatures node) {
    node.deletions.seen(log(node));
    return log(node).stream()
        .noneMatch(
            event ->
                event.kind() == LogEvent.Kind.MESSAGE
                    && event.deletedSeq() == LogEvent.BEING_DELETED);
  }

  /** All of it: a hole is waited for. */
  private List<LogEvent> log(SimulatedFeatures node) {
    List<LogEvent> events = node.node.reader.read(conversation, 1, 1_000);
    if (events.isEmpty() || events.getLast().seq() < sent.lastKey()) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
    return events;
  }

  private void eventually(String what, Supplier<Boolean> done) {
    for (int i = 0; i < 60; i++) {
      if (done.get()) {
        return;
      }
      simulation.sleep(millis(2_000));
    }
    throw new AssertionError(what);
  }

  private boolean checked(SimulatedFeatures node) {
    List<LogEvent> events = log(node);
    ChangesFold fold = new ChangesFold(conversation, events, MAX_KINDS, MAX_PINS);
    claims.forEach(claim -> claim.accept(fold));
    fold.messages.forEach((seq, message) -> checkMessage(node, fold, seq, message));
    fold.edits.forEach(
        (seq, event) -> {
          boolean gone = requireNonNull(fold.messages.get(event.target())).deletedSeq > 0;
          expect(
              event.isDeleted() == gone && (node.edits.text(event) == null) == gone
                  || (gone && misfortune == Misfortune.FORGETFUL),
              "edit " + seq + (gone ? " still says something" : " says nothing"));
        });
    same("pins", node.pins.seen(conversation), fold.pins());
    checkThreads(node, fold);
    checkDeletions(node, fold);
    checkMentions(node, fold);
    return true;
  }

  private void checkMessage(
      SimulatedFeatures node, ChangesFold fold, long seq, ChangesFold.Message message) {
    LogEvent row = requireNonNull(node.node.reader.at(conversation, seq));
    same("deletion of " + seq, row.deletedSeq(), message.deletedSeq);
    if (message.deletedSeq == 0) {
      same("text of " + seq, String.valueOf(node.edits.text(row)), String.valueOf(message.text));
      same("edits of " + seq, List.copyOf(row.changes().edits()), List.copyOf(message.edits));
    } else {
      same("text of " + seq, String.valueOf(node.edits.text(row)), "null");
      expect(row.changes().payload() == null, seq + " still says what it was edited to");
      same("thread of " + seq, row.threadRoot(), message.root);
    }
    if (message.deletedSeq > 0 && misfortune == Misfortune.FORGETFUL) {
      return;
    }
    same(
        "reactions to " + seq,
        node.reactions.seen(row, users, EMOJI),
        ChangesFold.reactions(message));
    UserId viewer = users.get((int) (seq % USERS));
    same(
        "reactions to " + seq + " on a page",
        node.reactions.seenBy(viewer, row),
        ChangesFold.reactionsOf(message, viewer));
  }

  private void checkThreads(SimulatedFeatures node, ChangesFold fold) {
    Set<Long> lost = lost();
    same(
        "replies",
        without(lost, node.threads.replies(conversation)),
        without(lost, fold.replies()));
    fold.replies().values().stream()
        .distinct()
        .forEach(
            root -> {
              TreeMap<Long, Long> ofThread = without(lost, fold.replies());
              ofThread.values().removeIf(other -> !root.equals(other));
              same(
                  "replies to " + root,
                  without(lost, node.threads.replies(conversation, root)),
                  ofThread);
            });
  }

  /** The messages whose rows their node owed when it died, where its note may be lost. */
  private Set<Long> lost() {
    Set<Long> lost = new TreeSet<>();
    if (misfortune == Misfortune.FORGETFUL) {
      lives.stream()
          .filter(life -> life.node.isDead())
          .forEach(life -> lost.addAll(life.notes.acknowledgedOwing));
    }
    return lost;
  }

  private static TreeMap<Long, Long> without(Set<Long> lost, Map<Long, Long> replies) {
    TreeMap<Long, Long> others = new TreeMap<>(replies);
    others.keySet().removeAll(lost);
    return others;
  }

  private void checkDeletions(SimulatedFeatures node, ChangesFold fold) {
    var decided = node.deletions.among(conversation, fold.messages.keySet());
    expect(decided.containsAll(fold.deleted()), "a deletion is not counted");
    if (!abandonedDeletion) {
      same("deletions", decided, fold.deleted());
    }
  }

  private void checkMentions(SimulatedFeatures node, ChangesFold fold) {
    Set<Long> lost = lost();
    for (UserId user : users) {
      var naming = new TreeSet<Long>();
      fold.messages.forEach(
          (seq, message) -> {
            if (message.mentioned.contains(user) && !message.author.equals(user)) {
              naming.add(seq);
            }
          });
      naming.removeAll(fold.deleted());
      naming.removeAll(lost);
      var rows = node.mentions.naming(user, conversation);
      rows.removeAll(fold.deleted());
      rows.removeAll(lost);
      same("mentions of user " + users.indexOf(user), rows, naming);
      expect(
          naming.isEmpty() || node.mentions.newest(user, conversation) >= naming.last(),
          "the newest mention is not known");
    }
    var toAll = new TreeSet<Long>();
    fold.messages.forEach(
        (seq, message) -> {
          if (message.toAll) {
            toAll.add(seq);
          }
        });
    toAll.removeAll(fold.deleted());
    toAll.removeAll(lost);
    var rows = node.mentions.toAll(conversation);
    rows.removeAll(fold.deleted());
    rows.removeAll(lost);
    same("mentions of all", rows, toAll);
  }

  private static void same(String what, Object seen, Object log) {
    expect(seen.equals(log), what + ": seen is " + seen + ", in the log is " + log);
  }

  private static void expect(boolean held, String otherwise) {
    if (!held) {
      throw new AssertionError(otherwise);
    }
  }
}

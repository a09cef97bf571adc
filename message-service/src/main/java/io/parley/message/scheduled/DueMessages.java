package io.parley.message.scheduled;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.metrics.MessageMeter;
import io.parley.message.presence.RedisNodes;
import io.parley.message.scheduled.ScheduledSends.Done;
import io.parley.message.scheduled.ScheduledSends.Later;
import io.parley.message.scheduled.ScheduledSends.NotYet;
import io.parley.message.store.NodeId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Finds what is due, and has it sent: that of one conversation in its order, by the node whose turn
 * the conversation is; after a while by any, so a dead node is not waited for. Nobody depends on
 * that: two nodes at one message send it once.
 *
 * <p>A node reads what has become due since its last look, now and then once more what was due in
 * the last {@link #LOOK_BACK}, in case it was stored late, and everything from the oldest that is
 * not done. It begins where the fleet has come to ({@code due_message_progress}), so it never reads
 * what is long past, and finds what was due while no node was there.
 */
@Component
class DueMessages {

  /**
   * Who stores something later than half of this after its time, because it was frozen, puts it
   * again. The other half is what the clocks of two machines may differ by.
   */
  static final Duration LOOK_BACK = Duration.ofMinutes(10);

  /**
   * What is due and not done yet.
   *
   * @param since when this node first saw it
   * @param next when to try it
   * @param holdsUp whether later ones of the conversation are not to overtake it until then
   */
  private record Waiting(Instant since, Instant next, boolean holdsUp) {

    Waiting until(Instant other, boolean aside) {
      return new Waiting(since, other, !aside);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(DueMessages.class);
  private static final Duration OVERLAP = Duration.ofSeconds(3);
  private static final int LOOKS_TO_WHOLE = 30;

  /** What waits for longer comes back later, so that others are not read with it each time. */
  private static final Duration PUT_OFF_AFTER = Duration.ofHours(1);

  private static final Duration PUT_OFF_FOR = Duration.ofMinutes(10);
  private static final int PAUSES_TO_STOP = 100;
  private static final long PAUSE_MILLIS = 50;
  private static final int MAX_PENDING = 20_000;
  private static final int AT_ONCE = 32;

  private final CassandraDueStore store;
  private final ScheduledSends sends;
  private final RedisNodes nodes;
  private final NodeId self;
  private final ScheduledProperties properties;
  private final Clock clock;

  private final Map<Due, Waiting> pending = new ConcurrentHashMap<>();

  private final Set<ConversationId> underWay = ConcurrentHashMap.newKeySet();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private volatile @Nullable Instant readTo;
  private volatile boolean stopped;
  private int looks;

  DueMessages(
      CassandraDueStore store,
      ScheduledSends sends,
      RedisNodes nodes,
      NodeId self,
      ScheduledProperties properties,
      Clock clock,
      MeterRegistry metrics) {
    this.store = store;
    this.sends = sends;
    this.nodes = nodes;
    this.self = self;
    this.properties = properties;
    this.clock = clock;
    MessageMeter.SCHEDULED_DUE.gauge(metrics, pending, Map::size);
  }

  /**
   * From now on what is due is found, also if all nodes die at once.
   *
   * @throws ProblemException 503
   */
  void ready() {
    if (readTo == null) {
      begin();
    }
  }

  private synchronized Instant begin() {
    Instant known = readTo;
    if (known != null) {
      return known;
    }
    Instant done = store.doneTo();
    if (done == null) {
      done = clock.instant().minus(LOOK_BACK);
      store.noteDoneTo(done);
    }
    readTo = done;
    return done;
  }

  /** What is under way is finished while the stores are there. */
  @EventListener(ContextClosedEvent.class)
  void stop() throws InterruptedException {
    stopped = true;
    for (int waited = 0; waited < PAUSES_TO_STOP && !underWay.isEmpty(); waited++) {
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  @Scheduled(fixedDelayString = "${parley.scheduled.look:1s}")
  void look() {
    if (stopped) {
      return;
    }
    try {
      find();
    } catch (ProblemException e) {
      log.debug("what is due is not known: {}", e.toString());
    }
    send();
  }

  private void find() {
    Instant now = clock.instant();
    Instant before = begin();
    boolean whole = looks++ % LOOKS_TO_WHOLE == 0;
    Instant oldest = pending.keySet().stream().map(Due::at).min(Instant::compareTo).orElse(now);
    Instant from =
        earliest(oldest, earliest(before, whole ? now.minus(LOOK_BACK) : now.minus(OVERLAP)));
    List<Due> beyond = new ArrayList<>();
    store.read(
        from,
        now,
        (due, done) -> {
          if (done) {
            pending.remove(due);
          } else if (pending.size() < MAX_PENDING) {
            pending.putIfAbsent(due, new Waiting(now, now, false));
          } else if (!pending.containsKey(due) && beyond.isEmpty()) {
            beyond.add(due);
          }
        });
    readTo = beyond.isEmpty() ? now : beyond.getFirst().at();
    if (whole) {
      Instant done = pending.keySet().stream().map(Due::at).min(Instant::compareTo).orElse(now);
      store.noteDoneTo(
          earliest(
              done,
              earliest(now.minus(LOOK_BACK), beyond.isEmpty() ? now : beyond.getFirst().at())));
    }
  }

  private static Instant earliest(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void send() {
    Instant now = clock.instant();
    Set<ConversationId> heldUp = new HashSet<>();
    pending.forEach(
        (due, waiting) -> {
          if (waiting.holdsUp() && waiting.next().isAfter(now)) {
            heldUp.add(due.conversation());
          }
        });
    Map<ConversationId, List<Due>> lanes = new LinkedHashMap<>();
    pending.entrySet().stream()
        .filter(each -> isToSend(each.getKey(), each.getValue(), now))
        .map(Map.Entry::getKey)
        .filter(due -> !heldUp.contains(due.conversation()))
        .sorted(Due.ORDER)
        .forEach(
            due -> lanes.computeIfAbsent(due.conversation(), key -> new ArrayList<>()).add(due));
    lanes.forEach(
        (conversation, due) -> {
          if (underWay.add(conversation)) {
            io.execute(() -> sendAll(conversation, due));
          }
        });
  }

  /** After a while any node takes it: whose turn it is may be dead. */
  private boolean isToSend(Due due, Waiting waiting, Instant now) {
    return !waiting.next().isAfter(now)
        && (isMine(due.conversation()) || !waiting.since().plus(properties.grace()).isAfter(now));
  }

  /** Each conversation is one node's; nodes that know of different others may both take it. */
  private boolean isMine(ConversationId conversation) {
    long own = rank(self.value(), conversation);
    for (UUID other : nodes.others()) {
      if (rank(other, conversation) > own) {
        return false;
      }
    }
    return true;
  }

  private static long rank(UUID node, ConversationId conversation) {
    long mixed =
        (node.getMostSignificantBits() ^ conversation.value().getLeastSignificantBits())
            * 0x9E37_79B9_7F4A_7C15L;
    return (mixed ^ (mixed >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
  }

  private void sendAll(ConversationId conversation, List<Due> due) {
    room.acquireUninterruptibly();
    try {
      for (Due each : due) {
        if (stopped || !send(each)) {
          return;
        }
      }
    } catch (ProblemException e) {
      log.info("scheduled messages of {} wait: {}", conversation, e.toString());
    } finally {
      room.release();
      underWay.remove(conversation);
    }
  }

  /**
   * @return whether the next one can be tried
   */
  private boolean send(Due due) {
    switch (sends.deliver(due)) {
      case Done done -> done(due);
      // Read again, as long as it may still be stored.
      case NotYet notYet -> pending.remove(due);
      case Later later -> {
        Instant now = clock.instant();
        if (due.at().plus(PUT_OFF_AFTER).isBefore(now)) {
          store.put(
              new Due(
                  now.plus(PUT_OFF_FOR),
                  due.author(),
                  due.id(),
                  due.version(),
                  due.conversation()));
          done(due);
        } else {
          pending.computeIfPresent(
              due, (key, waiting) -> waiting.until(now.plus(later.pause()), later.aside()));
        }
        return later.aside();
      }
    }
    return true;
  }

  private void done(Due due) {
    store.done(due);
    pending.remove(due);
  }
}

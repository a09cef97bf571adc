package io.parley.message.socket;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import io.parley.common.metrics.LabelledCounters;
import io.parley.common.problems.ProblemException;
import io.parley.common.sessions.EndedSession;
import io.parley.common.sessions.EndedSessions;
import io.parley.message.delivery.DeliveryProperties;
import io.parley.message.metrics.MessageMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The sockets that are open on this node, and the sessions of user-service (logins and personal
 * tokens) that they were opened in. When such a session ends, its sockets are cut; when the node
 * stops, all go, a few at a time.
 */
@Component
class OpenSockets implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(OpenSockets.class);
  private static final int DRAIN_STEPS = 20;

  /** How long a socket may take for what was being written when its session ended. */
  private static final long CUT_MILLIS = 500;

  private final EndedSessions endedSessions;
  private final DeliveryProperties delivery;
  private final SocketProperties properties;
  private final Map<String, StompSession> sockets = new ConcurrentHashMap<>();
  private final Map<String, Set<StompSession>> bySession = new ConcurrentHashMap<>();
  private final Map<UserId, Set<StompSession>> byUser = new ConcurrentHashMap<>();
  private final Counter openings;
  private final LabelledCounters endings;
  private volatile boolean running;

  OpenSockets(
      EndedSessions endedSessions,
      DeliveryProperties delivery,
      SocketProperties properties,
      MeterRegistry metrics) {
    this.endedSessions = endedSessions;
    this.delivery = delivery;
    this.properties = properties;
    endedSessions.onEnded(this::sessionEnded);
    MessageMeter.SOCKETS.gauge(metrics, sockets, Map::size);
    this.openings = MessageMeter.SOCKETS_OPENED.counter(metrics);
    this.endings =
        MessageMeter.SOCKETS_CLOSED.counters(metrics).beginning(CloseCode.TOO_SLOW.reason());
  }

  int count() {
    return sockets.size();
  }

  void opened(String socketId, StompSession socket) {
    openings.increment();
    if (running) {
      sockets.put(socketId, socket);
    } else {
      socket.goAway(comeBack());
    }
  }

  /**
   * @param code 1006: no close frame came; else the first one's, of whichever side
   */
  void closed(String socketId, int code) {
    StompSession socket = sockets.remove(socketId);
    if (socket != null) {
      // Of a client that takes nothing the close frame is lost, too.
      endings.increment(
          socket.wasTooSlow() ? CloseCode.TOO_SLOW.reason() : CloseCode.reasonOf(code));
      socket.closed();
    }
  }

  /**
   * Registers first and asks then: an end that comes in between is seen by one of the two.
   *
   * <p>Of too many connections of a user the newest is refused. If the oldest had to go, whoever
   * connects in a loop would throw out all devices, and clients that come back by themselves would
   * throw out one another for ever.
   *
   * @throws ProblemException 401 {@code session-ended}; 429 {@code too-many-connections}
   */
  void admitted(StompSession socket, Caller caller) {
    byUser.compute(
        caller.id(),
        (id, known) -> {
          Set<StompSession> all = known == null ? ConcurrentHashMap.newKeySet(1) : known;
          if (all.size() >= properties.maxPerUser()) {
            throw new ProblemException(SocketProblem.TOO_MANY_CONNECTIONS);
          }
          all.add(socket);
          return all;
        });
    bySession.compute(
        caller.sessionId(),
        (id, known) -> {
          Set<StompSession> all = known == null ? ConcurrentHashMap.newKeySet(1) : known;
          all.add(socket);
          return all;
        });
    if (endedSessions.isEnded(caller.sessionId())) {
      throw new ProblemException(SocketProblem.SESSION_ENDED);
    }
  }

  void left(StompSession socket, Caller caller) {
    remove(bySession, caller.sessionId(), socket);
    remove(byUser, caller.id(), socket);
  }

  private static <K> void remove(Map<K, Set<StompSession>> sockets, K key, StompSession socket) {
    sockets.computeIfPresent(
        key,
        (same, all) -> {
          all.remove(socket);
          return all.isEmpty() ? null : all;
        });
  }

  private void sessionEnded(EndedSession session) {
    List<StompSession> cut =
        List.copyOf(bySession.getOrDefault(session.sessionId().toString(), Set.of()));
    if (cut.isEmpty()) {
      return;
    }
    log.info("session {} has ended: {} sockets are cut", session.sessionId(), cut.size());
    cut.forEach(socket -> socket.cut(new ProblemException(SocketProblem.SESSION_ENDED)));
    Thread.ofVirtual()
        .name("cut-" + session.sessionId())
        .start(
            () -> {
              if (slept(CUT_MILLIS)) {
                cut.forEach(StompSession::abortIfStuck);
              }
            });
  }

  @Scheduled(fixedRate = 1_000)
  void tick() {
    long now = System.nanoTime();
    long writeTimeout = delivery.writeTimeout().toNanos();
    forEach(socket -> socket.tick(now, writeTimeout));
  }

  @Scheduled(fixedRate = HeartBeats.LOOK_MILLIS)
  void beat() {
    long now = System.nanoTime();
    forEach(socket -> socket.beat(now));
  }

  private void forEach(Consumer<StompSession> task) {
    for (StompSession socket : sockets.values()) {
      try {
        task.accept(socket);
      } catch (RuntimeException e) {
        log.warn("tick", e);
      }
    }
  }

  // --- life of the node ------------------------------------------------------------------------

  @Override
  public void start() {
    running = true;
  }

  /** Closes the sockets in batches, so that their clients do not all come back at once. */
  @Override
  public void stop() {
    running = false;
    List<StompSession> open = new ArrayList<>(sockets.values());
    int steps = Math.min(DRAIN_STEPS, open.size() / 25 + 1);
    for (int step = 0; step < steps; step++) {
      if (step > 0 && !slept(properties.drainTime().toMillis() / DRAIN_STEPS)) {
        return;
      }
      for (int i = step; i < open.size(); i += steps) {
        open.get(i).goAway(comeBack());
      }
    }
    for (int i = 0; i < 20 && !sockets.isEmpty(); i++) {
      if (!slept(50)) {
        return;
      }
    }
  }

  private static boolean slept(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The reason of the close frame: come back after so many milliseconds. */
  private static String comeBack() {
    return "going-away retry-after-ms=" + ThreadLocalRandom.current().nextInt(200, 5_000);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the web server stops taking requests and before the stores' connections close. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}

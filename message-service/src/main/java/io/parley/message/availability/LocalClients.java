package io.parley.message.availability;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The clients that are connected to this node. What they say together is written to Redis and told
 * to those who watch ten times a second, whatever happened meanwhile in one go; connecting and
 * leaving themselves ask no store.
 */
@Component
class LocalClients {

  private static final Logger log = LoggerFactory.getLogger(LocalClients.class);
  private static final int AT_ONCE = 1_000;

  /** Also without a sign that something is wrong. */
  private static final int COMPARE_PULSES = 120;

  private final RedisClients redis;
  private final LastSeens lastSeens;
  private final RedisBus bus;
  private final Clock clock;
  private final Map<UserId, Set<ClientPresence>> clients = new ConcurrentHashMap<>();
  private final Set<UserId> changed = ConcurrentHashMap.newKeySet();

  /** Of users whose last client in the foreground may have left. */
  private final Map<UserId, Instant> lastHeard = new ConcurrentHashMap<>();

  /** What Redis should have; changed under {@link #writing} only. */
  private final Map<UserId, ClientState> written = new ConcurrentHashMap<>();

  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock pulsing = new ReentrantLock();
  private final List<Runnable> whenSilenced = new CopyOnWriteArrayList<>();
  private final List<Runnable> whenAppeared = new CopyOnWriteArrayList<>();
  private volatile boolean doubtful;
  private volatile boolean stopped;
  private int pulses;

  LocalClients(RedisClients redis, LastSeens lastSeens, RedisBus bus, Clock clock) {
    this.redis = redis;
    this.lastSeens = lastSeens;
    this.bus = bus;
    this.clock = clock;
  }

  /**
   * @param silenced called when another node has fallen silent
   * @param appeared called when one has come, or come back
   */
  void onNodes(Runnable silenced, Runnable appeared) {
    whenSilenced.add(silenced);
    whenAppeared.add(appeared);
  }

  void connected(ClientPresence client) {
    clients.compute(
        client.user(),
        (user, known) -> {
          Set<ClientPresence> all = known == null ? ConcurrentHashMap.newKeySet(1) : known;
          all.add(client);
          return all;
        });
    changed(client.user());
  }

  /** It may say something else now. */
  void changed(UserId user) {
    changed.add(user);
  }

  /**
   * @param heard when something was last heard of it
   */
  void left(ClientPresence client, Instant heard) {
    if (client.state().isForeground()) {
      lastHeard.put(client.user(), heard);
    }
    clients.computeIfPresent(
        client.user(),
        (user, all) -> {
          all.remove(client);
          return all.isEmpty() ? null : all;
        });
    changed(client.user());
  }

  private ClientState state(UserId user) {
    Set<ClientPresence> all = clients.get(user);
    return all == null
        ? ClientState.NONE
        : ClientState.best(all.stream().map(ClientPresence::state).toList());
  }

  /**
   * What the users' clients say on all nodes together.
   *
   * @return a state for each
   * @throws ProblemException 503
   */
  Map<UserId, ClientState> states(Collection<UserId> users) {
    Map<UserId, ClientState> states = new HashMap<>(redis.elsewhere(users));
    for (UserId user : users) {
      states.merge(user, state(user), ClientState::best);
    }
    return states;
  }

  // --- to Redis and the other nodes ------------------------------------------------------------

  @Scheduled(fixedRate = 100)
  void write() {
    if (changed.isEmpty() || !writing.tryLock()) {
      return;
    }
    try {
      while (!changed.isEmpty() && writeSome()) {
        // more has come
      }
    } finally {
      writing.unlock();
    }
  }

  private boolean writeSome() {
    Map<UserId, ClientState> changes = new HashMap<>();
    for (UserId user : changed) {
      if (changes.size() == AT_ONCE) {
        break;
      }
      // Before it is looked at: what comes from here on is another change.
      changed.remove(user);
      ClientState now = state(user);
      ClientState before = written.getOrDefault(user, ClientState.NONE);
      if (now.isForeground()) {
        lastSeens.forget(user);
        lastHeard.remove(user);
      }
      if (now != before) {
        changes.put(user, now);
      }
    }
    try {
      redis.write(changes);
    } catch (ProblemException e) {
      log.debug("what clients say is written later: {}", e.toString());
      doubtful = true;
      changed.addAll(changes.keySet());
      return false;
    }
    changes.forEach(
        (user, state) -> {
          ClientState before =
              state == ClientState.NONE ? written.remove(user) : written.put(user, state);
          if (before != null && before.isForeground() && !state.isForeground()) {
            Instant heard = lastHeard.remove(user);
            lastSeens.note(user, heard == null ? clock.instant() : heard);
          }
          tellNodes(user);
        });
    return true;
  }

  private void tellNodes(UserId user) {
    bus.publish(Topic.presenceOf(user), BusEvent.passing(PresenceNews.CLIENTS));
  }

  @Scheduled(fixedRateString = "${parley.presence.pulse:250ms}")
  void pulse() {
    if (stopped || !pulsing.tryLock()) {
      return;
    }
    try {
      RedisClients.Look look = redis.pulse();
      if (look.forgotten()) {
        log.warn("Redis had forgotten whose clients are here");
        doubtful = true;
      }
      pulses++;
      if (doubtful
          || pulses % COMPARE_PULSES == 0
          || (changed.isEmpty() && redis.countWritten() != written.size())) {
        compare();
      }
      if (look.silenced()) {
        whenSilenced.forEach(Runnable::run);
      }
      if (look.appeared()) {
        whenAppeared.forEach(Runnable::run);
      }
      look.dead().forEach(this::inherit);
    } catch (ProblemException e) {
      doubtful = true;
      log.debug("no pulse: {}", e.toString());
    } finally {
      pulsing.unlock();
    }
  }

  private void compare() {
    writing.lock();
    try {
      doubtful = false;
      Map<UserId, ClientState> there = redis.written();
      Map<UserId, ClientState> wrong = new HashMap<>();
      there.forEach(
          (user, state) -> {
            if (!written.containsKey(user)) {
              wrong.put(user, ClientState.NONE);
            }
          });
      written.forEach(
          (user, state) -> {
            if (there.get(user) != state) {
              wrong.put(user, state);
            }
          });
      List<UserId> users = new ArrayList<>(wrong.keySet());
      for (int i = 0; i < users.size(); i += AT_ONCE) {
        Map<UserId, ClientState> some = new HashMap<>();
        for (UserId user : users.subList(i, Math.min(users.size(), i + AT_ONCE))) {
          some.put(user, wrong.getOrDefault(user, ClientState.NONE));
        }
        redis.write(some);
        some.keySet().forEach(this::tellNodes);
      }
    } catch (ProblemException e) {
      doubtful = true;
      throw e;
    } finally {
      writing.unlock();
    }
  }

  /** Notes when a dead node's users were last seen. */
  private void inherit(RedisClients.DeadNode node) {
    Map<UserId, ClientState> left = redis.inherit(node);
    if (left == null) {
      return;
    }
    left.forEach(
        (user, state) -> {
          if (state.isForeground() && !state(user).isForeground()) {
            lastSeens.noteLate(user, node.lastPulse());
          }
        });
    redis.forget(node);
  }

  /** When somebody is here still, the hash stays for whoever inherits it. */
  @PreDestroy
  void leave() {
    stopped = true;
    pulsing.lock();
    try {
      write();
      if (written.isEmpty()) {
        redis.leave();
      }
    } catch (ProblemException e) {
      log.debug("another node finds that nothing is left: {}", e.toString());
    } finally {
      pulsing.unlock();
    }
  }
}

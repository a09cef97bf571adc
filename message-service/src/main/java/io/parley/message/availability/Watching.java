package io.parley.message.availability;

import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.availability.CassandraPresenceStore.Stored;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.delivery.Connection;
import io.parley.message.limits.UserLimits;
import io.parley.message.presence.PresenceProperties;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * Those whom clients of this node watch. The node hears of a user while somebody here watches the
 * user, and knows then how the user appears; news only says that something is to be read again, so
 * what is lost on the bus is made good by the next look: twice a minute at all clients' states, and
 * within ten minutes at who may see whom. A client is told at most once a second.
 */
@Service
public class Watching {

  /** One who is watched here. */
  private static final class Watched {
    private final Set<ClientPresence> watchers = ConcurrentHashMap.newKeySet(1);
    private volatile CompletableFuture<Void> heard = new CompletableFuture<>();
    private volatile @Nullable KnownPresence known;
  }

  private static final Logger log = LoggerFactory.getLogger(Watching.class);
  private static final int BUS_TIMEOUT_SECONDS = 5;
  private static final int AT_ONCE = 500;

  /** Who may see whom is asked again for each client once in so many rounds of ten seconds. */
  private static final int AUDIENCE_ROUNDS = 60;

  private final RedisBus bus;
  private final LocalClients clients;
  private final CassandraPresenceStore store;
  private final PresenceAudiences audiences;
  private final UserLimits limits;
  private final JsonMapper json;
  private final Clock clock;
  private final long comeBackNanos;
  private final Map<UserId, Watched> watched = new ConcurrentHashMap<>();

  /** Of these the clients' states, the rows, and those who may see them are to be read again. */
  private final Set<UserId> clientsChanged = ConcurrentHashMap.newKeySet();

  private final Set<UserId> choiceChanged = ConcurrentHashMap.newKeySet();
  private final Set<UserId> audienceChanged = ConcurrentHashMap.newKeySet();

  /** Those without any client, of whom nobody has been told, and since when. */
  private final Map<UserId, Long> leaving = new ConcurrentHashMap<>();

  /** Clients that may have to be told something. */
  private final Set<ClientPresence> toTell = ConcurrentHashMap.newKeySet();

  /** Whoever asks for an audience sees by it whether there was news meanwhile. */
  private final AtomicLong audienceNews = new AtomicLong();

  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock asking = new ReentrantLock();
  private volatile boolean silenced;
  private int audienceRound;

  Watching(
      RedisBus bus,
      LocalClients clients,
      CassandraPresenceStore store,
      PresenceAudiences audiences,
      UserLimits limits,
      PresenceProperties properties,
      JsonMapper json,
      Clock clock) {
    this.bus = bus;
    this.clients = clients;
    this.store = store;
    this.audiences = audiences;
    this.limits = limits;
    this.json = json;
    this.clock = clock;
    this.comeBackNanos = properties.comeBack().toNanos();
    bus.listenToPresence(this::received);
    bus.onInterruption(() -> {}, this::readAllAgain);
    clients.onNodes(() -> silenced = true, this::readClientsAgain);
  }

  /** What a new connection is to presence. */
  public ClientPresence client(Connection connection) {
    return new ClientPresence(connection, clients, this, json, clock);
  }

  /**
   * @throws ProblemException 429 {@code rate-limited}
   */
  void count(Caller caller) {
    limits.frame(caller.id());
  }

  // --- who watches whom ------------------------------------------------------------------------

  /**
   * @throws ProblemException 503: nothing has changed
   */
  void watch(ClientPresence client, Collection<UserId> asked) {
    Set<UserId> users = new LinkedHashSet<>(asked);
    Set<UserId> added = new HashSet<>(users);
    added.removeAll(client.watched());
    boolean done = false;
    try {
      add(client, added);
      long news = audienceNews.get();
      Map<UserId, Boolean> allowed = audiences.of(client.user(), users);
      load(users);
      Set<UserId> dropped = client.watch(users, allowed);
      remove(client, dropped);
      if (audienceNews.get() != news) {
        audienceChanged.addAll(users);
      }
      client.tellAll(this::known);
      done = true;
    } finally {
      if (!done) {
        remove(client, added);
      }
      if (client.hasEnded()) {
        end(client);
        remove(client, users);
      }
    }
  }

  void end(ClientPresence client) {
    remove(client, client.watch(Set.of(), Map.of()));
    toTell.remove(client);
  }

  private void add(ClientPresence client, Set<UserId> users) {
    List<CompletableFuture<Void>> heard = new ArrayList<>();
    for (UserId user : users) {
      watched.compute(
          user,
          (id, before) -> {
            Watched entry = before == null ? new Watched() : before;
            if (before == null || before.heard.isCompletedExceptionally()) {
              // Within the lock, so that no unsubscription overtakes it.
              entry.heard =
                  bus.subscribe(Topic.presenceOf(user))
                      .orTimeout(BUS_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            entry.watchers.add(client);
            heard.add(entry.heard);
            return entry;
          });
    }
    try {
      CompletableFuture.allOf(heard.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "Redis does not answer");
    }
  }

  private void remove(ClientPresence client, Collection<UserId> users) {
    for (UserId user : users) {
      watched.computeIfPresent(
          user,
          (id, entry) -> {
            entry.watchers.remove(client);
            if (!entry.watchers.isEmpty()) {
              return entry;
            }
            bus.unsubscribe(Topic.presenceOf(user));
            leaving.remove(user);
            return null;
          });
    }
  }

  /** Those whom nobody has watched here before. */
  private void load(Set<UserId> users) {
    List<UserId> unknown = new ArrayList<>();
    for (UserId user : users) {
      if (known(user) == null) {
        unknown.add(user);
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    Map<UserId, KnownPresence> loaded = read(unknown);
    loaded.forEach(
        (user, known) -> {
          Watched entry = watched.get(user);
          // What has been read since it is heard of is newer.
          if (entry != null && entry.known == null) {
            entry.known = known;
            clientsChanged.add(user);
            choiceChanged.add(user);
          }
        });
  }

  /**
   * How users appear, as the stores have it.
   *
   * @throws ProblemException 503
   */
  Map<UserId, KnownPresence> read(Collection<UserId> users) {
    Map<UserId, ClientState> states = clients.states(users);
    Map<UserId, KnownPresence> read = HashMap.newHashMap(users.size());
    store
        .find(users)
        .forEach(
            (user, row) ->
                read.put(
                    user,
                    new KnownPresence(
                        row.chosen(),
                        row.lastSeen(),
                        states.getOrDefault(user, ClientState.NONE))));
    return read;
  }

  private @Nullable KnownPresence known(UserId user) {
    Watched entry = watched.get(user);
    return entry == null ? null : entry.known;
  }

  // --- news ------------------------------------------------------------------------------------

  private void received(UserId user, BusEvent event) {
    if (!watched.containsKey(user) && !isWatched(user)) {
      return;
    }
    if (event.isType("CLIENTS")) {
      clientsChanged.add(user);
    } else if (event.isType("CHOICE")) {
      choiceChanged.add(user);
    } else {
      audienceNews.incrementAndGet();
      audienceChanged.add(user);
    }
  }

  /** If not, an unsubscription has failed, or the user is just being subscribed to. */
  private boolean isWatched(UserId user) {
    return watched.compute(
            user,
            (id, entry) -> {
              if (entry == null) {
                bus.unsubscribe(Topic.presenceOf(user));
              }
              return entry;
            })
        != null;
  }

  /** The bus was away. */
  private void readAllAgain() {
    clientsChanged.addAll(watched.keySet());
    choiceChanged.addAll(watched.keySet());
    audienceChanged.addAll(watched.keySet());
    audienceNews.incrementAndGet();
  }

  @Scheduled(fixedDelay = 30_000)
  void readClientsAgain() {
    clientsChanged.addAll(watched.keySet());
  }

  @Scheduled(fixedRate = 250)
  void readAndTell() {
    if (watched.isEmpty() || !reading.tryLock()) {
      return;
    }
    try {
      readAgain();
      endStatuses();
    } catch (ProblemException e) {
      log.debug("those who are watched are read later: {}", e.toString());
    } catch (RuntimeException e) {
      log.error("those who are watched can not be read", e);
    } finally {
      reading.unlock();
    }
    long now = System.nanoTime();
    for (ClientPresence client : toTell) {
      // Before it is told: what comes from here on is to be told later.
      toTell.remove(client);
      if (!client.tellIfDue(now, this::known)) {
        toTell.add(client);
      }
    }
  }

  private void readAgain() {
    boolean abrupt = silenced;
    if (abrupt) {
      silenced = false;
      clientsChanged.addAll(watched.keySet());
    }
    long now = System.nanoTime();
    Set<UserId> gone = new HashSet<>();
    leaving.forEach(
        (user, since) -> {
          if (now - since > comeBackNanos) {
            gone.add(user);
          }
        });
    clientsChanged.addAll(gone);
    for (Set<UserId> some = take(clientsChanged); !some.isEmpty(); some = take(clientsChanged)) {
      try {
        readStates(some, gone, abrupt, now);
      } catch (RuntimeException e) {
        clientsChanged.addAll(some);
        silenced |= abrupt;
        throw e;
      }
    }
    for (Set<UserId> some = take(choiceChanged); !some.isEmpty(); some = take(choiceChanged)) {
      try {
        readRows(some);
      } catch (RuntimeException e) {
        choiceChanged.addAll(some);
        throw e;
      }
    }
  }

  private Set<UserId> take(Set<UserId> from) {
    Set<UserId> some = new HashSet<>();
    for (UserId user : from) {
      if (some.size() == AT_ONCE) {
        break;
      }
      from.remove(user);
      if (watched.containsKey(user)) {
        some.add(user);
      }
    }
    return some;
  }

  /**
   * Who has no client any more may come back in a moment.
   *
   * @param gone who did not
   * @param abrupt a node has fallen silent: they had their moment
   */
  private void readStates(Set<UserId> users, Set<UserId> gone, boolean abrupt, long now) {
    clients
        .states(users)
        .forEach(
            (user, state) -> {
              Watched entry = watched.get(user);
              KnownPresence known = entry == null ? null : entry.known;
              if (entry == null || known == null) {
                return;
              }
              if (state != ClientState.NONE || known.clients() == state) {
                leaving.remove(user);
              } else if (!abrupt && !gone.contains(user)) {
                leaving.putIfAbsent(user, now);
                return;
              } else {
                leaving.remove(user);
                // When they were last online has been written meanwhile.
                choiceChanged.add(user);
              }
              change(user, entry, known, known.with(state));
            });
  }

  private void readRows(Set<UserId> users) {
    Map<UserId, Stored> rows = store.find(users);
    rows.forEach(
        (user, row) -> {
          Watched entry = watched.get(user);
          KnownPresence known = entry == null ? null : entry.known;
          if (entry != null && known != null) {
            change(
                user,
                entry,
                known,
                new KnownPresence(row.chosen(), row.lastSeen(), known.clients()));
          }
        });
  }

  private void endStatuses() {
    Instant now = clock.instant();
    watched.forEach(
        (user, entry) -> {
          KnownPresence known = entry.known;
          if (known != null) {
            ChosenPresence chosen = known.chosen().asOf(now);
            if (chosen != known.chosen()) {
              change(
                  user, entry, known, new KnownPresence(chosen, known.lastSeen(), known.clients()));
            }
          }
        });
  }

  private void change(UserId user, Watched entry, KnownPresence before, KnownPresence now) {
    if (!now.equals(before)) {
      entry.known = now;
      for (ClientPresence watcher : entry.watchers) {
        watcher.changed(user);
        toTell.add(watcher);
      }
    }
  }

  // --- who may see whom ------------------------------------------------------------------------

  @Scheduled(fixedRate = 500)
  void askAgain() {
    if (audienceChanged.isEmpty() || !asking.tryLock()) {
      return;
    }
    try {
      for (Set<UserId> some = take(audienceChanged);
          !some.isEmpty();
          some = take(audienceChanged)) {
        try {
          askFor(some);
        } catch (RuntimeException e) {
          audienceChanged.addAll(some);
          log.debug("who may see whom is asked later: {}", e.toString());
          return;
        }
      }
    } finally {
      asking.unlock();
    }
  }

  private void askFor(Set<UserId> owners) {
    Map<ClientPresence, List<UserId>> looks = new HashMap<>();
    for (UserId owner : owners) {
      Watched entry = watched.get(owner);
      if (entry != null) {
        for (ClientPresence watcher : entry.watchers) {
          looks.computeIfAbsent(watcher, each -> new ArrayList<>()).add(owner);
        }
      }
    }
    Map<UserId, Set<UserId>> byViewer = new HashMap<>();
    looks.forEach(
        (watcher, each) ->
            byViewer.computeIfAbsent(watcher.user(), user -> new HashSet<>()).addAll(each));
    Map<UserId, Map<UserId, Boolean>> allowed = audiences.of(byViewer);
    looks.forEach(
        (watcher, asked) -> {
          Map<UserId, Boolean> mine = new HashMap<>();
          Map<UserId, Boolean> all = allowed.getOrDefault(watcher.user(), Map.of());
          for (UserId owner : asked) {
            Boolean withLastSeen = all.get(owner);
            if (withLastSeen != null) {
              mine.put(owner, withLastSeen);
            }
          }
          watcher.allow(asked, mine);
          toTell.add(watcher);
        });
  }

  @Scheduled(fixedDelay = 10_000)
  void askSomeAgain() {
    audienceRound = (audienceRound + 1) % AUDIENCE_ROUNDS;
    for (UserId user : watched.keySet()) {
      if (Math.floorMod(user.hashCode(), AUDIENCE_ROUNDS) == audienceRound) {
        audienceChanged.add(user);
        choiceChanged.add(user);
      }
    }
  }
}

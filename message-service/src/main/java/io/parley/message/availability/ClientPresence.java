package io.parley.message.availability;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.delivery.Connection;
import io.parley.message.delivery.Outgoing;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One client's connection as far as presence goes: what it says of itself, and whom it watches. */
public final class ClientPresence {

  /** What a client says of itself. */
  public record ShowClient(@Nullable ClientState state) {}

  /** Whom a client watches from now on, in place of those before. */
  public record WatchPresence(@Nullable List<UserId> userIds) {}

  private record PresenceEvent(String type, List<PresenceView> users) {}

  static final int MOST_WATCHED = 200;

  /** Between two frames that tell of changes. */
  private static final long TOLD_EVERY_NANOS = 1_000_000_000;

  private final Connection connection;
  private final LocalClients clients;
  private final Watching watching;
  private final JsonMapper json;
  private final Clock clock;
  private volatile ClientState state = ClientState.FOREGROUND;
  private volatile boolean silent;
  private volatile boolean connected;
  private volatile boolean ended;

  /** Null while nobody is watched; guarded by this. */
  private @Nullable WatchList watched;

  private long frames;
  private long toldNanos;

  ClientPresence(
      Connection connection,
      LocalClients clients,
      Watching watching,
      JsonMapper json,
      Clock clock) {
    this.connection = connection;
    this.clients = clients;
    this.watching = watching;
    this.json = json;
    this.clock = clock;
  }

  UserId user() {
    return connection.user();
  }

  ClientState state() {
    return silent && state == ClientState.FOREGROUND ? ClientState.SILENT : state;
  }

  boolean hasEnded() {
    return ended;
  }

  // --- what the client does --------------------------------------------------------------------

  /** It is connected, in the foreground until it says something else. Never blocks. */
  public void connected() {
    connected = true;
    clients.connected(this);
    if (ended) {
      ended();
    }
  }

  /**
   * @throws ProblemException 400 {@code invalid-request}; 429 {@code rate-limited}
   */
  public void show(Caller caller, ShowClient command) {
    watching.count(caller);
    if (command.state() == null) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "state: must be foreground or background");
    }
    state = command.state();
    clients.changed(user());
  }

  /**
   * Returns when the client has been told how those appear whom it watches; from then on it is told
   * of every change.
   *
   * @throws ProblemException 400 {@code invalid-request} for too many; 403 {@code
   *     insufficient-scope}; 429 {@code rate-limited}; 503, and those before are watched still
   */
  public void watch(Caller caller, WatchPresence command) {
    caller.require(Scope.USERS_READ);
    watching.count(caller);
    List<UserId> users = command.userIds();
    if (users == null || users.size() > MOST_WATCHED || users.contains(null)) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "userIds: up to " + MOST_WATCHED + " ids");
    }
    watching.watch(this, users);
  }

  /** Called all the time, by one thread at a time. */
  public void silent(boolean now) {
    if (silent != now) {
      silent = now;
      clients.changed(user());
    }
  }

  /** Its token has been renewed. */
  public void renewed(Caller caller) {
    if (!caller.scopes().contains(Scope.USERS_READ)) {
      watching.end(this);
    }
  }

  /** Never blocks; may be called again. */
  public void ended() {
    ended = true;
    if (connected) {
      long silence = System.nanoTime() - connection.heardNanos();
      clients.left(this, clock.instant().minusNanos(silence));
      watching.end(this);
    }
  }

  // --- what it is told -------------------------------------------------------------------------

  synchronized Set<UserId> watched() {
    return watched == null ? Set.of() : Set.copyOf(watched.users());
  }

  /**
   * @param allowed whom the client may see, and whether to the last time online
   * @return those who are watched no more
   */
  synchronized Set<UserId> watch(Collection<UserId> users, Map<UserId, Boolean> allowed) {
    Set<UserId> before = new HashSet<>(watched());
    watched = users.isEmpty() ? null : new WatchList(users, allowed);
    before.removeAll(users);
    return before;
  }

  /** Some of those who are watched may be seen or not, from now on. */
  synchronized void allow(Collection<UserId> asked, Map<UserId, Boolean> allowed) {
    if (watched != null) {
      watched.allow(asked, allowed);
    }
  }

  synchronized void changed(UserId user) {
    if (watched != null) {
      watched.changed(user);
    }
  }

  /** All whom it watches. */
  synchronized void tellAll(Function<UserId, @Nullable KnownPresence> known) {
    if (watched != null) {
      watched.users().forEach(watched::changed);
      tell(known);
    }
  }

  /**
   * What has changed.
   *
   * @return false when it was told something a moment ago: later
   */
  synchronized boolean tellIfDue(long nanos, Function<UserId, @Nullable KnownPresence> known) {
    if (watched == null || ended) {
      return true;
    }
    if (nanos - toldNanos < TOLD_EVERY_NANOS) {
      return false;
    }
    tell(known);
    return true;
  }

  private void tell(Function<UserId, @Nullable KnownPresence> known) {
    if (watched == null) {
      return;
    }
    List<PresenceView> news = new ArrayList<>(watched.news(known, clock.instant()));
    if (!news.isEmpty()) {
      toldNanos = System.nanoTime();
      frames++;
      connection.enqueue(
          Outgoing.of(
              Outgoing.EVENTS,
              "w-" + frames,
              json.writeValueAsBytes(new PresenceEvent("PRESENCE", news))));
      connection.flush();
    }
  }
}

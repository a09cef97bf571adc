package io.parley.message.availability;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.access.Caller;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.availability.CassandraPresenceStore.Stored;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.limits.UserLimits;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** How users choose to appear, and how they do to one who looks. */
@Service
public class Presences {

  /**
   * What is held on a user.
   *
   * @param lastSeen to the minute
   */
  public record Held(Show show, @Nullable PresenceStatus status, @Nullable Instant lastSeen) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record ChosenEvent(String type, Show show, @Nullable PresenceStatus status) {}

  private final CassandraPresenceStore store;
  private final LocalClients clients;
  private final Watching watching;
  private final PresenceAudiences audiences;
  private final UserLimits limits;
  private final RedisBus bus;
  private final JsonMapper json;
  private final Clock clock;

  Presences(
      CassandraPresenceStore store,
      LocalClients clients,
      Watching watching,
      PresenceAudiences audiences,
      UserLimits limits,
      RedisBus bus,
      JsonMapper json,
      Clock clock) {
    this.store = store;
    this.clients = clients;
    this.watching = watching;
    this.audiences = audiences;
    this.limits = limits;
    this.bus = bus;
    this.json = json;
    this.clock = clock;
  }

  /**
   * @throws ProblemException 400 {@code invalid-request} when the status has ended already; 429
   *     {@code rate-limited}; 503
   */
  ChosenPresence choose(Caller caller, ChosenPresence chosen) {
    UserId user = caller.id();
    limits.frame(user);
    Instant now = clock.instant();
    if (chosen.status() != null && chosen.status().hasEnded(now)) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "status.until: must be in the future");
    }
    if (chosen.show() == Show.INVISIBLE) {
      disappear(user, now);
    }
    store.choose(user, chosen);
    bus.publish(Topic.presenceOf(user), BusEvent.passing(PresenceNews.CHOICE));
    bus.publish(
        Topic.of(user),
        BusEvent.passing(
            json.writeValueAsString(
                new ChosenEvent("PRESENCE_CHOSEN", chosen.show(), chosen.status()))));
    return chosen;
  }

  /**
   * Others have seen the user until now, and see what they would see of one who leaves. An older
   * last time online would show that nobody has left.
   */
  private void disappear(UserId user, Instant now) {
    Set<UserId> one = Set.of(user);
    if (stored(user).isShown() && clients.states(one).get(user) == ClientState.FOREGROUND) {
      store.seen(Map.of(user, now));
    }
  }

  /**
   * @throws ProblemException 429 {@code rate-limited}; 503
   */
  ChosenPresence chosen(Caller caller) {
    limits.frame(caller.id());
    return stored(caller.id()).chosen().asOf(clock.instant());
  }

  private Stored stored(UserId user) {
    return store.find(Set.of(user)).getOrDefault(user, Stored.NOTHING);
  }

  /**
   * In the order of the question, each once. Who may not be seen, and who does not exist, is
   * offline.
   *
   * @throws ProblemException 429 {@code rate-limited}; 503
   */
  List<PresenceView> look(Caller caller, List<UserId> asked) {
    limits.frame(caller.id());
    Set<UserId> users = new LinkedHashSet<>(asked);
    Map<UserId, Boolean> allowed = audiences.of(caller.id(), users);
    Map<UserId, KnownPresence> known = watching.read(allowed.keySet());
    Instant now = clock.instant();
    List<PresenceView> views = new ArrayList<>(users.size());
    for (UserId user : users) {
      KnownPresence presence = known.get(user);
      Boolean withLastSeen = allowed.get(user);
      views.add(
          presence == null || withLastSeen == null
              ? PresenceView.hidden(user)
              : presence.view(user, withLastSeen, now));
    }
    return views;
  }

  // --- for notifications -----------------------------------------------------------------------

  /**
   * What a user's clients do.
   *
   * @param connected whether there is any
   * @param foreground whether one says that it is in the foreground
   * @param doNotDisturb whether that is what the user has chosen, connected or not
   */
  public record Attention(boolean connected, boolean foreground, boolean doNotDisturb) {}

  /**
   * Of each: a request to each other node, and one for each user, all at once.
   *
   * @throws ProblemException 503
   */
  public Map<UserId, Attention> attention(Collection<UserId> users) {
    Map<UserId, Attention> attention = new HashMap<>();
    Map<UserId, ClientState> states = clients.states(users);
    store
        .find(users)
        .forEach(
            (user, stored) -> {
              ClientState state = states.getOrDefault(user, ClientState.NONE);
              attention.put(
                  user,
                  new Attention(
                      state != ClientState.NONE,
                      state == ClientState.FOREGROUND,
                      stored.chosen().show() == Show.DND));
            });
    return attention;
  }

  // --- what is held on a user ------------------------------------------------------------------

  /**
   * @throws ProblemException 503
   */
  public Held held(UserId user) {
    Stored row = stored(user);
    return new Held(row.chosen().show(), row.chosen().status(), row.lastSeen());
  }

  /**
   * For good: nothing is written of this user for a day, and no user has the id again.
   *
   * @throws ProblemException 503
   */
  public void erase(UserId user) {
    store.erase(user, clock.instant());
    bus.publish(Topic.presenceOf(user), BusEvent.passing(PresenceNews.CHOICE));
  }
}

package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * Connections come and go: each joins the feeds of its user's conversations, which need not be open
 * for it. A conversation that can not be joined now is joined later, and HEADS tells then what
 * there is to fetch.
 */
@Service
public class Connections {

  private record JoinedHint(String type, ConversationId conversationId) {}

  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final long MIN_RETRY_MILLIS = 500;
  private static final long MAX_RETRY_MILLIS = 30_000;

  /** Each user's memberships are compared once in so many rounds of ten seconds. */
  private static final int COMPARE_ROUNDS = 60;

  private final Conversations conversations;
  private final OpenConversations openConversations;
  private final LocalUsers users;
  private final FeedMembers members;
  private final Workers workers;
  private final JsonMapper json;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();
  private int compareRound;

  Connections(
      Conversations conversations,
      OpenConversations openConversations,
      LocalUsers users,
      FeedMembers members,
      Workers workers,
      RedisBus bus,
      JsonMapper json) {
    this.conversations = conversations;
    this.openConversations = openConversations;
    this.users = users;
    this.members = members;
    this.workers = workers;
    this.json = json;
    bus.listenToUsers(this::received);
  }

  /**
   * Returns when every event from now on reaches the connection: what happened before is in the
   * log, and HEADS, which is sent before this returns, says up to where.
   *
   * @throws ProblemException 503 when it is not known which conversations there are
   */
  public void connect(Connection socket) {
    LocalConnection connection = new LocalConnection(socket, workers.count());
    List<Membership> memberships;
    try {
      users.add(connection).join();
      memberships = conversations.of(connection.user());
    } catch (CompletionException e) {
      log.warn("could not connect {}: {}", connection.user(), e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
    join(connection, memberships.stream().map(Membership::conversation).toList());
  }

  public void disconnect(Connection socket) {
    LocalConnection connection = users.remove(socket);
    if (connection != null) {
      connection.end();
      for (ConversationFeed feed : connection.feeds()) {
        workers.submit(feed.id(), turn -> feed.remove(connection));
      }
    }
  }

  /** Those that can not be joined now are joined later. */
  private void join(LocalConnection connection, Collection<ConversationId> ids) {
    boolean first = false;
    for (ConversationId id : joinNow(connection, ids)) {
      first |= connection.joinLater(id);
    }
    if (first) {
      io.execute(() -> joinUntilJoined(connection));
    }
  }

  /**
   * Returns when everything that is published from now on in these conversations reaches the
   * connection, and it was told their heads, as far as they are known without reading logs: a
   * conversation in which nobody has written for long has nothing to tell that the inbox does not.
   *
   * @return those whose channels could not be subscribed to
   */
  private List<ConversationId> joinNow(LocalConnection connection, Collection<ConversationId> ids) {
    List<ConversationId> failed = new ArrayList<>();
    List<ConversationFeed> listening = new ArrayList<>(ids.size());
    for (ConversationFeed feed : openConversations.listen(ids)) {
      try {
        listening.add(feed.listening().join());
      } catch (CompletionException e) {
        log.debug("{} can not join {} yet: {}", connection.user(), feed.id(), e.toString());
        failed.add(feed.id());
      }
    }
    List<ConversationFeed> joined = new ArrayList<>(listening.size());
    workers
        .callEach(listening, ConversationFeed::id, feed -> add(feed, connection))
        .forEach(
            (feed, isThere) -> {
              if (isThere) {
                joined.add(feed);
              } else if (feed.isClosed() && !connection.isEnded()) {
                // It had served nobody for long, and was closed a moment ago.
                failed.addAll(joinNow(connection, List.of(feed.id())));
              }
            });
    tellHeads(connection, joined);
    return failed;
  }

  /**
   * @return whether the connection hears it
   */
  private boolean add(ConversationFeed feed, LocalConnection connection) {
    feed.used();
    feed.add(connection);
    boolean hears = connection.isJoinedTo(feed.id());
    if (!hears && feed.isOpen() && !feed.members().containsKey(connection.user())) {
      members.doubted(feed);
    }
    return hears;
  }

  /** What came before they were joined. */
  private void tellHeads(LocalConnection connection, List<ConversationFeed> joined) {
    Map<ConversationId, ConversationFeed> listening = new HashMap<>();
    for (ConversationFeed feed : joined) {
      if (!feed.isOpen()) {
        listening.put(feed.id(), feed);
      }
    }
    Map<ConversationId, Long> heads =
        listening.isEmpty()
            ? new HashMap<>()
            : new HashMap<>(openConversations.compareCounters(listening, connection));
    for (ConversationFeed feed : joined) {
      if (feed.isOpen()) {
        heads.put(feed.id(), feed.head());
      }
    }
    heads.values().removeIf(head -> head == 0);
    if (!heads.isEmpty()) {
      HeadsEvent.of(heads).forEach(connection::enqueue);
      connection.flush();
    }
    connection.headsHaveCome(listening.keySet());
  }

  private void joinUntilJoined(LocalConnection connection) {
    long pause = MIN_RETRY_MILLIS;
    try {
      while (!connection.isEnded()) {
        Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause));
        pause = Math.min(2 * pause, MAX_RETRY_MILLIS);
        Set<ConversationId> missing = connection.toJoin();
        List<ConversationId> failed = joinNow(connection, missing);
        for (ConversationId id : missing) {
          if (!failed.contains(id) && connection.joined(id)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- what concerns a user --------------------------------------------------------------------

  private void received(UserId user, BusEvent event) {
    if (event.isType("JOINED")) {
      io.execute(() -> joined(user, event));
    } else if (users.connections(user).isEmpty()) {
      users.hearNoMore(user);
    } else {
      workers.offer(user, turn -> tell(user, event, turn));
    }
  }

  private void joined(UserId user, BusEvent event) {
    ConversationId id = json.readValue(event.json(), JoinedHint.class).conversationId();
    users.connections(user).forEach(connection -> join(connection, List.of(id)));
    workers.submit(user, turn -> tell(user, event, turn));
  }

  private void tell(UserId user, BusEvent event, Workers.Turn turn) {
    Outgoing outgoing = Outgoing.passing(event);
    users.connections(user).forEach(connection -> turn.send(connection, outgoing));
  }

  /** A JOINED may have been lost: joins what the user's connections do not hear yet. */
  void compare(UserId user) {
    List<Membership> memberships = conversations.of(user);
    for (LocalConnection connection : users.connections(user)) {
      join(
          connection,
          memberships.stream()
              .map(Membership::conversation)
              .filter(id -> !connection.isJoinedTo(id))
              .toList());
    }
  }

  @Scheduled(fixedDelay = 10_000)
  void compareSome() {
    compareRound = (compareRound + 1) % COMPARE_ROUNDS;
    for (UserId user : users.all()) {
      if (Math.floorMod(user.hashCode(), COMPARE_ROUNDS) == compareRound) {
        try {
          compare(user);
        } catch (RuntimeException e) {
          log.debug("{} is compared later: {}", user, e.toString());
        }
      }
    }
  }
}

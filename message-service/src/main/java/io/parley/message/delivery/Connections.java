package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * Connections come and go: each joins the feeds of its user's conversations. A conversation that
 * can not be joined now is joined later, and HEADS tells then what there is to fetch.
 */
@Service
public class Connections {

  private record JoinedHint(String type, ConversationId conversationId) {}

  private static final Logger log = LoggerFactory.getLogger(Connections.class);
  private static final int JOINS_AT_ONCE = 64;
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
   * log, and HEADS, which is sent before this returns, says up to where. A conversation that can
   * not be opened now is joined later.
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

  /** Returns when all that can be joined are, and the connection was told their heads. */
  private void join(LocalConnection connection, Collection<ConversationId> ids) {
    Semaphore underWay = new Semaphore(JOINS_AT_ONCE);
    Map<ConversationId, Long> heads = new ConcurrentHashMap<>();
    for (ConversationId id : ids) {
      underWay.acquireUninterruptibly();
      join(connection, id)
          .whenComplete(
              (head, failure) -> {
                if (failure != null) {
                  joinLater(connection, id, failure);
                } else if (head > 0) {
                  heads.put(id, head);
                }
                underWay.release();
              });
    }
    underWay.acquireUninterruptibly(JOINS_AT_ONCE);
    if (!heads.isEmpty()) {
      HeadsEvent.of(heads).forEach(connection::enqueue);
      connection.flush();
    }
  }

  /**
   * @return the feed's head, from behind which on the connection hears everything; 0 when the user
   *     is no member
   */
  private CompletableFuture<Long> join(LocalConnection connection, ConversationId id) {
    return openConversations
        .open(id)
        .thenCompose(feed -> workers.call(id, turn -> added(feed, connection)))
        .thenCompose(
            feed ->
                feed.isClosed() && !connection.isEnded()
                    ? join(connection, id)
                    : CompletableFuture.completedFuture(
                        connection.isJoinedTo(id) ? feed.head() : 0L));
  }

  private ConversationFeed added(ConversationFeed feed, LocalConnection connection) {
    feed.used();
    if (!feed.add(connection) && !feed.members().containsKey(connection.user())) {
      members.doubted(feed);
    }
    return feed;
  }

  private void joinLater(LocalConnection connection, ConversationId id, Throwable failure) {
    log.debug("{} could not join {}: {}", connection.user(), id, failure.toString());
    if (connection.joinLater(id)) {
      io.execute(() -> joinUntilJoined(connection));
    }
  }

  private void joinUntilJoined(LocalConnection connection) {
    long pause = MIN_RETRY_MILLIS;
    try {
      while (!connection.isEnded()) {
        Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause));
        pause = Math.min(2 * pause, MAX_RETRY_MILLIS);
        for (ConversationId id : connection.toJoin()) {
          if (isSettled(connection, id) && connection.joined(id)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it was joined or need not be. */
  private boolean isSettled(LocalConnection connection, ConversationId id) {
    try {
      long head = join(connection, id).join();
      if (head > 0) {
        HeadsEvent.of(Map.of(id, head)).forEach(connection::enqueue);
        connection.flush();
      }
      return true;
    } catch (CompletionException e) {
      return e.getCause() instanceof ProblemException refusal
          && refusal.type().status().is4xxClientError()
          && !isCompleted(connection.user(), id);
    }
  }

  /** What is known to one of two only was half made. */
  private boolean isCompleted(UserId user, ConversationId id) {
    try {
      return conversations.complete(user, id);
    } catch (ProblemException e) {
      log.debug("{} is completed later: {}", id, e.toString());
      return true;
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

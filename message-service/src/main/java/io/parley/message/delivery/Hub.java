package io.parley.message.delivery;

import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.presence.RedisOnlineUsers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * This node's share of the delivery: which conversations have members here, and what came over the
 * bus for them. A conversation is open while a member is connected here, or was asked about in the
 * last minute; while it is open the bus keeps its member list right, so that an access check costs
 * a map look-up.
 */
@Service
public class Hub {

  /**
   * An open conversation as one of its members finds it.
   *
   * @param member who asked
   */
  public record Access(
      Conversation conversation, Map<UserId, Member> roster, Member member, long head) {

    public Set<UserId> members() {
      return roster.keySet();
    }
  }

  private record MembersEvent(
      List<UserId> added,
      List<UserId> removed,
      String name,
      boolean archived,
      GroupPolicy.@Nullable History history) {}

  private record JoinedHint(ConversationId conversationId) {}

  /** The destination of everything that concerns a user. */
  public static final String EVENTS = "/user/queue/events";

  private static final Logger log = LoggerFactory.getLogger(Hub.class);
  private static final int REPAIR_PAGE = 500;
  private static final Duration ROSTER_RETRY = Duration.ofSeconds(1);
  private static final int BUS_TIMEOUT_SECONDS = 5;

  private final Conversations conversations;
  private final EventLog eventLog;
  private final RedisBus bus;
  private final Workers workers;
  private final RedisOnlineUsers onlineUsers;
  private final DeliveryProperties properties;
  private final JsonMapper json;
  private final Map<ConversationId, CompletableFuture<ConversationFeed>> feeds =
      new ConcurrentHashMap<>();

  /** Feeds that wait for their head and members; what comes for them meanwhile is kept. */
  private final Map<ConversationId, ConversationFeed> opening = new ConcurrentHashMap<>();

  private final Map<UserId, Set<Connection>> users = new ConcurrentHashMap<>();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong round = new AtomicLong(1);
  private final AtomicLong passingIds = new AtomicLong();

  Hub(
      Conversations conversations,
      EventLog eventLog,
      RedisBus bus,
      Workers workers,
      RedisOnlineUsers onlineUsers,
      DeliveryProperties properties,
      JsonMapper json) {
    this.conversations = conversations;
    this.eventLog = eventLog;
    this.bus = bus;
    this.workers = workers;
    this.onlineUsers = onlineUsers;
    this.properties = properties;
    this.json =
        json.rebuild()
            .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // Events in the log are as old as the log.
            .disable(tools.jackson.databind.DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
    bus.listen(this::received);
  }

  // --- access ----------------------------------------------------------------------------------

  /**
   * @throws ProblemException 404 {@code conversation-not-found}, 403 {@code not-a-member}
   */
  public Access access(ConversationId conversation, UserId user) {
    ConversationFeed feed = open(conversation);
    feed.used();
    Map<UserId, Member> members = feed.members();
    Member member = members.get(user);
    if (member == null) {
      throw new ProblemException(ConversationProblem.NOT_A_MEMBER);
    }
    return new Access(feed.conversation(), members, member, feed.head());
  }

  private ConversationFeed open(ConversationId id) {
    CompletableFuture<ConversationFeed> feed = feeds.get(id);
    if (feed == null || feed.isCompletedExceptionally()) {
      Conversation conversation = conversations.get(id);
      feed = feeds.compute(id, (key, known) -> usable(known) ? known : opening(conversation));
    }
    try {
      return feed.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ProblemException refusal) {
        throw refusal;
      }
      log.warn("could not open {}: {}", id, e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  private static boolean usable(@Nullable CompletableFuture<ConversationFeed> feed) {
    return feed != null && !feed.isCompletedExceptionally();
  }

  /**
   * Subscribes first and reads then: a change that the reading misses comes over the bus. What
   * comes before the feed is open waits in it.
   */
  private CompletableFuture<ConversationFeed> opening(Conversation conversation) {
    ConversationFeed feed = new ConversationFeed(conversation);
    CompletableFuture<ConversationFeed> opened = new CompletableFuture<>();
    opening.put(conversation.id(), feed);
    bus.subscribe(Topic.of(conversation.id()))
        .orTimeout(BUS_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .thenAcceptAsync(
            subscribed -> {
              LogEvent head = eventLog.head(conversation.id());
              Conversations.Roster roster = conversations.roster(conversation.id());
              workers.submit(
                  conversation.id(),
                  turn -> {
                    if (!feed.opened(roster, head == null ? 0 : head.seq())) {
                      readRosterSoon(feed, properties.holdTimeout());
                    }
                    opening.remove(conversation.id(), feed);
                    feed.takeBeforeOpening().forEach(event -> deliver(feed, event, turn));
                    opened.complete(feed);
                  });
            },
            io)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                opening.remove(conversation.id(), feed);
                opened.completeExceptionally(failure);
              }
            });
    return opened;
  }

  // --- connections -----------------------------------------------------------------------------

  /**
   * Returns when every event from now on reaches the connection: what happened before is in the
   * log.
   */
  public void connect(Connection connection) {
    UserId user = connection.user();
    CompletableFuture<Void> subscribed = new CompletableFuture<>();
    users.compute(
        user,
        (key, known) -> {
          Set<Connection> connections = known == null ? ConcurrentHashMap.newKeySet() : known;
          if (connections.isEmpty()) {
            onlineUsers.connected(user);
          }
          connections.add(connection);
          bus.subscribe(Topic.of(user))
              .orTimeout(BUS_TIMEOUT_SECONDS, TimeUnit.SECONDS)
              .whenComplete(
                  (done, failure) -> {
                    if (failure == null) {
                      subscribed.complete(null);
                    } else {
                      subscribed.completeExceptionally(failure);
                    }
                  });
          return connections;
        });
    try {
      subscribed.join();
      List<CompletableFuture<Void>> joins = new ArrayList<>();
      for (Membership membership : conversations.of(user)) {
        joins.add(
            CompletableFuture.runAsync(() -> join(membership.conversation(), connection), io));
      }
      joins.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      log.warn("could not connect {}: {}", user, e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  private void join(ConversationId conversation, Connection connection) {
    while (true) {
      ConversationFeed feed = open(conversation);
      CompletableFuture<Boolean> joined = new CompletableFuture<>();
      workers.submit(
          conversation,
          turn -> {
            CompletableFuture<ConversationFeed> current = feeds.get(conversation);
            boolean stillOpen =
                current != null
                    && !current.isCompletedExceptionally()
                    && current.getNow(null) == feed;
            if (stillOpen
                && feed.members().containsKey(connection.user())
                && users.getOrDefault(connection.user(), Set.of()).contains(connection)) {
              feed.add(connection);
            }
            joined.complete(stillOpen);
          });
      if (joined.join()) {
        return;
      }
    }
  }

  public void disconnect(Connection connection) {
    boolean[] known = new boolean[1];
    users.computeIfPresent(
        connection.user(),
        (user, connections) -> {
          known[0] = connections.remove(connection);
          if (!connections.isEmpty()) {
            return connections;
          }
          bus.unsubscribe(Topic.of(user));
          onlineUsers.disconnected(user);
          return null;
        });
    if (!known[0]) {
      return;
    }
    feeds.forEach(
        (id, opened) -> {
          ConversationFeed feed = opened.isCompletedExceptionally() ? null : opened.getNow(null);
          if (feed != null && feed.members().containsKey(connection.user())) {
            workers.submit(id, turn -> feed.remove(connection));
          }
        });
  }

  // --- the bus ---------------------------------------------------------------------------------

  private void received(Topic topic, BusEvent event) {
    if (!topic.isConversation()) {
      io.execute(() -> receivedByUser(new UserId(topic.id()), event));
      return;
    }
    ConversationId id = new ConversationId(topic.id());
    workers.submit(
        id,
        turn -> {
          ConversationFeed feed = opening.get(id);
          if (feed == null) {
            CompletableFuture<ConversationFeed> opened = feeds.get(id);
            feed = opened == null || opened.isCompletedExceptionally() ? null : opened.getNow(null);
          }
          if (feed != null) {
            deliver(feed, event, turn);
          }
        });
  }

  private void receivedByUser(UserId user, BusEvent event) {
    Set<Connection> connections = users.getOrDefault(user, Set.of());
    if (event.isType("JOINED")) {
      ConversationId id = json.readValue(event.json(), JoinedHint.class).conversationId();
      connections.forEach(connection -> join(id, connection));
    }
    Outgoing outgoing = passing(event);
    for (Connection connection : connections) {
      connection.enqueue(outgoing);
      connection.flush();
    }
  }

  private void deliver(ConversationFeed feed, BusEvent event, Workers.Turn turn) {
    if (event.isType(Conversations.ROSTER)) {
      rosterChanged(feed);
      return;
    }
    for (BusEvent ready : feed.accept(event)) {
      Outgoing outgoing =
          ready.isPassing()
              ? passing(ready)
              : Outgoing.of(EVENTS, feed.id() + "-" + ready.seq(), ready.json());
      boolean toAll = ready.isPassing() || feed.isVisibleToAll(ready.seq());
      for (Connection connection : feed.connections()) {
        if (toAll || feed.isVisibleTo(connection.user(), ready.seq())) {
          turn.send(connection, outgoing);
        }
      }
      if (!ready.isPassing()) {
        feed.changedInRound = round.get();
        if (ready.isType("MEMBERS")) {
          membersChanged(feed, ready, turn);
        }
      }
    }
    if (feed.hasGap() && !feed.repairing) {
      feed.repairing = true;
      io.execute(() -> repair(feed, true));
    }
  }

  private Outgoing passing(BusEvent event) {
    return Outgoing.of(EVENTS, "p-" + passingIds.incrementAndGet(), event.json());
  }

  private void membersChanged(ConversationFeed feed, BusEvent event, Workers.Turn turn) {
    MembersEvent change = json.readValue(event.json(), MembersEvent.class);
    Outgoing left =
        passing(BusEvent.passing("{\"type\":\"LEFT\",\"conversationId\":\"" + feed.id() + "\"}"));
    long seenFrom =
        change.history() == GroupPolicy.History.FROM_JOINING ? event.seq() : Member.EVERYTHING;
    for (Connection gone :
        feed.membersChanged(
            change.added(), change.removed(), change.name(), change.archived(), seenFrom)) {
      turn.send(gone, left);
    }
    for (UserId added : change.added()) {
      for (Connection connection : users.getOrDefault(added, Set.of())) {
        feed.add(connection);
      }
    }
    rosterChanged(feed);
  }

  private void rosterChanged(ConversationFeed feed) {
    feed.rosterChanges++;
    if (!feed.readingRoster) {
      readRosterSoon(feed, Duration.ZERO);
    }
  }

  private void readRosterSoon(ConversationFeed feed, Duration after) {
    CompletableFuture<ConversationFeed> current = feeds.get(feed.id());
    if (current == null || (current.isDone() && current.getNow(null) != feed)) {
      return;
    }
    feed.readingRoster = true;
    long changes = feed.rosterChanges;
    io.execute(() -> readRoster(feed, changes, after));
  }

  /**
   * The table knows the newest version of each member, in whatever order the changes came. What was
   * read before another change is read again, so that nobody who has just been removed comes back.
   */
  private void readRoster(ConversationFeed feed, long changes, Duration after) {
    Conversations.Roster roster;
    try {
      Thread.sleep(after);
      roster = conversations.roster(feed.id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      log.warn("the members of {} are as its log has them: {}", feed.id(), e.toString());
      workers.submit(feed.id(), turn -> readRosterSoon(feed, ROSTER_RETRY));
      return;
    }
    workers.submit(
        feed.id(),
        turn -> {
          feed.readingRoster = false;
          if (feed.rosterChanges != changes) {
            readRosterSoon(feed, Duration.ZERO);
          } else {
            if (!feed.setRoster(roster)) {
              readRosterSoon(feed, properties.holdTimeout());
            }
            Map<UserId, Member> members = feed.members();
            List<Connection> strangers =
                feed.connections().stream().filter(c -> !members.containsKey(c.user())).toList();
            strangers.forEach(feed::remove);
          }
        });
  }

  /** Reads from the log what did not come over the bus. */
  private void repair(ConversationFeed feed, boolean wait) {
    try {
      if (wait) {
        Thread.sleep(properties.holdTimeout());
      }
      List<LogEvent> missing = eventLog.read(feed.id(), feed.head() + 1, REPAIR_PAGE);
      workers.submit(
          feed.id(),
          turn -> {
            feed.repairing = false;
            for (LogEvent event : missing) {
              deliver(
                  feed,
                  new BusEvent(event.seq(), event.toJson().getBytes(StandardCharsets.UTF_8)),
                  turn);
            }
            boolean more = missing.size() == REPAIR_PAGE;
            if ((more || feed.hasGap()) && !feed.repairing) {
              feed.repairing = true;
              io.execute(() -> repair(feed, !more));
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.debug("could not read what is missing in {}: {}", feed.id(), e.toString());
      workers.submit(
          feed.id(),
          turn -> {
            feed.repairing = true;
            io.execute(() -> repair(feed, true));
          });
    }
  }

  // --- rounds ----------------------------------------------------------------------------------

  /**
   * Compares each watched conversation with its counter, as a publish may have been lost with no
   * later one to show it, and tells clients the heads of those in which something happened.
   */
  @Scheduled(fixedDelayString = "${parley.delivery.heads-interval:30s}")
  void heads() {
    long last = round.getAndIncrement();
    List<ConversationFeed> open = openFeeds();
    Map<ConversationId, Long> proposed =
        eventLog.proposedSeqs(open.stream().map(ConversationFeed::id).toList()).known();
    for (ConversationFeed feed : open) {
      long newest = proposed.getOrDefault(feed.id(), 0L);
      workers.submit(
          feed.id(),
          turn -> {
            if (!feed.connections().isEmpty() && feed.changedInRound >= last) {
              Outgoing heads =
                  passing(
                      BusEvent.passing(
                          "{\"type\":\"HEADS\",\"heads\":{\""
                              + feed.id()
                              + "\":"
                              + feed.head()
                              + "}}"));
              feed.connections().forEach(connection -> turn.send(connection, heads));
            }
            if (newest > feed.head() && !feed.repairing) {
              feed.repairing = true;
              io.execute(() -> repair(feed, true));
            }
          });
    }
  }

  @Scheduled(fixedDelay = 10_000)
  void closeIdle() {
    long since = System.nanoTime() - properties.idleConversation().toNanos();
    for (ConversationFeed feed : openFeeds()) {
      workers.submit(
          feed.id(),
          turn ->
              feeds.computeIfPresent(
                  feed.id(),
                  (id, opened) -> {
                    if (!feed.isIdleSince(since) || opened.getNow(null) != feed) {
                      return opened;
                    }
                    bus.unsubscribe(Topic.of(id));
                    return null;
                  }));
    }
  }

  private List<ConversationFeed> openFeeds() {
    List<ConversationFeed> open = new ArrayList<>();
    for (CompletableFuture<ConversationFeed> feed : feeds.values()) {
      if (!feed.isCompletedExceptionally() && feed.isDone()) {
        open.add(feed.join());
      }
    }
    return open;
  }
}

package io.parley.message.delivery;

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
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * The conversations that are open on this node: a member is connected here, or somebody asked about
 * it in the last minute. While it is open the bus keeps its member list right, so that an access
 * check costs a map look-up.
 */
@Service
public class OpenConversations {

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

  private static final Logger log = LoggerFactory.getLogger(OpenConversations.class);
  private static final int OPENING_SECONDS = 10;

  private final Conversations conversations;
  private final EventLog eventLog;
  private final LogReader reader;
  private final RedisBus bus;
  private final Workers workers;
  private final FanOut fanOut;
  private final FeedMembers members;
  private final FeedRepair repair;
  private final DeliveryProperties properties;
  private final Map<ConversationId, ConversationFeed> feeds = new ConcurrentHashMap<>();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  OpenConversations(
      Conversations conversations,
      EventLog eventLog,
      LogReader reader,
      RedisBus bus,
      Workers workers,
      FanOut fanOut,
      FeedMembers members,
      FeedRepair repair,
      DeliveryProperties properties) {
    this.conversations = conversations;
    this.eventLog = eventLog;
    this.reader = reader;
    this.bus = bus;
    this.workers = workers;
    this.fanOut = fanOut;
    this.members = members;
    this.repair = repair;
    this.properties = properties;
    bus.listenToConversations(this::received);
  }

  /**
   * @throws ProblemException 404 {@code conversation-not-found}, 403 {@code not-a-member}, 503
   */
  public Access access(ConversationId conversation, UserId user) {
    ConversationFeed feed = opened(conversation);
    feed.used();
    Map<UserId, Member> roster = feed.members();
    Member member = roster.get(user);
    if (member == null) {
      throw new ProblemException(ConversationProblem.NOT_A_MEMBER);
    }
    return new Access(feed.conversation(), roster, member, feed.head());
  }

  private ConversationFeed opened(ConversationId id) {
    try {
      return open(id).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ProblemException refusal) {
        throw refusal;
      }
      log.warn("could not open {}: {}", id, e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  /** The open feed; soon, if it is not open yet. What fails is tried anew with the next call. */
  CompletableFuture<ConversationFeed> open(ConversationId id) {
    ConversationFeed feed = feeds.get(id);
    if (feed != null && feed.opened().isCompletedExceptionally()) {
      close(feed);
      feed = null;
    }
    if (feed == null) {
      ConversationFeed created = new ConversationFeed(id);
      feed = feeds.putIfAbsent(id, created);
      if (feed == null) {
        begin(created);
        feed = created;
      }
    }
    return feed.opened();
  }

  /**
   * Subscribes first and reads then: a change that the reading misses comes over the bus. What
   * comes before the feed is open waits in it.
   */
  private void begin(ConversationFeed feed) {
    CompletableFuture<ConversationFeed> opened = feed.opened();
    opened
        .orTimeout(OPENING_SECONDS, TimeUnit.SECONDS)
        .whenComplete(
            (open, failure) -> {
              if (failure != null) {
                close(feed);
              }
            });
    bus.subscribe(Topic.of(feed.id()))
        .thenRunAsync(() -> read(feed), io)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                opened.completeExceptionally(failure);
              }
            });
  }

  private void read(ConversationFeed feed) {
    LogEvent newest = reader.head(feed.id());
    long head = newest == null ? 0 : newest.seq();
    Conversations.Roster roster = conversations.roster(feed.id());
    // An event above a hole is not the head, and may have been published before we listened.
    long proposed = eventLog.proposedSeqs(List.of(feed.id())).known().getOrDefault(feed.id(), head);
    workers
        .call(feed.id(), turn -> opened(feed, head, roster, proposed, turn))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                feed.opened().complete(feed);
              } else {
                feed.opened().completeExceptionally(failure);
              }
            });
  }

  private boolean opened(
      ConversationFeed feed,
      long head,
      Conversations.Roster roster,
      long proposed,
      Workers.Turn turn) {
    if (!feed.open(head, roster, proposed)) {
      members.incomplete(feed);
    }
    fanOut.deliverHeld(feed, turn);
    repair.ifNeeded(feed);
    return true;
  }

  private void close(ConversationFeed feed) {
    feeds.computeIfPresent(feed.id(), (id, current) -> current == feed ? closed(feed) : current);
  }

  /** Within the map's lock, so that the next one's subscription comes after. */
  private @Nullable ConversationFeed closed(ConversationFeed feed) {
    feed.close();
    bus.unsubscribe(Topic.of(feed.id()));
    return null;
  }

  /** Something came for one that is not open: an unsubscription has failed. */
  private void hearNoMore(ConversationId id) {
    feeds.compute(
        id,
        (key, feed) -> {
          if (feed == null) {
            bus.unsubscribe(Topic.of(id));
          }
          return feed;
        });
  }

  private void received(ConversationId id, BusEvent event) {
    ConversationFeed feed = feeds.get(id);
    if (feed == null) {
      hearNoMore(id);
      return;
    }
    Workers.Work work =
        turn -> {
          fanOut.deliver(feed, event, turn);
          repair.ifNeeded(feed);
        };
    if (event.isType(Conversations.ROSTER)) {
      workers.submit(id, work);
      return;
    }
    boolean isOfLog = !event.isPassing() || event.isType(BusEvent.HEAD);
    if (!workers.offer(id, work) && isOfLog && !feed.order().isDoubtful()) {
      repair.compare(feed);
    }
  }

  /** Those that are being opened, too. */
  List<ConversationFeed> all() {
    return List.copyOf(feeds.values());
  }

  /** Subscribes to its channel once more; completes when Redis has confirmed it. */
  CompletableFuture<Void> hear(ConversationFeed feed) {
    CompletableFuture<Void> heard = new CompletableFuture<>();
    feeds.computeIfPresent(
        feed.id(),
        (id, current) -> {
          bus.subscribe(Topic.of(id)).whenComplete((done, failure) -> heard.complete(null));
          return current;
        });
    return heard;
  }

  @Scheduled(fixedDelay = 10_000)
  void closeIdle() {
    long since = System.nanoTime() - properties.idleConversation().toNanos();
    for (ConversationFeed feed : all()) {
      if (feed.isIdleSince(since)) {
        workers.submit(
            feed.id(),
            turn -> {
              // Only here it is certain that nobody joins it at this moment.
              if (feed.isIdleSince(since)) {
                close(feed);
              }
            });
      }
    }
  }
}

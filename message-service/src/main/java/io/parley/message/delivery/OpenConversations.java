package io.parley.message.delivery;

import io.micrometer.core.instrument.MeterRegistry;
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
import io.parley.message.metrics.MessageMeter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * The conversations that this node hears: a member is connected here, or somebody asked about it in
 * the last minute. With the first event, or when somebody asks, it is opened: from then on the bus
 * keeps its member list right, so that an access check costs a map look-up. So a member of
 * thousands of conversations connects at the price of the subscriptions.
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
  private static final int RECENT_SECONDS = 2;

  private final Conversations conversations;
  private final EventLog eventLog;
  private final RedisBus bus;
  private final Workers workers;
  private final FanOut fanOut;
  private final FeedOpenings openings;
  private final FeedRepair repair;
  private final DeliveryProperties properties;
  private final Map<ConversationId, ConversationFeed> feeds = new ConcurrentHashMap<>();
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  OpenConversations(
      Conversations conversations,
      EventLog eventLog,
      RedisBus bus,
      Workers workers,
      FanOut fanOut,
      FeedOpenings openings,
      FeedRepair repair,
      DeliveryProperties properties,
      MeterRegistry metrics) {
    this.conversations = conversations;
    this.eventLog = eventLog;
    this.bus = bus;
    this.workers = workers;
    this.fanOut = fanOut;
    this.openings = openings;
    this.repair = repair;
    this.properties = properties;
    bus.listenToConversations(this::received);
    MessageMeter.FEEDS.gauge(metrics, feeds, all -> all.size() - open(all), "listening");
    MessageMeter.FEEDS.gauge(metrics, feeds, OpenConversations::open, "open");
  }

  private static long open(Map<ConversationId, ConversationFeed> feeds) {
    return feeds.values().stream().filter(ConversationFeed::isOpen).count();
  }

  /**
   * @throws ProblemException 404 {@code conversation-not-found}, 403 {@code not-a-member} of a
   *     group, 503
   */
  public Access access(ConversationId conversation, UserId user) {
    ConversationFeed feed = openedFor(user, conversation);
    feed.used();
    Map<UserId, Member> roster = feed.members();
    Member member = roster.get(user);
    if (member == null) {
      throw ConversationProblem.ofStranger(feed.conversation());
    }
    return new Access(feed.conversation(), roster, member, feed.head());
  }

  /** What is known to one of two only was half made. */
  private ConversationFeed openedFor(UserId user, ConversationId id) {
    try {
      return opened(id);
    } catch (ProblemException e) {
      if (e.type() == ConversationProblem.CONVERSATION_NOT_FOUND
          && conversations.complete(user, id)) {
        return opened(id);
      }
      throw e;
    }
  }

  private ConversationFeed opened(ConversationId id) {
    CompletableFuture<ConversationFeed> opened = open(id);
    try {
      return opened.isDone()
          ? opened.join()
          : opened.copy().orTimeout(OPENING_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ProblemException refusal) {
        throw refusal;
      }
      log.warn("could not open {}: {}", id, e.toString());
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }

  private CompletableFuture<ConversationFeed> open(ConversationId id) {
    ConversationFeed feed = feeds.get(id);
    if (feed == null) {
      feed = listen(List.of(id)).get(0);
    }
    return open(feed, true);
  }

  /**
   * The feeds of these conversations, in their order; those that are new are about to listen and
   * not opened.
   */
  List<ConversationFeed> listen(Collection<ConversationId> ids) {
    List<ConversationFeed> all = new ArrayList<>(ids.size());
    List<ConversationFeed> created = new ArrayList<>();
    for (ConversationId id : ids) {
      ConversationFeed feed = feeds.get(id);
      if (feed == null) {
        ConversationFeed candidate = new ConversationFeed(id);
        feed = feeds.putIfAbsent(id, candidate);
        if (feed == null) {
          feed = candidate;
          created.add(candidate);
        }
      }
      all.add(feed);
    }
    if (!created.isEmpty()) {
      begin(created);
    }
    return all;
  }

  private void begin(List<ConversationFeed> created) {
    bus.subscribe(created.stream().map(feed -> Topic.of(feed.id())).toList())
        .orTimeout(OPENING_SECONDS, TimeUnit.SECONDS)
        .whenComplete(
            (done, failure) -> {
              for (ConversationFeed feed : created) {
                if (failure == null) {
                  feed.listening().complete(feed);
                } else {
                  close(feed);
                  feed.listening().completeExceptionally(failure);
                }
              }
            });
  }

  /** Soon; others whom somebody waits for come first. What fails is tried again. */
  void openSoon(ConversationFeed feed) {
    open(feed, false);
  }

  private CompletableFuture<ConversationFeed> open(ConversationFeed feed, boolean urgent) {
    return openings.open(feed, urgent, this::openLater);
  }

  /** It could not be opened now. Called on its worker. */
  private void openLater(ConversationFeed feed) {
    if (feed.isClosed() || feed.isOpen()) {
      return;
    }
    if (!feed.isWatched()) {
      close(feed);
      return;
    }
    long pause = feed.pauseBeforeOpening().toMillis();
    CompletableFuture.delayedExecutor(
            ThreadLocalRandom.current().nextLong(pause / 2, pause), TimeUnit.MILLISECONDS, io)
        .execute(() -> openSoon(feed));
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
          long expected = feed.order().expected();
          fanOut.deliver(feed, event, turn);
          if (feed.isOpen()) {
            repair.ifNeeded(feed);
          } else if (feed.order().expected() > expected || feed.order().isHolding()) {
            open(feed, true);
          }
        };
    if (event.isType(Conversations.ROSTER)) {
      workers.submit(id, work);
      return;
    }
    boolean isOfLog = !event.isPassing() || event.isType(BusEvent.HEAD);
    if (!workers.offer(id, work) && isOfLog && !feed.order().isDoubtful()) {
      compare(feed);
    }
  }

  /** Compares the feed with the log, whatever is known; one that only listens is opened for it. */
  void compare(ConversationFeed feed) {
    repair.compare(feed);
    if (!feed.isOpen()) {
      openSoon(feed);
    }
  }

  /**
   * Compares feeds that only listen with their counters. Those are opened in which something was
   * given out that did not come, and those in which somebody is writing: an event may be under way
   * whose writer dies before it tells. The latter are waited for, a while.
   *
   * @param newcomer who has just joined them, and is told by the caller; null if nobody has
   * @return the newest seqs that were given out, where they are known
   */
  Map<ConversationId, Long> compareCounters(
      Map<ConversationId, ConversationFeed> listening, @Nullable LocalConnection newcomer) {
    EventLog.ProposedSeqs proposed;
    try {
      proposed = eventLog.proposedSeqs(listening.keySet());
    } catch (ProblemException e) {
      log.debug("no counters: {}", e.toString());
      return Map.of();
    }
    workers
        .callEach(
            proposed.known().keySet(),
            id -> id,
            id -> isNews(feed(listening, id), proposed.known().getOrDefault(id, 0L), newcomer))
        .forEach(
            (id, isNews) -> {
              if (isNews) {
                openSoon(feed(listening, id));
              }
            });
    if (newcomer != null) {
      newcomer.headsToCome(proposed.recent());
    }
    List<CompletableFuture<ConversationFeed>> opening = new ArrayList<>();
    for (ConversationId id : proposed.recent()) {
      opening.add(open(feed(listening, id), true));
    }
    CompletableFuture.allOf(opening.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, RECENT_SECONDS, TimeUnit.SECONDS)
        .exceptionally(failure -> null)
        .join();
    return proposed.known();
  }

  private static ConversationFeed feed(
      Map<ConversationId, ConversationFeed> feeds, ConversationId id) {
    return Objects.requireNonNull(feeds.get(id));
  }

  private static boolean isNews(
      ConversationFeed feed, long newest, @Nullable LocalConnection newcomer) {
    boolean isNews = feed.order().expected() < newest;
    feed.order().expect(newest);
    return isNews && !feed.isHeardOnlyBy(newcomer);
  }

  /** Those that only listen, too. */
  List<ConversationFeed> all() {
    return List.copyOf(feeds.values());
  }

  /** Subscribes to their channels once more; completes when Redis has confirmed it. */
  CompletableFuture<Void> hear(List<ConversationFeed> listening) {
    List<CompletableFuture<Void>> heard = new ArrayList<>();
    for (ConversationFeed feed : listening) {
      feeds.computeIfPresent(
          feed.id(),
          (id, current) -> {
            // Within the lock, so that no unsubscription is overtaken.
            heard.add(bus.subscribe(Topic.of(id)));
            return current;
          });
    }
    return CompletableFuture.allOf(heard.toArray(CompletableFuture[]::new))
        .exceptionally(failure -> null);
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

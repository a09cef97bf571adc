package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.MessagePlace;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.log.RedisLastMessages;
import io.parley.message.log.RedisLastMessages.LastMessage;
import io.parley.message.thread.UnreadReplies.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * All threads that a user follows, over all conversations of which they are a member, the one with
 * the newest last reply first. Nothing of that order is stored. No reply is newer than its
 * conversation's newest message, whose time Redis knows: so conversations are looked into by that,
 * until no other can have a thread that comes before those that were found.
 */
@Service
public class FollowedThreads {

  /**
   * @param messages the root and the last reply, as far as the user may see them
   */
  record Item(ConversationId conversation, Threads.Summary thread, List<LogEvent> messages) {}

  /**
   * @param next the place after which the next page begins; null on the last one
   */
  record Page(List<Item> items, @Nullable MessagePlace next) {}

  /**
   * What a user follows in a conversation.
   *
   * @param newest when something was last said in it; null: that is not known
   */
  private record Followed(Viewer viewer, List<Follow> follows, @Nullable LastMessage newest) {

    /** No reply is newer. */
    Instant bound() {
      return newest == null ? Instant.MAX : newest.at().plus(SKEW);
    }
  }

  private record Found(Viewer viewer, MessagePlace place) {}

  private static final Logger logger = LoggerFactory.getLogger(FollowedThreads.class);
  private static final int LOOKED_INTO_AT_ONCE = 16;
  private static final int READS_AT_ONCE = 32;

  /** Of two that follow one another in a log, the second may be dated before the first. */
  private static final Duration SKEW = Duration.ofSeconds(10);

  private final CassandraFollowStore store;
  private final Conversations conversations;
  private final RedisLastMessages lastMessages;
  private final LastReplies lastReplies;
  private final UnreadReplies unread;
  private final Threads threads;
  private final LogReader log;
  private final UserLimits limits;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore room = new Semaphore(READS_AT_ONCE, true);

  FollowedThreads(
      CassandraFollowStore store,
      Conversations conversations,
      RedisLastMessages lastMessages,
      LastReplies lastReplies,
      UnreadReplies unread,
      Threads threads,
      LogReader log,
      UserLimits limits) {
    this.store = store;
    this.conversations = conversations;
    this.lastMessages = lastMessages;
    this.lastReplies = lastReplies;
    this.unread = unread;
    this.threads = threads;
    this.log = log;
    this.limits = limits;
  }

  /**
   * A page of them. A thread that is answered while one pages moves to the front: it comes on no
   * later page, and none comes on two.
   *
   * @param after the place of the last item of the page before; null for the first page
   * @param unreadOnly only those with unread replies
   * @throws ProblemException 429 {@code rate-limited}, 503
   */
  Page page(Caller caller, @Nullable MessagePlace after, int limit, boolean unreadOnly) {
    limits.frame(caller.id());
    List<Followed> all = followed(caller.id());
    List<Found> found = new ArrayList<>();
    int looked = 0;
    while (looked < all.size() && !isFull(found, limit, all.get(looked).bound())) {
      List<Followed> next = all.subList(looked, Math.min(all.size(), looked + LOOKED_INTO_AT_ONCE));
      looked += next.size();
      forEach(next, followed -> look(followed, after, unreadOnly)).forEach(found::addAll);
      found.sort(Comparator.comparing(Found::place));
    }
    List<Found> page = found.subList(0, Math.min(limit, found.size()));
    return new Page(items(page), found.size() > limit ? page.getLast().place() : null);
  }

  /** Whether one more than the page was found, and nothing that follows may come before it. */
  private static boolean isFull(List<Found> found, int limit, Instant bound) {
    return found.size() > limit && found.get(limit).place().at().isAfter(bound);
  }

  /** Those with the newest messages first. */
  private List<Followed> followed(UserId user) {
    Map<ConversationId, List<Follow>> follows =
        store.all(user).stream()
            .filter(Follow::isFollowed)
            .collect(Collectors.groupingBy(Follow::conversation));
    if (follows.isEmpty()) {
      return List.of();
    }
    Map<ConversationId, LastMessage> newest = newest(follows.keySet());
    return conversations.of(user).stream()
        .filter(membership -> follows.containsKey(membership.conversation()))
        .map(membership -> followed(membership, follows, newest))
        .sorted(Comparator.comparing(Followed::bound).reversed())
        .toList();
  }

  private static Followed followed(
      Membership membership,
      Map<ConversationId, List<Follow>> follows,
      Map<ConversationId, LastMessage> newest) {
    ConversationId id = membership.conversation();
    return new Followed(
        Viewer.of(membership), Objects.requireNonNull(follows.get(id)), newest.get(id));
  }

  private Map<ConversationId, LastMessage> newest(Collection<ConversationId> conversations) {
    try {
      return lastMessages.of(conversations);
    } catch (ProblemException e) {
      logger.debug("all conversations are looked into: {}", e.toString());
      return new HashMap<>();
    }
  }

  private List<Found> look(Followed followed, @Nullable MessagePlace after, boolean unreadOnly) {
    Viewer viewer = followed.viewer();
    ConversationId id = viewer.conversation();
    LastMessage newest = followed.newest();
    Map<Long, Follow> follows = new HashMap<>();
    for (Follow follow : followed.follows()) {
      if (!unreadOnly || newest == null || follow.readTo() < newest.seq()) {
        follows.put(follow.root(), follow);
      }
    }
    Map<Long, LastReplies.Last> lasts = lastReplies.of(id, follows.keySet(), newest);
    Map<Long, MessagePlace> places = new HashMap<>();
    lasts.forEach(
        (root, last) -> {
          MessagePlace place = new MessagePlace(last.at(), id, root);
          if (last.seq() > viewer.unseen() && (after == null || place.compareTo(after) > 0)) {
            places.put(root, place);
          }
        });
    if (unreadOnly && !places.isEmpty()) {
      List<Follow> candidates =
          places.keySet().stream().map(follows::get).map(Objects::requireNonNull).toList();
      places.keySet().retainAll(unread.of(viewer, candidates, head(id)).keySet());
    }
    return places.values().stream().map(place -> new Found(viewer, place)).toList();
  }

  private List<Item> items(List<Found> page) {
    Map<Viewer, List<Long>> roots = new LinkedHashMap<>();
    for (Found found : page) {
      roots.computeIfAbsent(found.viewer(), viewer -> new ArrayList<>()).add(found.place().seq());
    }
    Map<ThreadKey, Item> items = new HashMap<>();
    forEach(
            List.copyOf(roots.keySet()),
            viewer -> items(viewer, roots.getOrDefault(viewer, List.of())))
        .forEach(
            each ->
                each.forEach(
                    item ->
                        items.put(new ThreadKey(item.conversation(), item.thread().root()), item)));
    return page.stream()
        .map(found -> new ThreadKey(found.viewer().conversation(), found.place().seq()))
        .map(items::get)
        .filter(Objects::nonNull)
        .toList();
  }

  private List<Item> items(Viewer viewer, List<Long> roots) {
    long head = head(viewer.conversation());
    Map<Long, List<Long>> newest = new LinkedHashMap<>();
    roots.forEach(root -> newest.put(root, threads.newest(viewer, root, head)));
    List<LogEvent> messages = threads.messages(viewer, newest);
    return threads.summaries(viewer, newest, head).stream()
        .map(
            thread ->
                new Item(
                    viewer.conversation(),
                    thread,
                    messages.stream()
                        .filter(
                            message ->
                                message.seq() == thread.root()
                                    || message.seq() == thread.lastReply())
                        .toList()))
        .toList();
  }

  private long head(ConversationId conversation) {
    LogHead head = log.head(conversation);
    return head == null ? 0 : head.seq();
  }

  private <T, R> List<R> forEach(List<T> all, Function<T, R> read) {
    List<CompletableFuture<R>> reads =
        all.stream()
            .map(each -> CompletableFuture.supplyAsync(() -> inRoom(each, read), io))
            .toList();
    try {
      return reads.stream().map(CompletableFuture::join).toList();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private <T, R> R inRoom(T each, Function<T, R> read) {
    room.acquireUninterruptibly();
    try {
      return read.apply(each);
    } finally {
      room.release();
    }
  }

  /**
   * What is unread in the threads that somebody follows in a conversation.
   *
   * @param threads how many have unread replies; {@value UnreadReplies#MOST} stands for as many or
   *     more
   * @param mentions how many of the replies mention the user; likewise
   */
  public record Unread(int threads, int mentions) {
    static final Unread NONE = new Unread(0, 0);
  }

  /** Where the user has said something of a thread since then, or moved its marker. One read. */
  public Set<ConversationId> changedSince(UserId user, Instant since) {
    return store.changedSince(user, since);
  }

  /** The threads that a user follows in some conversations, by these. One read. */
  public Map<ConversationId, List<Follow>> in(
      UserId user, Collection<ConversationId> conversations) {
    return store.in(user, conversations).stream()
        .filter(Follow::isFollowed)
        .collect(Collectors.groupingBy(Follow::conversation));
  }

  /**
   * Reads nothing where nothing is followed.
   *
   * @param follows of {@link #in}
   * @param head the newest event's seq
   * @throws ProblemException 503
   */
  public Unread unread(Membership membership, List<Follow> follows, long head) {
    if (follows.isEmpty()) {
      return Unread.NONE;
    }
    Collection<Counts> counts = unread.of(Viewer.of(membership), follows, head).values();
    return new Unread(
        Math.min(UnreadReplies.MOST, counts.size()),
        Math.min(UnreadReplies.MOST, counts.stream().mapToInt(Counts::mentions).sum()));
  }
}

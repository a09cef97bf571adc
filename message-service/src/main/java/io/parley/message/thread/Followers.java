package io.parley.message.thread;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.BusCache;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.mention.MentionRows;
import io.parley.message.store.CassandraTables;
import io.parley.message.thread.CassandraFollowStore.Involved;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/**
 * Who comes to follow a thread by what happens in it: who wrote its root, from the first reply on;
 * who replies; and who is named in it. Whoever has unfollowed it stays so, whatever others write; a
 * reply of their own has them follow it again.
 *
 * <p>A node remembers whom it has noted, so that it writes once for each user and thread. It is
 * told of everybody who unfollows one ({@link BusCache}).
 */
@Component
public class Followers implements Involvement {

  /** What of this is remembered: a user in a thread. */
  record Key(UserId user, ConversationId conversation, long root) {

    static Key valueOf(String text) {
      String[] parts = text.split(" ");
      return new Key(
          UserId.valueOf(parts[0]), ConversationId.valueOf(parts[1]), Long.parseLong(parts[2]));
    }

    @Override
    public String toString() {
      return user + " " + conversation + " " + root;
    }
  }

  /** What this node knows of a user in a thread, as long as it is not told otherwise. */
  private static final class Known {
    volatile Follow follow;

    Known(Follow follow) {
      this.follow = follow;
    }
  }

  private static final Duration KEEP = Duration.ofHours(1);
  private static final int MAX_KNOWN = 100_000;

  private final CassandraFollowStore store;
  private final ThreadStore replies;
  private final LogReader log;
  private final MentionRows mentions;
  private final int max;
  private final BusCache<Key, Known> known;

  /** Threads of whose roots everybody is noted. */
  private final Cache<ThreadKey, Boolean> begun =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).expireAfterWrite(KEEP).build();

  /** How many rows users have, or a few more. */
  private final LoadingCache<UserId, AtomicInteger> rows;

  Followers(
      CassandraFollowStore store,
      ThreadStore replies,
      LogReader log,
      MentionRows mentions,
      ThreadProperties properties,
      RedisBus bus) {
    this.store = store;
    this.replies = replies;
    this.log = log;
    this.mentions = mentions;
    this.max = properties.maxFollowed();
    this.known = new BusCache<>(bus, Topic.UNFOLLOWED, KEEP, Key::valueOf, this::load);
    this.rows =
        Caffeine.newBuilder()
            .maximumSize(MAX_KNOWN)
            .expireAfterWrite(KEEP)
            .build(user -> new AtomicInteger(store.count(user)));
  }

  /** One request for all of them, none when they are noted. */
  @Override
  public CompletableFuture<?> replied(LogEvent reply) {
    ConversationId conversation = reply.conversation();
    long root = reply.threadRoot();
    Map<UserId, Involved> found = new LinkedHashMap<>();
    ThreadKey thread = new ThreadKey(conversation, root);
    boolean begins = begun.getIfPresent(thread) == null;
    if (begins) {
      begin(thread, found);
    }
    name(reply, mentions.of(reply.content()).users(), root, found);
    UserId author = reply.author();
    if (author != null) {
      put(new Involved(author, conversation, root, reply.seq(), reply.seq()), found);
    }
    CompletableFuture<?> written = write(found);
    return begins ? written.thenRun(() -> begun.put(thread, true)) : written;
  }

  private void begin(ThreadKey thread, Map<UserId, Involved> found) {
    LogEvent root = log.at(thread.conversation(), thread.root());
    UserId author = root == null ? null : root.author();
    if (root != null && author != null) {
      name(root, mentions.of(root.content()).users(), root.seq(), found);
      put(new Involved(author, thread.conversation(), root.seq(), root.seq(), 0), found);
    }
  }

  @Override
  public void named(LogEvent message, Set<UserId> users) {
    if (users.isEmpty() || (message.threadRoot() == 0 && !hasReplies(message))) {
      return;
    }
    Map<UserId, Involved> found = new LinkedHashMap<>();
    long root = message.threadRoot() == 0 ? message.seq() : message.threadRoot();
    name(message, users, root, found);
    CassandraTables.answer(write(found));
  }

  private boolean hasReplies(LogEvent root) {
    LogHead head = log.head(root.conversation());
    return head != null
        && !replies.newest(root.conversation(), root.seq(), root.seq(), head.seq(), 1).isEmpty();
  }

  /** Behind the message that names them, or so that it is unread itself if it is a reply. */
  private void name(LogEvent message, Set<UserId> users, long root, Map<UserId, Involved> found) {
    long from = message.seq() == root ? root : message.seq() - 1;
    for (UserId user : users) {
      if (!user.equals(message.author())) {
        put(new Involved(user, message.conversation(), root, from, 0), found);
      }
    }
  }

  private Known load(Key key) {
    return new Known(store.find(key.user(), key.conversation(), key.root()));
  }

  /** Of two for one user the later adds to what the earlier says. */
  private void put(Involved involved, Map<UserId, Involved> found) {
    Follow follow = known.get(key(involved)).follow;
    boolean isNews =
        involved.repliedAt() > 0
            ? follow.hears(involved.repliedAt())
            : follow.chosen() == null && follow.involvedFrom() == null;
    Involved before = found.get(involved.user());
    if (isNews) {
      found.put(
          involved.user(),
          before == null
              ? involved
              : new Involved(
                  involved.user(),
                  involved.conversation(),
                  involved.root(),
                  Math.min(before.from(), involved.from()),
                  Math.max(before.repliedAt(), involved.repliedAt())));
    }
  }

  private static Key key(Involved involved) {
    return new Key(involved.user(), involved.conversation(), involved.root());
  }

  private CompletableFuture<?> write(Map<UserId, Involved> found) {
    Map<Involved, Known> news = new LinkedHashMap<>();
    for (Involved involved : found.values()) {
      Known user = known.get(key(involved));
      if (!user.follow.isNone() || rows.get(involved.user()).get() < max) {
        news.put(involved, user);
      }
    }
    return store.involve(news.keySet()).thenRun(() -> news.forEach(this::written));
  }

  private void written(Involved involved, Known user) {
    AtomicInteger before = rows.getIfPresent(involved.user());
    if (user.follow.isNone() && before != null) {
      before.incrementAndGet();
    }
    user.follow = user.follow.involved(involved.from(), involved.repliedAt());
  }

  /**
   * Has all nodes forget that a user follows a thread.
   *
   * @throws ProblemException 503: call again
   */
  void unfollowed(UserId user, ConversationId conversation, long root) {
    known.changed(new Key(user, conversation, root));
  }
}

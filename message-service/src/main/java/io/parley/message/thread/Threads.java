package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.deletion.Deletions;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.thread.ThreadStore.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * Shows members the threads of a conversation, as far as they may see it. A thread is a message,
 * its root, with all replies to it and to its replies.
 */
@Service
class Threads {

  /**
   * A thread without what was said in it.
   *
   * @param root the seq of the message that it begins with
   * @param replies computed: those that were not deleted, of the newest {@value #MOST}
   * @param lastReply its seq; 0: there is none
   * @param state as the caller has it
   */
  record Summary(long root, int replies, long lastReply, ThreadState state) {}

  /**
   * A part of a thread.
   *
   * @param replies their seqs
   * @param messages the replies, and the root if the caller may see it
   * @param next the seq to go on behind
   * @param more whether there may be more already
   */
  record Part(
      Summary thread, List<Long> replies, List<LogEvent> messages, long next, boolean more) {}

  /**
   * @param messages the last replies, and the roots as far as the caller may see them
   * @param next the seq before which the last replies of the next page are; null on the last page
   */
  record Page(List<Summary> threads, List<LogEvent> messages, @Nullable Long next) {}

  /** More replies are not counted. */
  static final int MOST = 1_000;

  /**
   * Rows are written behind their events, by any node, so they may come in disorder: which replies
   * are among so many newest events is read from the log itself.
   */
  private static final int FRESH = 100;

  private static final int REPLIES_AT_ONCE = 500;

  /** For one page of threads. */
  private static final int ROUNDS = 10;

  /** Of threads, those included that were on the pages before. */
  private static final int MOST_LOOKED_UP = 200;

  private final OpenConversations openConversations;
  private final Reading reading;
  private final LogReader log;
  private final ThreadStore store;
  private final CassandraFollowStore follows;
  private final UnreadReplies unread;
  private final LastReplies lastReplies;
  private final Deletions deletions;
  private final UserLimits limits;

  Threads(
      OpenConversations openConversations,
      Reading reading,
      LogReader log,
      ThreadStore store,
      CassandraFollowStore follows,
      UnreadReplies unread,
      LastReplies lastReplies,
      Deletions deletions,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.log = log;
    this.store = store;
    this.follows = follows;
    this.unread = unread;
    this.lastReplies = lastReplies;
    this.deletions = deletions;
    this.limits = limits;
  }

  /**
   * A thread and its replies with {@code seq > after}, oldest first, without a gap.
   *
   * @param seq of its root, or of any reply
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}, 429 {@code rate-limited}, 503
   */
  Part part(Caller caller, ConversationId conversation, long seq, long after, int limit) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    Viewer viewer = Viewer.of(access);
    long root = root(access, seq);
    long head = head(conversation);
    Map<Long, List<Long>> newest = Map.of(root, newest(viewer, root, head));
    List<Long> seqs = replies(viewer, root, Math.max(after, root), head, limit);
    Set<Long> shown = new HashSet<>(seqs);
    shown.add(root);
    return new Part(
        summaries(viewer, newest, head).getFirst(),
        seqs,
        reading.shown(access, shown),
        seqs.isEmpty() ? after : seqs.get(seqs.size() - 1),
        seqs.size() == limit);
  }

  /**
   * What the thread of a message begins with. Whoever may not see the message may see replies to
   * it.
   *
   * @throws ProblemException 404 {@code message-not-found}
   */
  long root(OpenConversations.Access access, long seq) {
    LogEvent message = reading.message(access, seq);
    if (message != null) {
      return message.threadRoot() == 0 ? seq : message.threadRoot();
    }
    if (newest(Viewer.of(access), seq, head(access.conversation().id()), 1).isEmpty()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return seq;
  }

  private List<Long> replies(Viewer viewer, long root, long after, long head, int limit) {
    ConversationId conversation = viewer.conversation();
    long from = Math.max(after, viewer.unseen());
    TreeSet<Long> seqs = new TreeSet<>();
    if (from < head) {
      seqs.addAll(store.oldest(conversation, root, from, head, limit));
      long fresh = Math.max(from, head - FRESH) + 1;
      if (seqs.size() < limit || seqs.last() >= fresh) {
        for (LogEvent event : log.read(conversation, fresh, FRESH)) {
          if (event.threadRoot() == root) {
            seqs.add(event.seq());
          }
        }
      }
    }
    return seqs.stream().limit(limit).toList();
  }

  /**
   * The threads of a conversation, the one with the newest last reply first. Which these are is
   * found by looking at replies; a page on which too many are to be looked at has fewer items.
   *
   * @param before only those whose last reply has a seq below; null: all
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, 429
   *     {@code rate-limited}, 503
   */
  Page page(Caller caller, ConversationId conversation, @Nullable Long before, int limit) {
    limits.frame(caller.id());
    Viewer viewer = Viewer.of(openConversations.access(conversation, caller.id()));
    long head = head(conversation);
    long last = before == null ? head : Math.min(head, before - 1);
    Map<Long, List<Long>> found = new LinkedHashMap<>();
    Set<Long> lookedUp = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<Reply> replies = store.newestOfAll(conversation, viewer.unseen(), last, REPLIES_AT_ONCE);
      for (Reply reply : replies) {
        if (found.size() == limit || lookedUp.size() == MOST_LOOKED_UP) {
          return page(viewer, found, head, reply.seq() + 1);
        }
        last = reply.seq() - 1;
        if (lookedUp.add(reply.root())) {
          List<Long> newest = newest(viewer, reply.root(), head);
          // One with a newer reply is, or was, on an earlier page.
          if (!newest.isEmpty() && newest.get(0) == reply.seq()) {
            found.put(reply.root(), newest);
          }
        }
      }
      if (replies.size() < REPLIES_AT_ONCE) {
        return page(viewer, found, head, null);
      }
    }
    return page(viewer, found, head, last + 1);
  }

  /**
   * Of the threads of a conversation those that the caller follows, the one with the newest last
   * reply first.
   *
   * @param before as in {@link #page}
   * @throws ProblemException as {@link #page}
   */
  Page followed(Caller caller, ConversationId conversation, @Nullable Long before, int limit) {
    limits.frame(caller.id());
    Viewer viewer = Viewer.of(openConversations.access(conversation, caller.id()));
    List<Long> roots =
        follows.in(caller.id(), List.of(conversation)).stream()
            .filter(Follow::isFollowed)
            .map(Follow::root)
            .toList();
    List<Map.Entry<Long, LastReplies.Last>> rest =
        lastReplies.of(conversation, roots, null).entrySet().stream()
            .filter(thread -> thread.getValue().seq() > viewer.unseen())
            .filter(thread -> before == null || thread.getValue().seq() < before)
            .sorted(Comparator.comparing(thread -> -thread.getValue().seq()))
            .toList();
    List<Map.Entry<Long, LastReplies.Last>> page = rest.subList(0, Math.min(limit, rest.size()));
    long head = head(conversation);
    Map<Long, List<Long>> found = new LinkedHashMap<>();
    page.forEach(thread -> found.put(thread.getKey(), newest(viewer, thread.getKey(), head)));
    return page(
        viewer, found, head, page.size() < rest.size() ? page.getLast().getValue().seq() : null);
  }

  private Page page(Viewer viewer, Map<Long, List<Long>> newest, long head, @Nullable Long next) {
    return new Page(summaries(viewer, newest, head), messages(viewer, newest), next);
  }

  /** The roots and the last replies, as far as the viewer may see them. */
  List<LogEvent> messages(Viewer viewer, Map<Long, List<Long>> newest) {
    Set<Long> shown = new HashSet<>(newest.keySet());
    newest.values().forEach(each -> shown.addAll(each.subList(0, Math.min(1, each.size()))));
    return reading.shown(viewer.user(), viewer.conversation(), viewer.visibleFrom(), shown);
  }

  /**
   * @param newest the newest replies of each thread
   */
  List<Summary> summaries(Viewer viewer, Map<Long, List<Long>> newest, long head) {
    if (newest.isEmpty()) {
      return List.of();
    }
    List<Long> replies = newest.values().stream().flatMap(List::stream).toList();
    Set<Long> deleted = deletions.among(viewer.conversation(), replies);
    Map<Long, Follow> followed = follows.of(viewer.user(), viewer.conversation(), newest.keySet());
    Map<Long, UnreadReplies.Counts> counts = unread.of(viewer, followed.values(), head);
    List<Summary> threads = new ArrayList<>();
    newest.forEach(
        (root, seqs) ->
            threads.add(
                new Summary(
                    root,
                    (int) seqs.stream().filter(seq -> !deleted.contains(seq)).count(),
                    seqs.isEmpty() ? 0 : seqs.get(0),
                    ThreadState.of(
                        followed.getOrDefault(root, Follow.none(viewer.conversation(), root)),
                        counts.getOrDefault(root, UnreadReplies.Counts.NONE)))));
    return threads;
  }

  /** The newest replies of a thread that the viewer may see, the newest first. */
  List<Long> newest(Viewer viewer, long root, long head) {
    return newest(viewer, root, head, MOST);
  }

  private List<Long> newest(Viewer viewer, long root, long head, int limit) {
    long after = Math.max(root, viewer.unseen());
    return after >= head
        ? List.of()
        : store.newest(viewer.conversation(), root, after, head, limit).stream()
            .map(Reply::seq)
            .toList();
  }

  private long head(ConversationId conversation) {
    LogHead head = log.head(conversation);
    return head == null ? 0 : head.seq();
  }
}

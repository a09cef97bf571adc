package io.parley.message.thread;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Member;
import io.parley.message.deletion.Deletions;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.thread.CassandraThreadStore.Reply;
import java.util.ArrayList;
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
   */
  record Summary(long root, int replies, long lastReply) {}

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
  private final CassandraThreadStore store;
  private final Deletions deletions;
  private final UserLimits limits;

  Threads(
      OpenConversations openConversations,
      Reading reading,
      LogReader log,
      CassandraThreadStore store,
      Deletions deletions,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.log = log;
    this.store = store;
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
    LogEvent message = reading.message(access, seq);
    long root = message == null || message.threadRoot() == 0 ? seq : message.threadRoot();
    long head = head(conversation);
    List<Long> newest = newest(access, root, head);
    if (message == null && newest.isEmpty()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    List<Long> seqs = replies(access, root, Math.max(after, root), head, limit);
    Set<Long> shown = new HashSet<>(seqs);
    shown.add(root);
    return new Part(
        new Summary(
            root,
            newest.size() - deletions.among(conversation, newest).size(),
            newest.isEmpty() ? 0 : newest.get(0)),
        seqs,
        reading.shown(access, shown),
        seqs.isEmpty() ? after : seqs.get(seqs.size() - 1),
        seqs.size() == limit);
  }

  private List<Long> replies(
      OpenConversations.Access access, long root, long after, long head, int limit) {
    ConversationId conversation = access.conversation().id();
    long from = Math.max(after, unseen(access.member()));
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
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    long head = head(conversation);
    long unseen = unseen(access.member());
    long last = before == null ? head : Math.min(head, before - 1);
    Map<Long, List<Long>> found = new LinkedHashMap<>();
    Set<Long> lookedUp = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<Reply> replies = store.newestOfAll(conversation, unseen, last, REPLIES_AT_ONCE);
      for (Reply reply : replies) {
        if (found.size() == limit || lookedUp.size() == MOST_LOOKED_UP) {
          return page(access, found, reply.seq() + 1);
        }
        last = reply.seq() - 1;
        if (lookedUp.add(reply.root())) {
          List<Long> newest = newest(access, reply.root(), head);
          // One with a newer reply is, or was, on an earlier page.
          if (!newest.isEmpty() && newest.get(0) == reply.seq()) {
            found.put(reply.root(), newest);
          }
        }
      }
      if (replies.size() < REPLIES_AT_ONCE) {
        return page(access, found, null);
      }
    }
    return page(access, found, last + 1);
  }

  private Page page(
      OpenConversations.Access access, Map<Long, List<Long>> newest, @Nullable Long next) {
    Set<Long> shown = new HashSet<>(newest.keySet());
    List<Long> replies = new ArrayList<>();
    newest
        .values()
        .forEach(
            each -> {
              shown.add(each.get(0));
              replies.addAll(each);
            });
    Set<Long> deleted = deletions.among(access.conversation().id(), replies);
    List<Summary> threads = new ArrayList<>();
    newest.forEach(
        (root, seqs) ->
            threads.add(
                new Summary(
                    root,
                    (int) seqs.stream().filter(seq -> !deleted.contains(seq)).count(),
                    seqs.get(0))));
    return new Page(threads, reading.shown(access, shown), next);
  }

  private List<Long> newest(OpenConversations.Access access, long root, long head) {
    long after = Math.max(root, unseen(access.member()));
    return after >= head
        ? List.of()
        : store.newest(access.conversation().id(), root, after, head, MOST);
  }

  /** Up to here the member may see nothing. */
  private static long unseen(Member member) {
    return member.visibleFrom() - 1;
  }

  private long head(ConversationId conversation) {
    LogHead head = log.head(conversation);
    return head == null ? 0 : head.seq();
  }
}

package io.parley.message.thread;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.log.RedisLastMessages.LastMessage;
import io.parley.message.thread.ThreadStore.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * When something was last said in a thread. As nothing is written for it with each reply, it is
 * read from the replies; a node remembers it for as long as nothing was said in the conversation.
 */
@Component
class LastReplies {

  /** A thread's last reply, deleted or not. */
  record Last(long seq, Instant at) {}

  /**
   * @param head the conversation's newest message then
   * @param last null when the thread has no reply
   */
  private record Known(long head, @Nullable Last last) {}

  private static final int MAX_KNOWN = 100_000;

  /** After so long a reply is noted with its thread, whoever has died meanwhile. */
  private static final Duration SETTLED = Duration.ofMinutes(5);

  private static final int FEW = 4;
  private static final int SCANNED = 500;
  private static final int EVENTS_AT_ONCE = 200;

  private final ThreadStore store;
  private final LogReader log;
  private final Clock clock;
  private final Cache<ThreadKey, Known> known =
      Caffeine.newBuilder().maximumSize(MAX_KNOWN).build();

  LastReplies(ThreadStore store, LogReader log, Clock clock) {
    this.store = store;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Of those threads that have replies.
   *
   * @param newest the conversation's newest message; null: that is not known
   * @throws ProblemException 503
   */
  Map<Long, Last> of(
      ConversationId conversation, Collection<Long> roots, @Nullable LastMessage newest) {
    Map<Long, Last> lasts = new HashMap<>();
    List<Long> missing = new ArrayList<>();
    for (long root : roots) {
      Known before = known.getIfPresent(new ThreadKey(conversation, root));
      if (newest == null || before == null || before.head() != newest.seq()) {
        missing.add(root);
      } else if (before.last() != null) {
        lasts.put(root, before.last());
      }
    }
    LogHead head = missing.isEmpty() ? null : log.head(conversation);
    if (head == null) {
      return lasts;
    }
    Map<Long, Long> seqs = seqs(conversation, missing, head.seq());
    Map<Long, Instant> times = times(conversation, List.copyOf(seqs.values()));
    boolean isSettled = newest != null && newest.at().isBefore(clock.instant().minus(SETTLED));
    for (long root : missing) {
      Long seq = seqs.get(root);
      Instant at = seq == null ? null : times.get(seq);
      Last last = seq == null || at == null ? null : new Last(seq, at);
      if (last != null) {
        lasts.put(root, last);
      }
      if (newest != null && isSettled) {
        known.put(new ThreadKey(conversation, root), new Known(newest.seq(), last));
      }
    }
    return lasts;
  }

  private Map<Long, Long> seqs(ConversationId conversation, List<Long> roots, long head) {
    Map<Long, Long> seqs = new HashMap<>();
    long last = head;
    if (roots.size() > FEW) {
      List<Reply> newest = store.newestOfAll(conversation, 0, head, SCANNED);
      newest.stream()
          .filter(reply -> !reply.expired())
          .forEach(reply -> seqs.putIfAbsent(reply.root(), reply.seq()));
      seqs.keySet().retainAll(roots);
      if (newest.size() < SCANNED) {
        return seqs;
      }
      last = newest.getLast().seq() - 1;
    }
    for (long root : roots) {
      if (!seqs.containsKey(root) && root < last) {
        List<Reply> newest = store.newest(conversation, root, root, last, 1);
        if (!newest.isEmpty()) {
          seqs.put(root, newest.getFirst().seq());
        }
      }
    }
    return seqs;
  }

  private Map<Long, Instant> times(ConversationId conversation, List<Long> seqs) {
    Map<Long, Instant> times = new HashMap<>();
    for (int from = 0; from < seqs.size(); from += EVENTS_AT_ONCE) {
      List<Long> some = seqs.subList(from, Math.min(seqs.size(), from + EVENTS_AT_ONCE));
      for (LogEvent event : log.at(conversation, some)) {
        times.put(event.seq(), event.at());
      }
    }
    return times;
  }
}

package io.parley.message.thread;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.deletion.Deletions;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.mention.MentionRows;
import io.parley.message.thread.ThreadStore.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * How many replies in the threads that somebody follows are unread: those of others behind the
 * thread's marker that were neither deleted nor hidden. Computed from rows each time, so it can not
 * drift. Of each thread the newest {@value #AT_ONCE} behind the marker are looked at.
 */
@Component
class UnreadReplies {

  /**
   * @param unread {@value #MOST} stands for as many or more
   * @param mentions those of them that mention the user
   */
  record Counts(int unread, int mentions) {
    static final Counts NONE = new Counts(0, 0);
  }

  static final int MOST = 100;

  private static final int AT_ONCE = 200;

  /** Up to so many threads are looked up one by one; more are sought among all replies first. */
  private static final int FEW = 4;

  private static final int SCANNED = 500;

  /** Threads that are looked up although they are not among the newest replies. */
  private static final int LOOKED_UP = 100;

  private static final int EVENTS_AT_ONCE = 200;

  private final ThreadStore store;
  private final LogReader log;
  private final Deletions deletions;
  private final HiddenMessages hidden;
  private final MentionRows mentions;

  UnreadReplies(
      ThreadStore store,
      LogReader log,
      Deletions deletions,
      HiddenMessages hidden,
      MentionRows mentions) {
    this.store = store;
    this.log = log;
    this.deletions = deletions;
    this.hidden = hidden;
    this.mentions = mentions;
  }

  Counts of(Viewer viewer, Follow follow, long head) {
    return of(viewer, List.of(follow), head).getOrDefault(follow.root(), Counts.NONE);
  }

  /**
   * Of those threads in which anything is unread.
   *
   * @param follows of one conversation; those that are not followed have nothing unread
   * @param head the newest seq that is looked at
   * @throws ProblemException 503
   */
  Map<Long, Counts> of(Viewer viewer, Collection<Follow> follows, long head) {
    Map<Long, Long> after = new HashMap<>();
    for (Follow follow : follows) {
      long read = Math.max(viewer.unseen(), Math.max(follow.root(), follow.readTo()));
      if (follow.isFollowed() && read < head) {
        after.put(follow.root(), read);
      }
    }
    if (after.isEmpty()) {
      return Map.of();
    }
    List<Reply> unread = ofOthers(viewer, behind(viewer.conversation(), after, head));
    Set<Long> seqs = unread.stream().map(Reply::seq).collect(Collectors.toSet());
    if (seqs.isEmpty()) {
      return Map.of();
    }
    seqs.removeAll(deletions.among(viewer.conversation(), seqs));
    removeHidden(viewer, seqs);
    Set<Long> mentioning =
        seqs.isEmpty()
            ? Set.of()
            : mentions.mentioning(viewer.user(), viewer.conversation(), viewer.isGroup(), seqs);
    Map<Long, Counts> counts = new HashMap<>();
    for (Reply reply : unread) {
      if (seqs.contains(reply.seq())) {
        Counts before = counts.getOrDefault(reply.root(), Counts.NONE);
        boolean mentioned = mentioning.contains(reply.seq());
        counts.put(
            reply.root(),
            new Counts(
                Math.min(MOST, before.unread() + 1),
                Math.min(MOST, before.mentions() + (mentioned ? 1 : 0))));
      }
    }
    return counts;
  }

  private void removeHidden(Viewer viewer, Set<Long> seqs) {
    long end = hidden.end(viewer.user(), viewer.conversation());
    long first = seqs.stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    if (first <= end) {
      hidden.between(viewer.user(), viewer.conversation(), first, end).forEach(seqs::remove);
    }
  }

  /** Where many threads are followed, most are settled by one look at the newest of all replies. */
  private List<Reply> behind(ConversationId conversation, Map<Long, Long> after, long head) {
    List<Reply> found = new ArrayList<>();
    Map<Long, Long> rest = after;
    long last = head;
    if (after.size() > FEW) {
      long lowest = after.values().stream().mapToLong(Long::longValue).min().orElse(head);
      List<Reply> newest = store.newestOfAll(conversation, lowest, head, SCANNED);
      newest.stream()
          .filter(reply -> !reply.expired())
          .filter(reply -> reply.seq() > after.getOrDefault(reply.root(), head))
          .forEach(found::add);
      if (newest.size() < SCANNED) {
        return found;
      }
      long looked = newest.getLast().seq() - 1;
      last = looked;
      rest = new HashMap<>(after);
      rest.values().removeIf(read -> read >= looked);
    }
    List<Long> roots =
        rest.keySet().stream().sorted(Comparator.reverseOrder()).limit(LOOKED_UP).toList();
    for (long root : roots) {
      found.addAll(store.newest(conversation, root, rest.getOrDefault(root, last), last, AT_ONCE));
    }
    return found;
  }

  private List<Reply> ofOthers(Viewer viewer, List<Reply> replies) {
    Set<Long> unknown =
        replies.stream()
            .filter(reply -> reply.author() == null)
            .map(Reply::seq)
            .collect(Collectors.toSet());
    Set<Long> own = own(viewer, List.copyOf(unknown));
    return replies.stream()
        .filter(reply -> !viewer.user().equals(reply.author()) && !own.contains(reply.seq()))
        .toList();
  }

  /** Of rows from before they said whom a reply is by. */
  private Set<Long> own(Viewer viewer, List<Long> seqs) {
    Set<Long> own = new HashSet<>();
    UserId user = viewer.user();
    for (int from = 0; from < seqs.size(); from += EVENTS_AT_ONCE) {
      List<Long> some = seqs.subList(from, Math.min(seqs.size(), from + EVENTS_AT_ONCE));
      for (LogEvent event : log.at(viewer.conversation(), some)) {
        if (user.equals(event.author())) {
          own.add(event.seq());
        }
      }
    }
    return own;
  }
}

package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.deletion.Deletions;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * How many messages a member has not read: those of others behind the marker that were neither
 * deleted nor hidden. It is computed each time, so it can not drift.
 */
@Component
public class Unread {

  /** Up to so many events behind the marker are looked at one by one. */
  private static final int EXACT = 1_000;

  private final LogReader log;
  private final Deletions deletions;
  private final HiddenMessages hidden;

  Unread(LogReader log, Deletions deletions, HiddenMessages hidden) {
    this.log = log;
    this.deletions = deletions;
    this.hidden = hidden;
  }

  /**
   * @throws io.parley.common.problems.ProblemException 503
   */
  public long of(Membership membership, ReadMarker marker, MemberSettings set, LogHead head) {
    // What was before one joined is neither read nor unread.
    boolean before = marker.seq() < membership.visibleFrom();
    return behind(
        membership.user(),
        membership.conversation(),
        before ? membership.visibleFrom() - 1 : marker.seq(),
        before ? membership.visibleCount() : marker.messageCount(),
        set.hiddenTo(),
        head);
  }

  /**
   * For a member who has just set the marker, to something that they may see.
   *
   * @throws io.parley.common.problems.ProblemException 503
   */
  public long of(UserId user, ConversationId conversation, ReadMarker marker) {
    LogHead head = log.head(conversation);
    return head == null
        ? 0
        : behind(
            user,
            conversation,
            marker.seq(),
            marker.messageCount(),
            hidden.end(user, conversation),
            head);
  }

  /** Behind more than {@value #EXACT} events one's own messages count, too. */
  private long behind(
      UserId user,
      ConversationId conversation,
      long seq,
      long messageCount,
      long hiddenTo,
      LogHead head) {
    long behind = head.messageCount() - messageCount;
    if (behind <= 0) {
      return 0;
    }
    List<Long> hiddenSeqs =
        hiddenTo <= seq ? List.of() : hidden.between(user, conversation, seq + 1, head.seq());
    if (head.seq() - seq <= EXACT) {
      Set<Long> unseen = new HashSet<>(hiddenSeqs);
      return log.places(conversation, seq + 1, (int) (head.seq() - seq)).stream()
          .filter(event -> event.kind() == LogEvent.Kind.MESSAGE && !event.isDeleted())
          .filter(event -> !user.equals(event.author()) && !unseen.contains(event.seq()))
          .count();
    }
    long deleted = deletions.countAfter(conversation, seq, head.seq());
    long hiddenOnly = hiddenSeqs.size() - deletions.among(conversation, hiddenSeqs).size();
    return Math.max(0, behind - deleted - hiddenOnly);
  }
}

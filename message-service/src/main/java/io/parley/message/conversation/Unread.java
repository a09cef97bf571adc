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

  /**
   * What is behind a marker, as the inbox has it.
   *
   * @param headSeq up to where it was counted: what comes later adds to it
   */
  public record Counts(long unread, int mentions, long headSeq) {

    /** All of it is read. */
    public static Counts none(long headSeq) {
      return new Counts(0, 0, headSeq);
    }
  }

  private final LogReader log;
  private final Deletions deletions;
  private final HiddenMessages hidden;
  private final UnreadMentions mentions;

  Unread(LogReader log, Deletions deletions, HiddenMessages hidden, UnreadMentions mentions) {
    this.log = log;
    this.deletions = deletions;
    this.hidden = hidden;
    this.mentions = mentions;
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
  public Counts of(Conversation conversation, Member member, ReadMarker marker) {
    ConversationId id = conversation.id();
    UserId user = member.user();
    LogHead head = log.head(id);
    if (head == null) {
      return Counts.none(0);
    }
    long unread = behind(user, id, marker.seq(), marker.messageCount(), hidden.end(user, id), head);
    return unread == 0
        ? Counts.none(head.seq())
        : new Counts(unread, mentions(conversation, member, marker, head), head.seq());
  }

  private int mentions(Conversation conversation, Member member, ReadMarker marker, LogHead head) {
    ConversationId id = conversation.id();
    return mentions.count(
        new UnreadMentions.Unread(
            member.user(),
            id,
            conversation.kind() == Conversation.Kind.GROUP,
            Math.max(marker.seq(), member.visibleFrom() - 1),
            head.seq()),
        mentions.newest(member.user(), List.of(id)).getOrDefault(id, 0L));
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

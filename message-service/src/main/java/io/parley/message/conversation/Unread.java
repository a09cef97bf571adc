package io.parley.message.conversation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.deletion.Deletions;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
   * @param tail the newest events without a gap, oldest first, at least the head; what is unread
   *     before them is read from the log
   * @throws io.parley.common.problems.ProblemException 503
   */
  public long of(
      Membership membership, ReadMarker marker, MemberSettings set, List<LogEvent> tail) {
    Behind member = Behind.of(membership, marker, set);
    LogHead head = LogHead.of(tail.getLast());
    return tail.getFirst().seq() > member.seq() + 1
        ? behind(membership.conversation(), member, head)
        : among(membership.conversation(), messages(tail), member);
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

  /**
   * How far a member has read a conversation, or may not see it.
   *
   * @param seq the last event that is read, or not the member's business
   * @param messageCount messages up to that event
   * @param hiddenTo the highest seq that the member has hidden; 0: none
   */
  public record Behind(UserId user, long seq, long messageCount, long hiddenTo) {

    public static Behind of(Membership membership, ReadMarker marker, MemberSettings set) {
      // What was before one joined is neither read nor unread.
      boolean before = marker.seq() < membership.visibleFrom();
      return new Behind(
          membership.user(),
          before ? membership.visibleFrom() - 1 : marker.seq(),
          before ? membership.visibleCount() : marker.messageCount(),
          set.hiddenTo());
    }
  }

  /**
   * For several members of one conversation, whose log is read once for all who are not far behind.
   *
   * @param lastSeq of the newest message, or behind it; what is behind this does not count
   * @throws io.parley.common.problems.ProblemException 503
   */
  public Map<UserId, Long> of(
      ConversationId conversation, Collection<Behind> members, long lastSeq) {
    Map<UserId, Long> counts = new HashMap<>();
    List<Behind> near = new ArrayList<>();
    List<Behind> far = new ArrayList<>();
    for (Behind member : members) {
      if (member.seq() >= lastSeq) {
        counts.put(member.user(), 0L);
      } else {
        (lastSeq - member.seq() <= EXACT ? near : far).add(member);
      }
    }
    if (!near.isEmpty()) {
      long from = near.stream().mapToLong(Behind::seq).min().orElseThrow() + 1;
      List<LogEvent> messages =
          messages(log.places(conversation, from, (int) (lastSeq - from + 1)));
      near.forEach(member -> counts.put(member.user(), among(conversation, messages, member)));
    }
    if (!far.isEmpty()) {
      LogHead head = log.head(conversation);
      far.forEach(
          member ->
              counts.put(member.user(), head == null ? 0 : behind(conversation, member, head)));
    }
    return counts;
  }

  private static List<LogEvent> messages(List<LogEvent> events) {
    return events.stream()
        .filter(event -> event.kind() == LogEvent.Kind.MESSAGE && !event.isDeleted())
        .toList();
  }

  private long among(ConversationId conversation, List<LogEvent> messages, Behind member) {
    Set<Long> unseen =
        member.hiddenTo() <= member.seq()
            ? Set.of()
            : Set.copyOf(
                hidden.between(member.user(), conversation, member.seq() + 1, member.hiddenTo()));
    return messages.stream()
        .filter(event -> event.seq() > member.seq() && !member.user().equals(event.author()))
        .filter(event -> !unseen.contains(event.seq()))
        .count();
  }

  private long behind(ConversationId conversation, Behind member, LogHead head) {
    return behind(
        member.user(), conversation, member.seq(), member.messageCount(), member.hiddenTo(), head);
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

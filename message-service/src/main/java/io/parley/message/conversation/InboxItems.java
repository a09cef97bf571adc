package io.parley.message.conversation;

import io.parley.message.deletion.Deletions;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Computes what an inbox shows of a conversation, from its log, the reader's marker and settings,
 * and what was deleted. As nothing is counted up and down, nothing can drift.
 */
@Component
class InboxItems {

  private static final long LAST = Long.MAX_VALUE;

  private final Conversations conversations;
  private final LogReader log;
  private final Deletions deletions;
  private final HiddenMessages hidden;
  private final Clock clock;
  private final JsonMapper json;

  InboxItems(
      Conversations conversations,
      LogReader log,
      Deletions deletions,
      HiddenMessages hidden,
      Clock clock,
      JsonMapper json) {
    this.conversations = conversations;
    this.log = log;
    this.deletions = deletions;
    this.hidden = hidden;
    this.clock = clock;
    this.json = json;
  }

  Inbox.Item of(InboxOrder.Placed placed, ReadMarker marker, MemberSettings set) {
    Membership membership = placed.membership();
    LogEvent head = visible(membership, log.readBefore(membership.conversation(), LAST, 1));
    LogEvent last =
        head == null || head.kind() == LogEvent.Kind.MESSAGE
            ? head
            : visible(
                membership,
                log.messagesBefore(
                    membership.conversation(), head.seq(), membership.visibleFrom(), 1));
    if (last != null) {
      deletions.seen(List.of(last));
    }
    boolean mine = last != null && membership.user().equals(last.author());
    long unread = head == null || mine ? 0 : unread(membership, marker, set, head);
    return new Inbox.Item(
        membership.conversation(),
        membership.kind(),
        conversations.name(membership),
        membership.otherUser(),
        head == null ? 0 : head.seq(),
        last == null ? null : message(last, isHidden(membership, set, last)),
        placed.place().at().equals(Instant.EPOCH) ? null : placed.place().at(),
        unread,
        marker.seq(),
        SettingsView.of(set, clock.instant(), last == null ? 0 : last.seq(), marker.seq()));
  }

  private static @Nullable LogEvent visible(Membership membership, List<LogEvent> newest) {
    return newest.isEmpty() || newest.get(0).seq() < membership.visibleFrom()
        ? null
        : newest.get(0);
  }

  private boolean isHidden(Membership membership, MemberSettings set, LogEvent last) {
    return last.seq() <= set.hiddenTo()
        && !hidden
            .between(membership.user(), membership.conversation(), last.seq(), last.seq())
            .isEmpty();
  }

  private long unread(Membership membership, ReadMarker marker, MemberSettings set, LogEvent head) {
    // What was before one joined is neither read nor unread.
    boolean before = marker.seq() < membership.visibleFrom();
    long count = before ? membership.visibleCount() : marker.messageCount();
    long behind = head.messageCount() - count;
    if (behind <= 0) {
      return 0;
    }
    long seq = before ? membership.visibleFrom() - 1 : marker.seq();
    long deleted = deletions.countAfter(membership.conversation(), seq, head.seq());
    return Math.max(0, behind - deleted - hiddenOnly(membership, set, seq, head.seq()));
  }

  /** How many messages with {@code seq < target <= head} are hidden, and were not deleted. */
  private long hiddenOnly(Membership membership, MemberSettings set, long seq, long head) {
    if (set.hiddenTo() <= seq) {
      return 0;
    }
    List<Long> seqs = hidden.between(membership.user(), membership.conversation(), seq + 1, head);
    return seqs.size() - deletions.countAmong(membership.conversation(), seqs);
  }

  private Inbox.LastMessage message(LogEvent event, boolean isHidden) {
    JsonNode text = json.readTree(event.content()).get("text");
    return new Inbox.LastMessage(
        event.seq(),
        event.id().toString(),
        event.author(),
        text == null || isHidden ? null : text.asString(),
        event.at(),
        event.isDeleted() ? true : null,
        isHidden ? true : null);
  }
}

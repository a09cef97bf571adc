package io.parley.message.conversation;

import io.parley.message.deletion.Deletions;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Computes what an inbox shows of a conversation, from its log, the reader's marker and what was
 * deleted. As nothing is counted up and down, nothing can drift.
 */
@Component
class InboxItems {

  private static final long LAST = Long.MAX_VALUE;

  private final Conversations conversations;
  private final LogReader log;
  private final Deletions deletions;
  private final UnreadMentions mentions;
  private final JsonMapper json;

  InboxItems(
      Conversations conversations,
      LogReader log,
      Deletions deletions,
      UnreadMentions mentions,
      JsonMapper json) {
    this.conversations = conversations;
    this.log = log;
    this.deletions = deletions;
    this.mentions = mentions;
    this.json = json;
  }

  /**
   * @param newestMention the newest message that names the user; 0 when there is none
   */
  Inbox.Item of(InboxOrder.Placed placed, ReadMarker marker, long newestMention) {
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
    long unread = head == null || mine ? 0 : unread(membership, marker, head);
    return new Inbox.Item(
        membership.conversation(),
        membership.kind(),
        conversations.name(membership),
        membership.otherUser(),
        head == null ? 0 : head.seq(),
        last == null ? null : message(last),
        placed.place().at().equals(Instant.EPOCH) ? null : placed.place().at(),
        unread,
        head == null || unread == 0 ? 0 : mentions(membership, marker, head, newestMention),
        marker.seq());
  }

  private static @Nullable LogEvent visible(Membership membership, List<LogEvent> newest) {
    return newest.isEmpty() || newest.get(0).seq() < membership.visibleFrom()
        ? null
        : newest.get(0);
  }

  private long unread(Membership membership, ReadMarker marker, LogEvent head) {
    // What was before one joined is neither read nor unread.
    boolean before = marker.seq() < membership.visibleFrom();
    long count = before ? membership.visibleCount() : marker.messageCount();
    long behind = head.messageCount() - count;
    if (behind <= 0) {
      return 0;
    }
    long deleted =
        deletions.countAfter(membership.conversation(), readTo(membership, marker), head.seq());
    return Math.max(0, behind - deleted);
  }

  private static long readTo(Membership membership, ReadMarker marker) {
    return Math.max(marker.seq(), membership.visibleFrom() - 1);
  }

  private int mentions(Membership membership, ReadMarker marker, LogEvent head, long newest) {
    return mentions.count(
        new UnreadMentions.Unread(
            membership.user(),
            membership.conversation(),
            membership.kind() == Conversation.Kind.GROUP,
            readTo(membership, marker),
            head.seq()),
        newest);
  }

  private Inbox.LastMessage message(LogEvent event) {
    JsonNode text = json.readTree(event.payload()).get("text");
    return new Inbox.LastMessage(
        event.seq(),
        event.id().toString(),
        event.author(),
        text == null ? null : text.asString(),
        event.at(),
        event.isDeleted() ? true : null);
  }
}

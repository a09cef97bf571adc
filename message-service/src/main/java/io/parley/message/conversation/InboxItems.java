package io.parley.message.conversation;

import io.parley.message.deletion.Deletions;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Computes what an inbox shows of a conversation, from its log, the reader's marker and what was
 * deleted. As nothing is counted up and down, nothing can drift.
 */
@Component
class InboxItems {

  /** How far back the last message is looked for behind events of other kinds. */
  private static final int LOOK_BACK = 10;

  private final Conversations conversations;
  private final LogReader log;
  private final Deletions deletions;
  private final JsonMapper json;

  InboxItems(Conversations conversations, LogReader log, Deletions deletions, JsonMapper json) {
    this.conversations = conversations;
    this.log = log;
    this.deletions = deletions;
    this.json = json;
  }

  Inbox.Item of(Membership membership, ReadMarker marker) {
    List<LogEvent> newest =
        log.readBefore(membership.conversation(), Long.MAX_VALUE, LOOK_BACK).stream()
            .filter(event -> event.seq() >= membership.visibleFrom())
            .toList();
    deletions.seen(newest);
    LogEvent last = null;
    for (LogEvent event : newest) {
      if (last == null && event.kind() == LogEvent.Kind.MESSAGE) {
        last = event;
      }
    }
    boolean mine = last != null && membership.user().equals(last.author());
    long unread = newest.isEmpty() || mine ? 0 : unread(membership, marker, newest.get(0));
    return new Inbox.Item(
        membership.conversation(),
        membership.kind(),
        conversations.name(membership),
        membership.otherUser(),
        newest.isEmpty() ? 0 : newest.get(0).seq(),
        last == null ? null : message(last),
        unread,
        marker.seq());
  }

  private long unread(Membership membership, ReadMarker marker, LogEvent head) {
    // What was before one joined is neither read nor unread.
    boolean before = marker.seq() < membership.visibleFrom();
    long count = before ? membership.visibleCount() : marker.messageCount();
    long behind = head.messageCount() - count;
    if (behind <= 0) {
      return 0;
    }
    long seq = before ? membership.visibleFrom() - 1 : marker.seq();
    long deleted = deletions.countAfter(membership.conversation(), seq, head.seq());
    return Math.max(0, behind - deleted);
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

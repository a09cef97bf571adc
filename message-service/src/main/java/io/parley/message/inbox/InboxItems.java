package io.parley.message.inbox;

import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.SettingsView;
import io.parley.message.conversation.Unread;
import io.parley.message.conversation.UnreadMentions;
import io.parley.message.deletion.Deletions;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.text.MessageText;
import io.parley.message.thread.Follow;
import io.parley.message.thread.FollowedThreads;
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

  private final Conversations conversations;
  private final LogReader log;
  private final Deletions deletions;
  private final HiddenMessages hidden;
  private final Unread unread;
  private final Clock clock;
  private final UnreadMentions mentions;
  private final FollowedThreads threads;
  private final JsonMapper json;

  InboxItems(
      Conversations conversations,
      LogReader log,
      Deletions deletions,
      HiddenMessages hidden,
      Unread unread,
      Clock clock,
      UnreadMentions mentions,
      FollowedThreads threads,
      JsonMapper json) {
    this.conversations = conversations;
    this.log = log;
    this.deletions = deletions;
    this.hidden = hidden;
    this.unread = unread;
    this.clock = clock;
    this.mentions = mentions;
    this.threads = threads;
    this.json = json;
  }

  /**
   * @param newestMention the newest message that names the user; 0 when there is none
   * @param follows the threads that the user follows
   */
  Inbox.Item of(
      InboxOrder.Placed placed,
      ReadMarker marker,
      MemberSettings set,
      long newestMention,
      List<Follow> follows) {
    Membership membership = placed.membership();
    List<LogEvent> tail = log.tail(membership.conversation(), readTo(membership, marker) + 1);
    LogEvent head = tail.isEmpty() ? null : visible(membership, tail.getLast());
    LogEvent last = head == null ? null : lastMessage(membership, tail);
    if (last != null) {
      deletions.seen(List.of(last));
    }
    FollowedThreads.Unread inThreads =
        threads.unread(membership, follows, head == null ? 0 : head.seq());
    long behind = head == null ? 0 : unread.of(membership, marker, set, tail);
    return new Inbox.Item(
        membership.conversation(),
        membership.kind(),
        conversations.name(membership),
        membership.otherUser(),
        head == null ? 0 : head.seq(),
        last == null ? null : message(last, isHidden(membership, set, last)),
        placed.place().at().equals(Instant.EPOCH) ? null : placed.place().at(),
        behind,
        behind == 0 ? 0 : mentions(membership, marker, tail, newestMention),
        marker.seq(),
        inThreads.threads(),
        inThreads.mentions(),
        SettingsView.of(set, clock.instant(), last == null ? 0 : last.seq(), marker));
  }

  private static @Nullable LogEvent visible(Membership membership, LogEvent event) {
    return event.seq() < membership.visibleFrom() ? null : event;
  }

  private @Nullable LogEvent lastMessage(Membership membership, List<LogEvent> tail) {
    for (LogEvent event : tail.reversed()) {
      if (event.kind() == LogEvent.Kind.MESSAGE) {
        return visible(membership, event);
      }
    }
    return log
        .messagesBefore(
            membership.conversation(), tail.getFirst().seq(), membership.visibleFrom(), 1)
        .stream()
        .findFirst()
        .orElse(null);
  }

  private boolean isHidden(Membership membership, MemberSettings set, LogEvent last) {
    return last.seq() <= set.hiddenTo()
        && !hidden
            .between(membership.user(), membership.conversation(), last.seq(), last.seq())
            .isEmpty();
  }

  private static long readTo(Membership membership, ReadMarker marker) {
    return Math.max(marker.seq(), membership.visibleFrom() - 1);
  }

  private int mentions(Membership membership, ReadMarker marker, List<LogEvent> tail, long newest) {
    long readTo = readTo(membership, marker);
    if (tail.getFirst().seq() <= readTo + 1 && !mentions.anyIn(tail)) {
      return 0;
    }
    return mentions.count(
        new UnreadMentions.Unread(
            membership.user(),
            membership.conversation(),
            membership.kind() == Conversation.Kind.GROUP,
            readTo,
            tail.getLast().seq()),
        newest);
  }

  private Inbox.LastMessage message(LogEvent event, boolean isHidden) {
    JsonNode content = json.readTree(event.content());
    boolean says = !isHidden && content.has("text");
    return new Inbox.LastMessage(
        event.seq(),
        event.id().toString(),
        event.author(),
        says ? MessageText.shown(content) : null,
        event.at(),
        event.isDeleted() && !event.isExpired() ? true : null,
        says && content.has("expiresAt")
            ? Instant.parse(content.get("expiresAt").asString())
            : null,
        event.isExpired() ? true : null,
        isHidden ? true : null);
  }
}

package io.parley.message.missed;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.log.RedisRecentSends;
import io.parley.message.missed.LoggedMessages.Logged;
import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisOnlineUsers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Tells users of what came while they counted as connected and were not: since something was last
 * heard from their client, nobody knows what has reached it. Read from the log when it has
 * happened, so that a message that reaches everybody costs nothing.
 */
@Component
class UnheardMessages {

  /**
   * @param from the first seq that the user may see and has not read
   */
  private record Unheard(UserId user, Instant heard, long from) {}

  private static final int PAGE = 50;

  /** Of one conversation; what is older makes no difference on a screen. */
  private static final int MOST = 500;

  private final RedisOnlineUsers onlineUsers;
  private final RedisNodes nodes;
  private final Conversations conversations;
  private final ReadMarkers markers;
  private final LogReader reader;
  private final RedisRecentSends recentSends;
  private final LoggedMessages loggedMessages;

  UnheardMessages(
      RedisOnlineUsers onlineUsers,
      RedisNodes nodes,
      Conversations conversations,
      ReadMarkers markers,
      LogReader reader,
      RedisRecentSends recentSends,
      LoggedMessages loggedMessages) {
    this.onlineUsers = onlineUsers;
    this.nodes = nodes;
    this.conversations = conversations;
    this.markers = markers;
    this.reader = reader;
    this.recentSends = recentSends;
    this.loggedMessages = loggedMessages;
  }

  /**
   * Tells those of the users who are connected nowhere. They must not count as connected to this
   * node any more: so what comes from now on is told them by its sender's node.
   *
   * @param heard user → when last heard, by Redis's clock
   * @throws Exception when a store does not answer; some may have been told
   */
  void tell(Map<UserId, Instant> heard) throws Exception {
    Set<UserId> absent = onlineUsers.offline(heard.keySet());
    if (absent.isEmpty()) {
      return;
    }
    Map<ConversationId, List<Unheard>> unheard = new HashMap<>();
    for (UserId user : absent) {
      List<Membership> memberships = conversations.of(user);
      Map<ConversationId, ReadMarker> read =
          markers.of(user, memberships.stream().map(Membership::conversation).toList());
      for (Membership membership : memberships) {
        ReadMarker marker = read.get(membership.conversation());
        long unread = marker == null ? 1 : marker.seq() + 1;
        unheard
            .computeIfAbsent(membership.conversation(), id -> new ArrayList<>())
            .add(
                new Unheard(
                    user,
                    heard.getOrDefault(user, Instant.MAX),
                    Math.max(membership.visibleFrom(), unread)));
      }
    }
    Instant oldest = Collections.min(heard.values());
    Duration silence = Duration.between(oldest, nodes.now());
    List<Logged> logged = new ArrayList<>();
    for (ConversationId conversation : recentSends.within(silence, unheard.keySet())) {
      logged.addAll(logged(conversation, unheard.getOrDefault(conversation, List.of())));
    }
    loggedMessages.publish(logged);
  }

  private List<Logged> logged(ConversationId id, List<Unheard> unheard) {
    Instant oldest = Collections.min(unheard.stream().map(Unheard::heard).toList());
    List<LogEvent> messages = since(id, oldest);
    if (messages.isEmpty()) {
      return List.of();
    }
    Conversation conversation = conversations.get(id);
    List<Logged> logged = new ArrayList<>();
    for (LogEvent message : messages) {
      List<UserId> recipients =
          unheard.stream()
              .filter(each -> !each.heard().isAfter(message.at()) && message.seq() >= each.from())
              .map(Unheard::user)
              .filter(user -> !user.equals(message.author()))
              .toList();
      logged.add(new Logged(message, conversation, recipients));
    }
    return logged;
  }

  /** Oldest first. */
  private List<LogEvent> since(ConversationId id, Instant oldest) {
    List<LogEvent> messages = new ArrayList<>();
    long before = Long.MAX_VALUE;
    boolean more = true;
    while (more && messages.size() < MOST) {
      List<LogEvent> newestFirst = reader.readBefore(id, before, PAGE);
      more = newestFirst.size() == PAGE;
      for (LogEvent event : newestFirst) {
        before = event.seq();
        if (event.at().isBefore(oldest)) {
          more = false;
        } else if (event.kind() == LogEvent.Kind.MESSAGE && !event.isDeleted()) {
          messages.add(event);
        }
      }
    }
    return messages.reversed();
  }
}

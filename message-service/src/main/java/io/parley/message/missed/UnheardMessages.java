package io.parley.message.missed;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
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
import java.util.HashSet;
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
  private final EventLog eventLog;
  private final LogReader reader;
  private final RedisRecentSends recentSends;
  private final LoggedMessages loggedMessages;

  UnheardMessages(
      RedisOnlineUsers onlineUsers,
      RedisNodes nodes,
      Conversations conversations,
      ReadMarkers markers,
      EventLog eventLog,
      LogReader reader,
      RedisRecentSends recentSends,
      LoggedMessages loggedMessages) {
    this.onlineUsers = onlineUsers;
    this.nodes = nodes;
    this.conversations = conversations;
    this.markers = markers;
    this.eventLog = eventLog;
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
    Map<UserId, List<Membership>> memberships = new HashMap<>();
    Set<ConversationId> all = new HashSet<>();
    for (UserId user : absent) {
      List<Membership> ofUser = conversations.of(user);
      memberships.put(user, ofUser);
      ofUser.forEach(membership -> all.add(membership.conversation()));
    }
    Instant oldest = Collections.min(heard.values());
    Set<ConversationId> recent = recentSends.within(Duration.between(oldest, nodes.now()), all);
    Map<ConversationId, List<Unheard>> unheard = new HashMap<>();
    memberships.forEach(
        (user, ofUser) ->
            unheard(user, heard.getOrDefault(user, Instant.MAX), ofUser, recent)
                .forEach(
                    (conversation, each) ->
                        unheard.computeIfAbsent(conversation, id -> new ArrayList<>()).add(each)));
    Map<ConversationId, Long> proposed = eventLog.proposedSeqs(unheard.keySet()).known();
    List<Logged> logged = new ArrayList<>();
    unheard.forEach(
        (conversation, users) -> {
          logged.addAll(logged(conversation, users));
          requireWhole(conversation, proposed.getOrDefault(conversation, 0L));
        });
    loggedMessages.publish(logged);
  }

  /** Reading ends before a seq that is still being written: what is behind it is told later. */
  private void requireWhole(ConversationId conversation, long proposed) {
    LogHead head = reader.head(conversation);
    long first = head == null ? 1 : head.seq() + 1;
    for (long seq = first; seq <= Math.min(proposed, first + PAGE); seq++) {
      if (reader.at(conversation, seq) != null) {
        throw new IllegalStateException("the log of " + conversation + " has a hole");
      }
    }
  }

  private Map<ConversationId, Unheard> unheard(
      UserId user, Instant heard, List<Membership> memberships, Set<ConversationId> recent) {
    List<Membership> asked =
        memberships.stream().filter(each -> recent.contains(each.conversation())).toList();
    if (asked.isEmpty()) {
      return Map.of();
    }
    Map<ConversationId, ReadMarker> read =
        markers.of(user, asked.stream().map(Membership::conversation).toList());
    Map<ConversationId, Unheard> unheard = new HashMap<>();
    for (Membership membership : asked) {
      ReadMarker marker = read.get(membership.conversation());
      long unread = marker == null ? 1 : marker.seq() + 1;
      unheard.put(
          membership.conversation(),
          new Unheard(user, heard, Math.max(membership.visibleFrom(), unread)));
    }
    return unheard;
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

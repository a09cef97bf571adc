package io.parley.message.missed;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Conversations.Roster;
import io.parley.message.conversation.Member;
import io.parley.message.log.LogEvent;
import io.parley.message.missed.LoggedMessages.Logged;
import io.parley.message.presence.RedisOnlineUsers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Tells of owed messages those members who are connected nowhere now. */
@Component
class OwedTelling implements OwedMessages.Telling {

  private final Conversations conversations;
  private final RedisOnlineUsers onlineUsers;
  private final LoggedMessages loggedMessages;
  private final MissedProperties properties;
  private final Clock clock;

  OwedTelling(
      Conversations conversations,
      RedisOnlineUsers onlineUsers,
      LoggedMessages loggedMessages,
      MissedProperties properties,
      Clock clock) {
    this.conversations = conversations;
    this.onlineUsers = onlineUsers;
    this.loggedMessages = loggedMessages;
    this.properties = properties;
    this.clock = clock;
  }

  @Override
  public void tell(List<LogEvent> messages) throws Exception {
    Map<ConversationId, List<LogEvent>> worthTelling = new LinkedHashMap<>();
    for (LogEvent message : messages) {
      if (message.at().isAfter(clock.instant().minus(properties.worthTelling()))) {
        worthTelling.computeIfAbsent(message.conversation(), id -> new ArrayList<>()).add(message);
      }
    }
    List<Logged> logged = new ArrayList<>();
    for (Map.Entry<ConversationId, List<LogEvent>> each : worthTelling.entrySet()) {
      logged.addAll(logged(each.getKey(), each.getValue()));
    }
    loggedMessages.publish(logged);
  }

  private List<Logged> logged(ConversationId conversation, List<LogEvent> messages)
      throws Exception {
    Roster roster;
    try {
      roster = conversations.roster(conversation);
    } catch (ProblemException e) {
      if (e.type() == ConversationProblem.CONVERSATION_NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
    Set<UserId> offline = onlineUsers.offline(roster.members().keySet());
    List<Logged> logged = new ArrayList<>();
    for (LogEvent message : messages) {
      List<UserId> recipients =
          roster.members().values().stream()
              .filter(member -> member.sees(message.seq()))
              .map(Member::user)
              .filter(user -> offline.contains(user) && !user.equals(message.author()))
              .toList();
      logged.add(new Logged(message, roster.conversation(), recipients));
    }
    return logged;
  }
}

package io.parley.message.notification;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Conversations.Roster;
import io.parley.message.log.LogEvent;
import io.parley.message.owed.OwedEvents;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells notification-service of events as they are read from the log. */
@Component
class LoggedEvents implements OwedEvents.Telling {

  private final Conversations conversations;
  private final EventPublisher publisher;
  private final NotificationProperties properties;
  private final Clock clock;

  LoggedEvents(
      Conversations conversations,
      EventPublisher publisher,
      NotificationProperties properties,
      Clock clock) {
    this.conversations = conversations;
    this.publisher = publisher;
    this.properties = properties;
    this.clock = clock;
  }

  @Override
  public void tell(List<LogEvent> events) {
    Instant oldest = clock.instant().minus(properties.worthTelling());
    Map<ConversationId, List<LogEvent>> byConversation = new LinkedHashMap<>();
    for (LogEvent event : events) {
      if (!event.at().isBefore(oldest)) {
        byConversation.computeIfAbsent(event.conversation(), id -> new ArrayList<>()).add(event);
      }
    }
    List<News> news = new ArrayList<>();
    byConversation.forEach((id, ofConversation) -> news.addAll(news(id, ofConversation)));
    publisher.publish(news);
  }

  private List<News> news(ConversationId id, List<LogEvent> events) {
    List<News> news = new ArrayList<>();
    Roster roster = events.stream().anyMatch(LoggedEvents::isToBeTold) ? roster(id) : null;
    for (LogEvent event : events) {
      if (roster != null && isToBeTold(event)) {
        news.add(
            News.Message.of(event, roster.conversation().kind(), roster.members().values(), null));
      }
      News changes = News.Changes.of(event, null);
      if (changes != null) {
        news.add(changes);
      }
    }
    return news;
  }

  private static boolean isToBeTold(LogEvent event) {
    return event.kind() == LogEvent.Kind.MESSAGE && !event.isDeleted();
  }

  /** Null when there is no such conversation any more: nobody is in it. */
  private @Nullable Roster roster(ConversationId conversation) {
    try {
      return conversations.roster(conversation);
    } catch (ProblemException e) {
      if (e.type() == ConversationProblem.CONVERSATION_NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }
}

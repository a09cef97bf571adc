package io.parley.message.missed;

import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.FleetClient;
import io.parley.message.log.LogEvent;
import io.parley.message.missed.MissedMessagePublisher.Missed;
import io.parley.message.text.MessageText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Tells of messages as they are read from the log, which does not know their senders' names. */
@Component
class LoggedMessages {

  /** A message and whom it is to be told to. */
  record Logged(LogEvent event, Conversation conversation, List<UserId> recipients) {}

  private final FleetClient fleet;
  private final JsonMapper json;
  private final MissedMessagePublisher publisher;

  LoggedMessages(FleetClient fleet, JsonMapper json, MissedMessagePublisher publisher) {
    this.fleet = fleet;
    this.json = json;
    this.publisher = publisher;
  }

  /**
   * As {@link MissedMessagePublisher#publish}. A message whose author's account is gone is told
   * nobody.
   *
   * @throws io.parley.common.problems.ProblemException 503 when user-service does not answer
   */
  void publish(Collection<Logged> messages) {
    Set<UserId> authors = new HashSet<>();
    for (Logged message : messages) {
      UserId author = message.event().author();
      if (author != null && !message.recipients().isEmpty()) {
        authors.add(author);
      }
    }
    Map<UserId, String> names = fleet.usernames(authors);
    List<Missed> missed = new ArrayList<>();
    for (Logged message : messages) {
      LogEvent event = message.event();
      String name = event.author() == null ? null : names.get(event.author());
      if (name != null) {
        String text = MessageText.shown(json.readTree(event.content()));
        missed.add(
            new Missed(event, message.conversation(), name, text, message.recipients(), null));
      }
    }
    publisher.publish(missed);
  }
}

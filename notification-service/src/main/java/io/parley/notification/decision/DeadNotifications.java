package io.parley.notification.decision;

import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.UserId;
import io.parley.notification.queue.Redeliveries;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is given up becomes a dead letter, with the ids that its event had: moved back to the queue
 * it is tried anew.
 */
@Component
class DeadNotifications {

  private static final Logger log = LoggerFactory.getLogger(DeadNotifications.class);

  private final Redeliveries redeliveries;
  private final NotificationProperties properties;
  private final JsonMapper json;

  DeadNotifications(Redeliveries redeliveries, NotificationProperties properties, JsonMapper json) {
    this.redeliveries = redeliveries;
    this.properties = properties;
    this.json = json;
  }

  /**
   * When it returns, the broker has confirmed them.
   *
   * @throws RuntimeException when the broker does not
   */
  void bury(Collection<Notification> dead, String reason) {
    Map<String, List<Notification>> byMessage = new LinkedHashMap<>();
    for (Notification one : dead) {
      byMessage.computeIfAbsent(one.messageId(), none -> new ArrayList<>()).add(one);
    }
    for (List<Notification> ofOne : byMessage.values()) {
      Notification first = ofOne.getFirst();
      List<UserId> recipients = ofOne.stream().map(Notification::user).toList();
      Stored item =
          new Stored(
              first.conversation(),
              first.conversationKind(),
              first.seq(),
              first.messageId(),
              first.sender(),
              first.sentAt(),
              recipients,
              first.expiresAt());
      log.error(
          "message {} is given up for {} recipients: {}",
          first.messageId(),
          recipients.size(),
          reason);
      redeliveries.bury(
          properties.stored(), json.writeValueAsBytes(new MessagesStored(List.of(item))), reason);
    }
  }
}

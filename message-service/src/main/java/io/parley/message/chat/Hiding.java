package io.parley.message.chat;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.OwnDevices;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.notification.NotificationEvents;
import java.util.List;
import org.springframework.stereotype.Service;

/** Deletes messages for one member alone. */
@Service
class Hiding {

  @JsonPropertyOrder({"type", "conversationId", "targets"})
  private record Hidden(String type, ConversationId conversationId, List<Long> targets) {}

  private final OpenConversations openConversations;
  private final Reading reading;
  private final HiddenMessages hidden;
  private final NotificationEvents notifications;
  private final OwnDevices devices;
  private final UserLimits limits;

  Hiding(
      OpenConversations openConversations,
      Reading reading,
      HiddenMessages hidden,
      NotificationEvents notifications,
      OwnDevices devices,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.hidden = hidden;
    this.notifications = notifications;
    this.devices = devices;
    this.limits = limits;
  }

  /**
   * From now on the caller sees of this message only that it is there. A second time it changes
   * nothing.
   *
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}, 429 {@code rate-limited}, 503 {@code store-unavailable}
   */
  void hide(Caller caller, ConversationId conversation, long seq) {
    limits.frame(caller.id());
    LogEvent message = reading.message(openConversations.access(conversation, caller.id()), seq);
    if (message == null) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    hidden.hide(caller.id(), message);
    notifications.hidden(caller.id(), conversation, seq);
    devices.tell(caller.id(), new Hidden("HIDDEN", conversation, List.of(seq)));
  }
}

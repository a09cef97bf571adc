package io.parley.message.pin;

import io.parley.common.access.Caller;
import io.parley.common.groups.GroupPermission;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.ChatRules;
import io.parley.message.chat.EventView;
import io.parley.message.chat.EventViews;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Service;

/** Members pin messages, and see what is pinned. */
@Service
class Pinning {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ChatRules rules;
  private final UserLimits limits;
  private final PinLog log;
  private final Pins pins;
  private final EventViews views;

  Pinning(
      OpenConversations openConversations,
      Reading reading,
      ChatRules rules,
      UserLimits limits,
      PinLog log,
      Pins pins,
      EventViews views) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.rules = rules;
    this.limits = limits;
    this.log = log;
    this.pins = pins;
    this.views = views;
  }

  /**
   * Pins a message, or takes that back: in a group with the permission {@code pin}, in a direct
   * conversation either side. A repeat changes nothing.
   *
   * @throws ProblemException 403 {@code not-a-member}, {@code forbidden}, {@code blocked}, {@code
   *     muted}, 404 {@code conversation-not-found}, {@code message-not-found}, 409 {@code
   *     conversation-archived}, {@code too-many-pins}, 429 {@code rate-limited}, 503 {@code
   *     store-unavailable}
   */
  PinView pin(Caller caller, ConversationId conversation, long seq, boolean pinned) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    boolean direct = access.conversation().kind() == Conversation.Kind.DIRECT;
    rules.admit(access, direct ? GroupPermission.WRITE : GroupPermission.PIN);
    LogEvent message = reading.message(access, seq);
    // One that was deleted can be taken down.
    if (message == null || (pinned && message.isDeleted())) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return log.pin(conversation, seq, caller.id(), pinned);
  }

  /**
   * What is pinned, the newest pin first; without messages that were deleted, those that the caller
   * has hidden, and those that they may not see.
   *
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}
   */
  List<PinnedMessage> pinned(Caller caller, ConversationId conversation) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    List<Pin> pinned = pins.state(conversation).pins();
    List<LogEvent> messages = reading.messages(access, pinned.stream().map(Pin::target).toList());
    Map<Long, EventView> shown = new HashMap<>();
    List<EventView> shownAs = views.of(caller.id(), messages);
    for (int i = 0; i < messages.size(); i++) {
      shown.put(messages.get(i).seq(), shownAs.get(i));
    }
    return pinned.reversed().stream()
        .filter(pin -> shown.containsKey(pin.target()))
        .map(
            pin ->
                new PinnedMessage(
                    pin.seq(), pin.by(), pin.at(), Objects.requireNonNull(shown.get(pin.target()))))
        .toList();
  }
}

package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.conversation.Unread;
import io.parley.message.conversation.Unread.Counts;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.notification.NotificationEvents;
import io.parley.message.receipts.ReceiptSwitches;
import io.parley.message.receipts.Receipts;
import io.parley.message.settings.ConversationSettings;
import org.springframework.stereotype.Service;

/** Members say how far they have read. */
@Service
public class Marks {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ReadMarkers markers;
  private final ReceiptNotices notices;
  private final NotificationEvents notifications;
  private final Receipts receipts;
  private final ReceiptSwitches switches;
  private final Unread unread;
  private final ConversationSettings settings;
  private final UserLimits limits;

  Marks(
      OpenConversations openConversations,
      Reading reading,
      ReadMarkers markers,
      ReceiptNotices notices,
      NotificationEvents notifications,
      Receipts receipts,
      ReceiptSwitches switches,
      Unread unread,
      ConversationSettings settings,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.markers = markers;
    this.notices = notices;
    this.notifications = notifications;
    this.receipts = receipts;
    this.switches = switches;
    this.unread = unread;
    this.settings = settings;
    this.limits = limits;
  }

  /**
   * Moves the caller's read marker forward and tells their other devices, and the others where they
   * are few and the caller lets it be seen. One that is there or further on already stays, and
   * nobody is told; to set it where it is ends that the conversation is marked as unread.
   *
   * @throws ProblemException 400 when there is no such event; 429 {@code rate-limited}
   */
  public ReadMarker markRead(Caller caller, ConversationId conversation, MarkRead command) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    long seq = command.seq();
    if (seq < 0) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "seq: must not be negative");
    }
    ReadMarker before = markers.of(caller.id(), conversation);
    if (seq <= before.seq()) {
      if (seq > 0 && seq == before.seq()) {
        settings.readAgain(access, before);
      }
      return before;
    }
    ReadMarker after = before.at(seq, event(access, seq).messageCount());
    boolean further = after.furthest() > before.furthest() && switches.isOn(caller.id());
    if (further && receipts.areKept(access.conversation(), access.members().size())) {
      receipts.read(conversation, caller.id(), seq);
    }
    ReadMarker marker = markers.set(caller.id(), conversation, after);
    notifications.read(caller.id(), conversation, marker.seq());
    notices.tellRead(
        access, marker, further, seq >= access.head() ? Counts.none(seq) : unread(access, marker));
    return marker;
  }

  /**
   * Moves the caller's read marker back, so that this message and all behind it are unread again.
   * Others still see how far the caller had read.
   *
   * @throws ProblemException 400 when there is no such event; 429 {@code rate-limited}
   */
  public ReadMarker markUnread(Caller caller, ConversationId conversation, MarkRead command) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    long seq = command.seq();
    LogEvent event = event(access, seq);
    ReadMarker before = markers.of(caller.id(), conversation);
    if (seq > before.seq()) {
      return before;
    }
    boolean counts = event.kind() == LogEvent.Kind.MESSAGE;
    ReadMarker marker =
        markers.set(
            caller.id(),
            conversation,
            before.backAt(seq - 1, event.messageCount() - (counts ? 1 : 0)));
    notices.tellRead(access, marker, false, unread(access, marker));
    return marker;
  }

  private LogEvent event(OpenConversations.Access access, long seq) {
    LogEvent event = reading.event(access, seq);
    if (event == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "seq: there is no such event yet");
    }
    return event;
  }

  private Counts unread(OpenConversations.Access access, ReadMarker marker) {
    return unread.of(access.conversation(), access.member(), marker);
  }
}

package io.parley.message.settings;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.OwnDevices;
import io.parley.message.conversation.CassandraSettingsStore;
import io.parley.message.conversation.CassandraSettingsStore.Change;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.conversation.SettingsView;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Members set how a conversation is shown to them. */
@Service
public class ConversationSettings {

  @JsonPropertyOrder({"type", "conversationId", "settings"})
  private record SettingsChanged(
      String type, ConversationId conversationId, SettingsView settings) {}

  private final OpenConversations openConversations;
  private final CassandraSettingsStore store;
  private final ReadMarkers markers;
  private final LogReader log;
  private final OwnDevices devices;
  private final UserLimits limits;
  private final Clock clock;

  ConversationSettings(
      OpenConversations openConversations,
      CassandraSettingsStore store,
      ReadMarkers markers,
      LogReader log,
      OwnDevices devices,
      UserLimits limits,
      Clock clock) {
    this.openConversations = openConversations;
    this.store = store;
    this.markers = markers;
    this.log = log;
    this.devices = devices;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, 503
   */
  SettingsView get(Caller caller, ConversationId id) {
    return view(openConversations.access(id, caller.id()));
  }

  /**
   * Changes what the command names, and tells the caller's devices all that is set then. Of two
   * changes at once each is whole; who hears of both in the wrong order knows by their versions.
   *
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}, 429 {@code rate-limited}, 503
   */
  SettingsView change(Caller caller, ConversationId id, ChangeSettings command) {
    limits.frame(caller.id());
    command.check();
    OpenConversations.Access access = openConversations.access(id, caller.id());
    return change(
        access,
        new Change(
            command.mutedUntil(),
            markOf(command.archived(), () -> newest(access)),
            command.pinned(),
            command.order(),
            markOf(command.markedUnread(), () -> markers.of(caller.id(), id).place())));
  }

  /** The read marker was set to where it is: so the conversation is not to look unread any more. */
  public void readAgain(OpenConversations.Access access, ReadMarker marker) {
    MemberSettings stored = store.find(access.member().user(), access.conversation().id());
    if (stored.isMarkedUnread(marker)) {
      change(access, new Change(null, null, null, null, (long) MemberSettings.NOT));
    }
  }

  private interface Mark {
    long get();
  }

  private static @Nullable Long markOf(@Nullable Boolean set, Mark mark) {
    if (set == null) {
      return null;
    }
    return set ? mark.get() : MemberSettings.NOT;
  }

  /** What this node has delivered may lag behind what another device of the user has shown. */
  private long newest(OpenConversations.Access access) {
    LogHead head = log.head(access.conversation().id());
    return Math.max(access.head(), head == null ? 0 : head.seq());
  }

  private SettingsView change(OpenConversations.Access access, Change change) {
    UserId user = access.member().user();
    ConversationId id = access.conversation().id();
    store.change(user, id, change);
    SettingsView view = view(access);
    devices.tell(user, new SettingsChanged("SETTINGS", id, view));
    return view;
  }

  private SettingsView view(OpenConversations.Access access) {
    UserId user = access.member().user();
    ConversationId id = access.conversation().id();
    MemberSettings stored = store.find(user, id);
    Instant now = clock.instant();
    boolean depends = stored.archivedSeq() != MemberSettings.NOT && !stored.isMuted(now);
    return SettingsView.of(
        stored,
        now,
        depends ? lastMessage(access, stored.archivedSeq()) : 0,
        stored.unreadPlace() == MemberSettings.NOT ? ReadMarker.NONE : markers.of(user, id));
  }

  /** The newest message behind a seq, or that seq. */
  private long lastMessage(OpenConversations.Access access, long behind) {
    List<LogEvent> newest =
        log.messagesBefore(
            access.conversation().id(),
            Long.MAX_VALUE,
            Math.max(access.member().visibleFrom(), behind + 1),
            1);
    return newest.isEmpty() ? behind : newest.get(0).seq();
  }
}

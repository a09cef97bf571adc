package io.parley.notification.decision;

import io.parley.notification.decision.Facts.Message;
import io.parley.notification.decision.Facts.Recipient;
import io.parley.notification.device.DeviceId;
import io.parley.notification.push.Notice;
import io.parley.notification.push.OnScreen;
import io.parley.notification.push.PushReport;
import io.parley.notification.push.Pushes;
import io.parley.notification.push.Telling;
import io.parley.notification.push.UserConversation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Keeps true what devices have on their screens. A conversation has one notification there, that of
 * the newest message that rang. When it was read, edited or deleted, the newest that still stands
 * takes its place, in silence; when none does, it is taken away. A device that has nothing on its
 * screen, or the right thing, is told nothing.
 */
@Component
class Screens {

  private final Pushes pushes;

  Screens(Pushes pushes) {
    this.pushes = pushes;
  }

  /** What is told on behalf of one notification. */
  private record Change(Notification of, Telling telling) {}

  /**
   * @param toPutRight notifications that something happened to after they rang
   * @param shown those that may be on the screens of their conversations, newest first
   * @param decided what came of those of them that were to ring as well
   * @return what came of each
   */
  Map<Notification, Settlement> putRight(
      List<Notification> toPutRight,
      Map<UserConversation, List<Notification>> shown,
      Known known,
      Map<Notification, Settlement> decided) {
    if (toPutRight.isEmpty()) {
      return Map.of();
    }
    Map<UserConversation, List<OnScreen>> screens =
        pushes.shown(toPutRight.stream().map(Notification::place).distinct().toList());
    List<Change> changes = new ArrayList<>();
    Set<UserConversation> done = new HashSet<>();
    for (Notification one : toPutRight) {
      // Of several of one conversation the first does for all.
      if (done.add(one.place())) {
        Notification newest = standing(shown.getOrDefault(one.place(), List.of()), known);
        changes.addAll(changes(one, newest, screens.getOrDefault(one.place(), List.of()), known));
      }
    }
    List<PushReport> reports =
        pushes.tell(changes.stream().map(Change::telling).toList(), known.reach());
    Map<UserConversation, Duration> again = new HashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      if (!reports.get(i).isSettled()) {
        again.merge(
            changes.get(i).of().place(),
            reports.get(i).pause(),
            (one, other) -> one.compareTo(other) < 0 ? one : other);
      }
    }
    Map<Notification, Settlement> settlements = new LinkedHashMap<>();
    for (Notification one : toPutRight) {
      settlements.put(one, settlement(one, decided.get(one), again.get(one.place()), known));
    }
    return settlements;
  }

  private static @Nullable Notification standing(List<Notification> newestFirst, Known known) {
    for (Notification one : newestFirst) {
      if (known.stands(one)) {
        return one;
      }
    }
    return null;
  }

  private static List<Change> changes(
      Notification one, @Nullable Notification newest, List<OnScreen> screens, Known known) {
    if (newest == null) {
      Set<DeviceId> devices = new HashSet<>();
      for (OnScreen screen : screens) {
        if (screen.kind() != Notice.Kind.WITHDRAW || !screen.settled()) {
          devices.add(screen.device());
        }
      }
      return devices.isEmpty()
          ? List.of()
          : List.of(
              new Change(
                  one, new Telling(one.user(), known.withdrawal(one), 0, devices, known.now())));
    }
    Message message = known.message(newest);
    Recipient recipient = known.recipient(newest);
    if (message == null || recipient == null) {
      return List.of();
    }
    Set<DeviceId> otherWords = new HashSet<>();
    Set<DeviceId> otherMessage = new HashSet<>();
    for (OnScreen screen : screens) {
      boolean empty = screen.kind() == Notice.Kind.WITHDRAW && screen.settled();
      boolean rings = screen.kind() == Notice.Kind.RING && !screen.settled();
      if (empty || rings) {
        continue;
      }
      if (!screen.messageId().equals(newest.messageId())) {
        otherMessage.add(screen.device());
      } else if (screen.version() < message.version() || !screen.settled()) {
        otherWords.add(screen.device());
      }
    }
    Notice notice = known.notice(newest, Notice.Kind.UPDATE, message, recipient, false);
    List<Change> changes = new ArrayList<>();
    if (!otherWords.isEmpty()) {
      changes.add(
          new Change(
              one, new Telling(one.user(), notice, message.version(), otherWords, known.now())));
    }
    if (!otherMessage.isEmpty()) {
      // It was there before, with the same words: this is newer than that.
      long version = Math.max(message.version(), known.now().toEpochMilli());
      changes.add(
          new Change(one, new Telling(one.user(), notice, version, otherMessage, known.now())));
    }
    return changes;
  }

  private static Settlement settlement(
      Notification one, @Nullable Settlement decided, @Nullable Duration again, Known known) {
    if (decided != null) {
      // It rings on: the earlier of both.
      Duration next = decided.again();
      return again == null || (next != null && next.compareTo(again) < 0)
          ? decided
          : decided.again(again);
    }
    Reason fallen = one.state() == State.WITHDRAWN ? one.ended() : known.fallen(one);
    State state = fallen == null ? one.state() : State.WITHDRAWN;
    Settlement settlement = new Settlement(one, state, one.reason(), fallen, null, 0);
    return again == null ? settlement : settlement.again(again);
  }
}

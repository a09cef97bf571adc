package io.parley.notification.decision;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.decision.Facts.Message;
import io.parley.notification.decision.Facts.Question;
import io.parley.notification.decision.Facts.Recipient;
import io.parley.notification.decision.FactsClient.AwayException;
import io.parley.notification.decision.FactsClient.RefusedException;
import io.parley.notification.push.Notice;
import io.parley.notification.push.PushReport;
import io.parley.notification.push.Pushes;
import io.parley.notification.push.Telling;
import io.parley.notification.push.UserConversation;
import io.parley.notification.queue.StorePatience;
import io.parley.notification.settings.Settings;
import io.parley.notification.settings.UserSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Works on notifications that are due: decides, rings, and settles what came of it. */
@Component
class Decisions {

  private static final Logger log = LoggerFactory.getLogger(Decisions.class);

  /** Of a conversation, so many of the newest that rang may have to be shown instead of others. */
  private static final int NEWEST = 5;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(2);

  /** Until what could not be buried is tried once more. */
  private static final Duration BROKER_PAUSE = Duration.ofSeconds(30);

  private final NotificationStore store;
  private final FactsClient client;
  private final Settings settings;
  private final Pushes pushes;
  private final Screens screens;
  private final DeadNotifications dead;
  private final NotificationProperties properties;
  private final StorePatience patience;
  private final DecisionCounts counts;
  private final Clock clock;

  private final Object awayLock = new Object();
  private Duration awayPause = Duration.ZERO;
  private long awayUntil;

  Decisions(
      NotificationStore store,
      FactsClient client,
      Settings settings,
      Pushes pushes,
      Screens screens,
      DeadNotifications dead,
      NotificationProperties properties,
      StorePatience patience,
      DecisionCounts counts,
      Clock clock) {
    this.store = store;
    this.client = client;
    this.settings = settings;
    this.pushes = pushes;
    this.screens = screens;
    this.dead = dead;
    this.properties = properties;
    this.patience = patience;
    this.counts = counts;
    this.clock = clock;
  }

  /** How long nothing can be decided yet, as message-service does not answer; zero: it can be. */
  Duration pause() {
    synchronized (awayLock) {
      return awayPause.isZero()
          ? Duration.ZERO
          : Duration.ofNanos(Math.max(0, awayUntil - System.nanoTime()));
    }
  }

  private Duration away(AwayException e) {
    synchronized (awayLock) {
      if (pause().isZero()) {
        log.warn("notifications wait for message-service: {}", String.valueOf(e.getCause()));
        Duration doubled = awayPause.multipliedBy(2);
        awayPause =
            awayPause.isZero()
                ? FIRST_PAUSE
                : doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        awayUntil = System.nanoTime() + awayPause.toNanos();
      }
      return awayPause;
    }
  }

  private void answered() {
    synchronized (awayLock) {
      awayPause = Duration.ZERO;
    }
  }

  /** Settles all of them, or throws and leaves them to whoever comes when their lease has ended. */
  void work(UUID claim, List<Notification> batch) {
    try {
      settle(claim, settlements(batch));
    } catch (AwayException e) {
      Duration pause = away(e);
      settle(claim, batch.stream().map(one -> waits(one, pause)).toList());
    } catch (RefusedException e) {
      apart(claim, batch, e);
    } catch (RuntimeException e) {
      if (StorePatience.isStoreAway(e)) {
        settle(claim, batch.stream().map(one -> unchanged(one).again(Duration.ZERO)).toList());
      } else {
        apart(claim, batch, e);
      }
    }
  }

  /** One that can not be worked on holds up no other. */
  private void apart(UUID claim, List<Notification> batch, Exception e) {
    int half = batch.size() / 2;
    if (half == 0) {
      settle(claim, batch.stream().map(one -> failed(one, e)).toList());
    } else {
      work(claim, batch.subList(0, half));
      work(claim, batch.subList(half, batch.size()));
    }
  }

  /** However long PostgreSQL is away: devices may have been told. */
  private void settle(UUID claim, List<Settlement> settlements) {
    patience.until(
        StorePatience.AFTER_SEND,
        () -> {
          store.settle(claim, settlements);
          return settlements;
        });
  }

  private List<Settlement> settlements(List<Notification> batch)
      throws AwayException, RefusedException {
    List<Notification> toPutRight =
        batch.stream()
            .filter(
                one ->
                    !one.state().isUndecided()
                        || (one.state() == State.RINGING && one.changes() > 0))
            .toList();
    Map<UserConversation, List<Notification>> shown = shown(toPutRight);
    Facts facts = client.ask(questions(batch, shown.values()));
    answered();
    Known known = known(batch, facts);
    Map<Notification, Settlement> settlements = new LinkedHashMap<>();
    List<Ring> rings = new ArrayList<>();
    for (Notification one : batch) {
      if (one.state().isUndecided()) {
        decide(one, known, settlements, rings);
      }
    }
    ring(rings, known, settlements);
    settlements.putAll(screens.putRight(toPutRight, shown, known, settlements));
    return List.copyOf(settlements.values());
  }

  private Map<UserConversation, List<Notification>> shown(List<Notification> toPutRight) {
    if (toPutRight.isEmpty()) {
      return Map.of();
    }
    Set<UserConversation> places = new LinkedHashSet<>();
    toPutRight.forEach(one -> places.add(one.place()));
    return patience.until(StorePatience.BEFORE_SEND, () -> store.shown(places, NEWEST));
  }

  private record Place(ConversationId conversation, long seq) {}

  private static List<Question> questions(
      List<Notification> batch, Collection<List<Notification>> shown) {
    Map<Place, Set<UserId>> users = new LinkedHashMap<>();
    for (Notification one : batch) {
      users.computeIfAbsent(place(one), none -> new LinkedHashSet<>()).add(one.user());
    }
    for (List<Notification> ofOne : shown) {
      for (Notification one : ofOne) {
        users.computeIfAbsent(place(one), none -> new LinkedHashSet<>()).add(one.user());
      }
    }
    return users.entrySet().stream()
        .map(
            each ->
                new Question(
                    each.getKey().conversation(),
                    each.getKey().seq(),
                    List.copyOf(each.getValue())))
        .toList();
  }

  private static Place place(Notification one) {
    return new Place(one.conversation(), one.seq());
  }

  private Known known(List<Notification> batch, Facts facts) {
    Set<UserId> users = batch.stream().map(Notification::user).collect(Collectors.toSet());
    Set<ConversationId> conversations =
        batch.stream().map(Notification::conversation).collect(Collectors.toSet());
    Map<UserId, UserSettings> wishes =
        patience.until(StorePatience.BEFORE_SEND, () -> settings.of(users, conversations));
    return new Known(facts, wishes, pushes.reach(users), clock.instant());
  }

  /** One that is to ring. */
  private record Ring(
      Notification of, Reason reason, Message message, Recipient recipient, boolean urgent) {}

  private void decide(
      Notification one, Known known, Map<Notification, Settlement> settlements, List<Ring> rings) {
    Message message = known.message(one);
    Recipient recipient = known.recipient(one);
    if (message == null || (recipient == null && !message.gone())) {
      settlements.put(
          one, failed(one, new IllegalStateException("message-service has left it out")));
      return;
    }
    Situation situation = known.situation(one, message, recipient);
    Decision decision = Decision.of(situation, known.now(), properties.patience());
    Reason reason = decision.reason();
    switch (decision.verdict()) {
      case RING -> {
        if (one.state() == State.WAITING) {
          counts.count(reason);
        }
        rings.add(
            new Ring(
                one,
                one.state() == State.RINGING && one.reason() != null ? one.reason() : reason,
                message,
                Objects.requireNonNull(recipient),
                situation.direct() || situation.isPersonal()));
      }
      case LATER -> {
        counts.count(reason);
        Duration pause = Duration.between(known.now(), Objects.requireNonNull(decision.again()));
        Settlement waits =
            one.state() == State.WAITING ? Settlement.of(one, one.state(), reason) : unchanged(one);
        settlements.put(one, waits.again(pause));
      }
      case NONE -> {
        counts.count(reason);
        settlements.put(one, silent(one, reason));
      }
    }
  }

  /** Devices may have been told by an earlier try. */
  private Settlement silent(Notification one, Reason reason) {
    boolean mayHaveRung =
        (one.state() == State.RINGING || one.left())
            && pushes.of(one.user(), one.conversation(), one.messageId()).stream()
                .anyMatch(push -> push.mayBeShown());
    if (!mayHaveRung) {
      return Settlement.of(one, State.SILENT, reason);
    }
    Reason rangFor = one.reason() == null ? Reason.MESSAGE : one.reason();
    return reason.takesAway()
        ? Settlement.of(one, State.WITHDRAWN, rangFor).ended(reason).again(Duration.ZERO)
        : Settlement.of(one, State.RANG, rangFor);
  }

  private void ring(List<Ring> rings, Known known, Map<Notification, Settlement> settlements) {
    List<Telling> tellings =
        rings.stream()
            .map(
                ring ->
                    new Telling(
                        ring.of().user(),
                        known.notice(
                            ring.of(),
                            Notice.Kind.RING,
                            ring.message(),
                            ring.recipient(),
                            ring.urgent()),
                        ring.message().version(),
                        null,
                        ring.of().reason() == Reason.FOREGROUND ? known.now() : ring.of().sentAt()))
            .toList();
    List<PushReport> reports = pushes.tell(tellings, known.reach());
    List<Ring> givenUp = new ArrayList<>();
    for (int i = 0; i < rings.size(); i++) {
      Ring ring = rings.get(i);
      PushReport report = reports.get(i);
      if (!report.isSettled()) {
        settlements.put(
            ring.of(),
            Settlement.of(ring.of(), State.RINGING, ring.reason()).again(report.pause()));
      } else if (report.failed() > 0) {
        givenUp.add(ring);
      } else {
        settlements.put(ring.of(), Settlement.of(ring.of(), State.RANG, ring.reason()));
      }
    }
    if (!givenUp.isEmpty()) {
      boolean buried = bury(givenUp.stream().map(Ring::of).toList(), "not pushed to all devices");
      for (Ring ring : givenUp) {
        settlements.put(
            ring.of(),
            buried
                ? Settlement.of(ring.of(), State.FAILED, ring.reason())
                : Settlement.of(ring.of(), State.RINGING, ring.reason()).again(BROKER_PAUSE));
      }
    }
  }

  private boolean bury(List<Notification> all, String reason) {
    try {
      dead.bury(all, reason);
      return true;
    } catch (RuntimeException e) {
      log.warn("what is given up can not be buried yet: {}", e.toString());
      return false;
    }
  }

  private static Settlement unchanged(Notification one) {
    return new Settlement(one, one.state(), one.reason(), one.ended(), null, one.failures());
  }

  private static Settlement waits(Notification one, Duration pause) {
    return (one.state() == State.WAITING
            ? Settlement.of(one, State.WAITING, Reason.FACTS_AWAY)
            : unchanged(one))
        .again(pause);
  }

  private Settlement failed(Notification one, Exception e) {
    int failures = one.failures() + 1;
    if (failures < properties.poisonTries()) {
      log.warn("message {} for {} failed, try {}", one.messageId(), one.user(), failures, e);
      return unchanged(one).failures(failures).again(FAILURE_PAUSE.multipliedBy(failures));
    }
    log.error("message {} for {} failed {} times", one.messageId(), one.user(), failures, e);
    if (!one.state().isUndecided()) {
      Reason ended = one.ended() == null ? Reason.FAILED : one.ended();
      return Settlement.of(one, State.WITHDRAWN, one.reason()).ended(ended);
    }
    if (!bury(List.of(one), "failed: " + e.getClass().getSimpleName())) {
      return unchanged(one).again(BROKER_PAUSE);
    }
    counts.count(Reason.FAILED);
    return Settlement.of(one, State.FAILED, Reason.FAILED);
  }
}

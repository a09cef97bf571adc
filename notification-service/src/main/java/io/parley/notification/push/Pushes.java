package io.parley.notification.push;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.device.Channel;
import io.parley.notification.device.Device;
import io.parley.notification.device.DeviceId;
import io.parley.notification.device.Devices;
import io.parley.notification.device.Platform;
import io.parley.notification.metrics.NotificationMeter;
import io.parley.notification.push.PushDeliveries.Key;
import io.parley.notification.push.PushDeliveries.Settled;
import io.parley.notification.push.PushDeliveries.Standing;
import io.parley.notification.push.PushDeliveries.Wanted;
import io.parley.notification.queue.StorePatience;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;

/** Tells users' devices. Invariant: what a report calls settled is recorded in PostgreSQL. */
@Service
public class Pushes {

  /** By what tries are counted. */
  private record Try(Channel channel, Platform platform, Outcome outcome, Notice.Kind kind) {}

  /** One push that is wanted, with the row that it is to be claimed by. */
  private record Aim(Wanted wanted, Push push, Instant since) {}

  private static final Logger log = LoggerFactory.getLogger(Pushes.class);

  private final Devices devices;
  private final PushDeliveries deliveries;
  private final PushSender sender;
  private final PushProperties properties;
  private final StorePatience patience;
  private final Map<Try, Counter> tries = new HashMap<>();
  private final Timer sends;
  private final Timer delays;
  private final Clock clock;

  /** The claims that this process is working on. */
  private final Set<UUID> claims = ConcurrentHashMap.newKeySet();

  Pushes(
      Devices devices,
      PushDeliveries deliveries,
      PushSender sender,
      PushProperties properties,
      StorePatience patience,
      MeterRegistry meters,
      Clock clock) {
    this.devices = devices;
    this.deliveries = deliveries;
    this.sender = sender;
    this.properties = properties;
    this.patience = patience;
    this.sends = NotificationMeter.PUSH_TIME.timer(meters);
    this.delays = NotificationMeter.PUSH_DELAY.timer(meters);
    for (Channel channel : Channel.values()) {
      for (Platform platform : Platform.values()) {
        for (Outcome outcome : Outcome.values()) {
          for (Notice.Kind kind : Notice.Kind.values()) {
            tries.put(
                new Try(channel, platform, outcome, kind),
                NotificationMeter.PUSHES.counter(
                    meters, label(channel), label(kind), outcome.name(), label(platform)));
          }
        }
      }
    }
    this.clock = clock;
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The devices that some users have at a moment. */
  public static final class Reach {

    private final Map<UserId, List<Device>> devices;

    private Reach(List<Device> devices) {
      this.devices = devices.stream().collect(Collectors.groupingBy(Device::userId));
    }

    /** Whether the user has any device. */
    public boolean isReachable(UserId user) {
      return devices.containsKey(user);
    }

    private List<Device> of(Telling telling) {
      List<Device> all = devices.getOrDefault(telling.user(), List.of());
      return telling.devices() == null
          ? all
          : all.stream().filter(device -> telling.devices().contains(device.id())).toList();
    }
  }

  public Reach reach(Collection<UserId> users) {
    return new Reach(patience.until(StorePatience.BEFORE_SEND, () -> devices.of(users)));
  }

  /**
   * Tells those devices that have not been told yet. May be repeated: a device is told each thing
   * once. What there is to tell of one conversation comes to a device in the order of its messages.
   *
   * @return for each telling, in the same order, how far it is
   */
  public List<PushReport> tell(List<Telling> tellings, Reach reach) {
    Instant asOf = clock.instant();
    List<Aim> aims = new ArrayList<>();
    List<List<Wanted>> wanted = new ArrayList<>();
    for (Telling telling : tellings) {
      List<Wanted> ofThis = new ArrayList<>();
      for (Device device : reach.of(telling)) {
        Notice notice = telling.notice();
        ofThis.add(
            new Wanted(
                device.id(),
                telling.user(),
                notice.conversationId(),
                notice.messageId(),
                notice.kind(),
                telling.version()));
        aims.add(new Aim(ofThis.getLast(), new Push(notice, device), telling.since()));
      }
      wanted.add(ofThis);
    }
    aims.sort(Comparator.comparingLong(aim -> aim.push().notice().seq()));
    Map<Key, Standing> standing = new HashMap<>();
    List<Aim> left = aims;
    while (!left.isEmpty()) {
      List<Aim> batch = new ArrayList<>();
      List<Aim> later = new ArrayList<>();
      Set<DeviceId> once = new HashSet<>();
      for (Aim aim : left) {
        boolean fits = batch.size() < PushSender.MAX_BATCH && once.add(aim.push().device().id());
        (fits ? batch : later).add(aim);
      }
      standing.putAll(send(batch, asOf));
      left = later;
    }
    return wanted.stream().map(ofThis -> report(ofThis, standing)).toList();
  }

  private Map<Key, Standing> send(List<Aim> batch, Instant asOf) {
    UUID claim = UUID.randomUUID();
    List<Wanted> wanted = batch.stream().map(Aim::wanted).toList();
    claims.add(claim);
    try {
      Map<Key, Integer> claimed =
          patience.until(
              StorePatience.BEFORE_SEND,
              () -> deliveries.claim(claim, wanted, properties.lease(), properties.maxTries()));
      if (!claimed.isEmpty()) {
        List<Aim> mine =
            batch.stream().filter(aim -> claimed.containsKey(aim.wanted().key())).toList();
        List<Push> pushes = mine.stream().map(Aim::push).toList();
        List<PushResult> results = Objects.requireNonNull(sends.record(() -> sender.send(pushes)));
        count(mine, results);
        settle(claim, claimed, pushes, results, asOf);
      }
      return patience.until(
          StorePatience.BEFORE_SEND, () -> deliveries.standing(wanted, properties.maxTries()));
    } finally {
      claims.remove(claim);
    }
  }

  private void count(List<Aim> aims, List<PushResult> results) {
    Instant now = clock.instant();
    for (int i = 0; i < results.size(); i++) {
      Push push = aims.get(i).push();
      Notice notice = push.notice();
      Outcome outcome = results.get(i).outcome();
      Device device = push.device();
      Counter counter =
          tries.get(new Try(device.channel(), device.platform(), outcome, notice.kind()));
      if (counter != null) {
        counter.increment();
      }
      if (outcome == Outcome.SENT && notice.kind() == Notice.Kind.RING) {
        Duration delay = Duration.between(aims.get(i).since(), now);
        delays.record(delay.isNegative() ? Duration.ZERO : delay);
      }
    }
  }

  private void settle(
      UUID claim,
      Map<Key, Integer> claimed,
      List<Push> pushes,
      List<PushResult> results,
      Instant asOf) {
    List<Settled> outcomes = new ArrayList<>();
    List<DeviceId> gone = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      PushResult result = results.get(i);
      String messageId = pushes.get(i).notice().messageId();
      int made = claimed.getOrDefault(new Key(result.device(), messageId), 1);
      outcomes.add(
          new Settled(messageId, result, properties.pauseAfter(made, result.retryAfter())));
      if (result.outcome() == Outcome.GONE) {
        gone.add(result.device());
      } else if (result.outcome() == Outcome.REFUSED) {
        log.error(
            "a push by {} to device {} is refused: {}",
            label(pushes.get(i).device().channel()),
            result.device(),
            result.error());
      }
    }
    patience.until(
        StorePatience.AFTER_SEND,
        () -> {
          deliveries.settle(claim, outcomes);
          return outcomes;
        });
    if (!gone.isEmpty()) {
      devices.forget(gone, asOf);
      log.info("removed {} devices that their push services no longer know", gone.size());
    }
  }

  private static PushReport report(List<Wanted> wanted, Map<Key, Standing> standing) {
    int reached = 0;
    int open = 0;
    int failed = 0;
    Duration pause = null;
    for (Wanted one : wanted) {
      Standing stands = standing.get(one.key());
      if (stands == null) {
        // Erased meanwhile.
        continue;
      }
      if (stands.state().equals(Outcome.SENT.name())) {
        reached++;
      } else if (stands.isOpen()) {
        open++;
        pause = pause == null || stands.pause().compareTo(pause) < 0 ? stands.pause() : pause;
      } else if (stands.state().equals(Outcome.DEFERRED.name())) {
        failed++;
      }
    }
    return new PushReport(reached, open, failed, pause == null ? Duration.ZERO : pause);
  }

  /**
   * What each device of the users has on its screen of their conversations, or may have; nothing
   * for a device that never rang there.
   */
  public Map<UserConversation, List<OnScreen>> shown(Collection<UserConversation> places) {
    return places.isEmpty()
        ? Map.of()
        : patience.until(StorePatience.BEFORE_SEND, () -> deliveries.shown(places));
  }

  /** What became of a message at each of the user's devices. */
  public List<PushRecord> of(UserId user, ConversationId conversation, String messageId) {
    return deliveries.of(user, conversation, messageId);
  }

  /** A message that some devices were given up for may be told them from the beginning. */
  public void forgive(String messageId, Collection<UserId> users) {
    deliveries.forgive(messageId, users);
  }

  /** What was pushed to the user's devices, within the caller's transaction. */
  public void each(UserId user, Collection<DeviceId> to, Consumer<PushRecord> action) {
    deliveries.each(user, to, action);
  }

  /** A push that is on its way may still leave a row behind, of a device that nobody has. */
  public int erase(UserId user, Collection<DeviceId> to) {
    return deliveries.erase(user, to);
  }

  /** A send may take longer than a lease: FCM can ask to be left alone for a minute. */
  @Scheduled(fixedDelayString = "${parley.push.renew-every:5s}")
  void renewClaims() {
    if (!claims.isEmpty()) {
      try {
        deliveries.renew(Set.copyOf(claims), properties.lease());
      } catch (DataAccessException | TransactionException e) {
        log.warn("claims are not renewed: {}", e.toString());
      }
    }
  }

  @Scheduled(initialDelayString = "1m", fixedDelayString = "1h")
  void cleanUp() {
    try {
      boolean more = true;
      while (more) {
        more = deliveries.cleanUp(properties.keepDeliveries());
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("old deliveries are not cleaned up: {}", e.toString());
    }
  }
}

package io.parley.notification.push;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.ids.UserId;
import io.parley.notification.device.Device;
import io.parley.notification.device.DeviceId;
import io.parley.notification.device.Devices;
import io.parley.notification.device.Platform;
import io.parley.notification.metrics.NotificationMeter;
import io.parley.notification.push.PushDeliveries.Busy;
import io.parley.notification.queue.StorePatience;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
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
  private record Try(Platform platform, Outcome outcome) {}

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
    for (Platform platform : Platform.values()) {
      String name = platform.name().toLowerCase(Locale.ROOT);
      for (Outcome outcome : Outcome.values()) {
        tries.put(
            new Try(platform, outcome),
            NotificationMeter.PUSHES.counter(meters, outcome.name(), name));
      }
    }
    this.clock = clock;
  }

  /**
   * Pushes to those devices of the recipients that have not got this message yet. May be repeated:
   * a device gets a message once. Of a message that has disappeared nobody is told.
   */
  public PushReport push(Notice notice, Collection<UserId> recipients) {
    Instant asOf = clock.instant();
    if (notice.expiresAt() != null && !notice.expiresAt().isAfter(asOf)) {
      return PushReport.SETTLED;
    }
    List<Device> all = patience.until(StorePatience.BEFORE_SEND, () -> devices.of(recipients));
    PushReport report = PushReport.SETTLED;
    for (int from = 0; from < all.size(); from += PushSender.MAX_BATCH) {
      List<Device> batch = all.subList(from, Math.min(from + PushSender.MAX_BATCH, all.size()));
      report = pushBatch(notice, batch, asOf, report);
    }
    return report;
  }

  private PushReport pushBatch(Notice notice, List<Device> batch, Instant asOf, PushReport soFar) {
    UUID claim = UUID.randomUUID();
    List<DeviceId> ids = batch.stream().map(Device::id).toList();
    PushReport report = soFar;
    claims.add(claim);
    try {
      Set<DeviceId> claimed =
          patience.until(
              StorePatience.BEFORE_SEND,
              () -> deliveries.claim(claim, notice.messageId(), ids, properties.lease()));
      if (!claimed.isEmpty()) {
        List<Device> mine = batch.stream().filter(device -> claimed.contains(device.id())).toList();
        List<Push> pushes = mine.stream().map(device -> new Push(notice, device)).toList();
        List<PushResult> results = sends.record(() -> sender.send(pushes));
        count(notice, mine, Objects.requireNonNull(results));
        report = settled(claim, notice, results, asOf, report);
      }
      if (claimed.size() < ids.size()) {
        Busy busy =
            patience.until(
                StorePatience.BEFORE_SEND, () -> deliveries.busy(claim, notice.messageId(), ids));
        report = report.and(busy.devices(), busy.longest());
      }
      return report;
    } finally {
      claims.remove(claim);
    }
  }

  private void count(Notice notice, List<Device> to, List<PushResult> results) {
    Map<DeviceId, Platform> platforms =
        to.stream().collect(Collectors.toMap(Device::id, Device::platform, (one, other) -> one));
    Duration delay = Duration.between(notice.sentAt(), clock.instant());
    for (PushResult result : results) {
      Platform platform = platforms.get(result.device());
      Counter counter = platform == null ? null : tries.get(new Try(platform, result.outcome()));
      if (counter != null) {
        counter.increment();
      }
      if (result.outcome() == Outcome.SENT) {
        delays.record(delay.isNegative() ? Duration.ZERO : delay);
      }
    }
  }

  private PushReport settled(
      UUID claim, Notice notice, List<PushResult> results, Instant asOf, PushReport soFar) {
    patience.until(
        StorePatience.AFTER_SEND,
        () -> {
          deliveries.settle(claim, notice.messageId(), results);
          return results;
        });
    List<DeviceId> gone =
        results.stream().filter(r -> r.outcome() == Outcome.GONE).map(PushResult::device).toList();
    if (!gone.isEmpty()) {
      devices.forget(gone, asOf);
      log.info("removed {} devices whose tokens FCM no longer knows", gone.size());
    }
    PushReport report = soFar;
    for (PushResult result : results) {
      if (result.outcome() == Outcome.DEFERRED) {
        report = report.and(1, result.retryAfter());
      } else if (result.outcome() == Outcome.REFUSED) {
        log.error("FCM refused a push to device {}: {}", result.device(), result.error());
      }
    }
    return report;
  }

  /** What was pushed to the devices, within the caller's transaction. */
  public void each(Collection<DeviceId> to, Consumer<PushRecord> action) {
    deliveries.each(to, action);
  }

  /** A push that is on its way may still leave a row behind, of a device that nobody has. */
  public int erase(Collection<DeviceId> to) {
    return deliveries.erase(to);
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

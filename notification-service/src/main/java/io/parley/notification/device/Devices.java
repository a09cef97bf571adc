package io.parley.notification.device;

import io.parley.common.access.Caller;
import io.parley.common.events.SessionsEnded;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who can be told where. A token stands for one installation of the app, so it belongs to the user
 * who registered it last: after a change of account on a phone, the one before gets nothing there.
 * And it belongs to the session it was registered with, with which it goes.
 */
@Service
public class Devices {

  private static final Logger log = LoggerFactory.getLogger(Devices.class);

  /** Longer than any access token lives. */
  private static final Duration KEEP_ENDED = Duration.ofHours(2);

  private final DeviceStore store;
  private final EndedSessionStore ended;
  private final LastPushes lastPushes;
  private final WebPushEndpoints endpoints;
  private final DeviceProperties properties;
  private final Clock clock;

  Devices(
      DeviceStore store,
      EndedSessionStore ended,
      LastPushes lastPushes,
      WebPushEndpoints endpoints,
      DeviceProperties properties,
      Clock clock) {
    this.store = store;
    this.ended = ended;
    this.lastPushes = lastPushes;
    this.endpoints = endpoints;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Idempotent: the same token of the same user is the same device. One that takes the place of
   * another keeps its id, so that what went to the old token is not pushed to the new one again.
   *
   * @throws ProblemException 400 for an endpoint that is not a push service's; 401 when the session
   *     has ended or the user was erased, though the access token is still good
   */
  @Transactional
  Registration register(Caller caller, RegisterDevice command) {
    UUID user = caller.id().value();
    Target target = target(command);
    Instant now = clock.instant();
    UUID fresh = UUID.randomUUID();
    UUID proposed = fresh;
    Instant createdAt = now;
    if (command.replaces() == null) {
      store.shareLock(user);
    } else {
      store.lock(user);
      UUID replaced = command.replaces().value();
      Optional<Instant> since = store.createdAt(replaced, user);
      if (since.isPresent()) {
        store.delete(replaced, user);
        proposed = replaced;
        createdAt = since.get();
      }
    }
    Device device =
        store
            .upsert(
                proposed,
                user,
                target.channel().name(),
                command.platform().name(),
                target.token(),
                hash(target.token()),
                target.p256dh(),
                target.auth(),
                command.name(),
                command.canonicalLocale(),
                session(caller),
                createdAt,
                now)
            .orElseThrow(
                () ->
                    new ProblemException(
                        CommonProblem.UNAUTHENTICATED,
                        "The session has ended, or the account has been erased"));
    boolean created = device.id().value().equals(fresh);
    if (created) {
      store.trim(user, properties.maxPerUser());
    }
    return new Registration(view(device, caller), created);
  }

  private Target target(RegisterDevice command) {
    WebPushSubscription subscription = command.subscription();
    if (subscription == null) {
      return new Target(Channel.FCM, Objects.requireNonNull(command.token()), null, null);
    }
    if (!endpoints.isAllowed(subscription.endpoint())) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "subscription.endpoint: nothing may be pushed there");
    }
    return new Target(
        Channel.WEB_PUSH,
        subscription.endpoint(),
        subscription.keys().point(),
        subscription.keys().secret());
  }

  private DeviceView view(Device device, Caller caller) {
    return DeviceView.of(
        device, session(caller), lastPushes.of(List.of(device.id())).get(device.id()));
  }

  private static UUID session(Caller caller) {
    return UUID.fromString(caller.sessionId());
  }

  @Transactional(readOnly = true)
  List<DeviceView> list(Caller caller) {
    List<Device> own = store.of(caller.id().value());
    Map<DeviceId, LastPush> last = lastPushes.of(own.stream().map(Device::id).toList());
    return own.stream()
        .map(device -> DeviceView.of(device, session(caller), last.get(device.id())))
        .toList();
  }

  /**
   * Removes the devices of a session that has ended, and keeps those away that are registered with
   * an access token of it which is still good.
   *
   * @return how many were removed
   */
  @Transactional
  int sessionEnded(SessionsEnded event) {
    UUID user = event.userId().value();
    store.lock(user);
    ended.add(event.sessionId());
    return store.deleteOfSession(event.sessionId(), user);
  }

  @Scheduled(initialDelayString = "5m", fixedDelayString = "10m")
  void forgetEndedSessions() {
    try {
      ended.forget(KEEP_ENDED);
    } catch (DataAccessException | TransactionException e) {
      log.warn("sessions that ended long ago are not forgotten: {}", e.toString());
    }
  }

  /** In the order of their ids. */
  @Transactional(readOnly = true)
  public List<Device> of(Collection<UserId> users) {
    return store.ofAll(users.stream().map(UserId::value).toList());
  }

  /**
   * @throws ProblemException 404 when the user has no such device, also when another has
   */
  @Transactional
  void remove(UserId user, DeviceId id) {
    if (store.delete(id.value(), user.value()) == 0) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "You have no such device");
    }
  }

  /**
   * Removes devices that the push service no longer knows.
   *
   * @param before when the push was made: a device registered again since then stays
   */
  @Transactional
  public void forget(Collection<DeviceId> gone, Instant before) {
    store.deleteStale(gone.stream().map(DeviceId::value).toList(), before);
  }

  /** All of a user's, within the caller's transaction. */
  public int erase(UserId user) {
    return store.deleteAll(user.value());
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @param created false when the user had registered this token, or one that it replaces, before
   */
  record Registration(DeviceView device, boolean created) {}

  /** Where a device is reached. */
  private record Target(
      Channel channel, String token, byte @Nullable [] p256dh, byte @Nullable [] auth) {}
}

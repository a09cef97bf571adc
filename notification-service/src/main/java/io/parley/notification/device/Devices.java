package io.parley.notification.device;

import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who can be told where. A token stands for one installation of the app, so it belongs to the user
 * who registered it last: after a change of account on a phone, the one before gets nothing there.
 */
@Service
public class Devices {

  private final DeviceStore store;
  private final DeviceProperties properties;
  private final Clock clock;

  Devices(DeviceStore store, DeviceProperties properties, Clock clock) {
    this.store = store;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Idempotent: the same token of the same user is the same device.
   *
   * @throws ProblemException 401 when the user was erased, and the token is from before
   */
  @Transactional
  Registration register(UserId user, RegisterDevice command) {
    UUID proposed = UUID.randomUUID();
    store.shareLock(user.value());
    Device device =
        store
            .upsert(
                proposed,
                user.value(),
                command.platform().name(),
                command.token(),
                hash(command.token()),
                clock.instant())
            .orElseThrow(
                () ->
                    new ProblemException(
                        CommonProblem.UNAUTHENTICATED, "The account has been erased"));
    boolean created = device.id().value().equals(proposed);
    if (created) {
      store.trim(user.value(), properties.maxPerUser());
    }
    return new Registration(device, created);
  }

  @Transactional(readOnly = true)
  List<Device> of(UserId user) {
    return store.of(user.value());
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
   * Removes devices whose tokens FCM no longer knows.
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
   * @param created false when the user had registered this token before
   */
  record Registration(Device device, boolean created) {}
}

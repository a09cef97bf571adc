package io.parley.notification.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import io.parley.notification.device.DeviceId;
import io.parley.notification.push.Notice.Kind;
import io.parley.notification.push.PushDeliveries.Key;
import io.parley.notification.push.PushDeliveries.Settled;
import io.parley.notification.push.PushDeliveries.Standing;
import io.parley.notification.push.PushDeliveries.Wanted;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class PushDeliveriesIT extends ServiceHarness {

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration ENDED = Duration.ofMillis(-1);
  private static final int MAX_TRIES = 3;

  private final PushDeliveries deliveries;
  private final DataSource dataSource;
  private final UserId user = user();
  private final ConversationId conversation = new ConversationId(UUID.randomUUID());
  private final String message = UUID.randomUUID().toString();
  private final DeviceId phone = new DeviceId(UUID.randomUUID());
  private final DeviceId tablet = new DeviceId(UUID.randomUUID());
  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();

  PushDeliveriesIT(@Autowired PushDeliveries deliveries, @Autowired DataSource dataSource) {
    this.deliveries = deliveries;
    this.dataSource = dataSource;
  }

  @Test
  void claimShouldGoToOneOnly() {
    assertThat(claim(first, LEASE, phone)).containsExactly(phone);
    assertThat(claim(second, LEASE, phone, tablet)).containsExactly(tablet);

    Standing standing = standing(phone);
    assertThat(standing.isOpen()).isTrue();
    assertThat(standing.pause()).isBetween(Duration.ofSeconds(50), LEASE);
  }

  @Test
  void claimShouldBeRepeatableByItsOwner() {
    claim(first, LEASE, phone);

    assertThat(claim(first, LEASE, phone)).containsExactly(phone);
  }

  @Test
  void claimShouldTakeOverWhatWasDeferredOrOutlivedItsLease() {
    claim(first, ENDED, phone);
    claim(first, LEASE, tablet);
    settle(first, tablet, Outcome.DEFERRED);

    assertThat(claim(second, LEASE, phone, tablet)).containsExactlyInAnyOrder(phone, tablet);
  }

  @Test
  void claimShouldWaitForTheTimeOfAnotherTry() {
    claim(first, LEASE, phone);
    deliveries.settle(
        first,
        List.of(
            new Settled(
                message, PushResult.of(phone, Outcome.DEFERRED, null), Duration.ofMinutes(10))));

    assertThat(claim(second, LEASE, phone)).isEmpty();
    assertThat(standing(phone).isOpen()).isTrue();
    assertThat(standing(phone).pause()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
  }

  @Test
  void claimShouldCountTriesAndEndWithTheLast() {
    for (int tries = 1; tries <= MAX_TRIES; tries++) {
      assertThat(deliveries.claim(first, List.of(ring(phone)), LEASE, MAX_TRIES))
          .containsEntry(new Key(phone, message), tries);
      settle(first, phone, Outcome.DEFERRED);
    }

    assertThat(claim(second, LEASE, phone)).isEmpty();
    assertThat(standing(phone).isOpen()).isFalse();
  }

  @Test
  void claimShouldNotTouchWhatIsSettled() {
    for (Outcome outcome : List.of(Outcome.SENT, Outcome.GONE, Outcome.REFUSED, Outcome.SKIPPED)) {
      DeviceId device = new DeviceId(UUID.randomUUID());
      claim(first, ENDED, device);
      settle(first, device, outcome);

      assertThat(claim(second, LEASE, device)).isEmpty();
      assertThat(standing(device).isOpen()).isFalse();
    }
  }

  @Test
  void newerWordsShouldFollowOlderOnesAndNeverTheReverse() {
    claim(first, LEASE, phone);
    settle(first, phone, Outcome.SENT);

    assertThat(claim(first, wanted(phone, Kind.UPDATE, 0))).isEmpty();
    assertThat(claim(first, wanted(phone, Kind.UPDATE, 20))).containsExactly(phone);
    settle(first, phone, Outcome.SENT);
    assertThat(claim(second, wanted(phone, Kind.UPDATE, 20))).isEmpty();
    assertThat(claim(second, wanted(phone, Kind.UPDATE, 10))).isEmpty();
    assertThat(claim(second, wanted(phone, Kind.UPDATE, 30))).containsExactly(phone);
  }

  @Test
  void whatWasTakenAwayShouldStayAway() {
    claim(first, LEASE, phone);
    settle(first, phone, Outcome.SENT);

    assertThat(claim(first, wanted(phone, Kind.WITHDRAW, 0))).containsExactly(phone);
    settle(first, phone, Outcome.DEFERRED);
    assertThat(claim(second, wanted(phone, Kind.WITHDRAW, 0))).containsExactly(phone);
    settle(second, phone, Outcome.SENT);

    assertThat(claim(first, wanted(phone, Kind.WITHDRAW, 0))).isEmpty();
    assertThat(claim(first, wanted(phone, Kind.UPDATE, 99))).isEmpty();
    assertThat(claim(first, wanted(phone, Kind.RING, 99))).isEmpty();
  }

  @Test
  void nothingShouldFollowWhatIsStillOnItsWay() {
    claim(first, LEASE, phone);

    assertThat(claim(second, wanted(phone, Kind.UPDATE, 10))).isEmpty();
    assertThat(claim(second, wanted(phone, Kind.WITHDRAW, 0))).isEmpty();
  }

  @Test
  void shownShouldBeWhatEachDeviceWasSentLast() {
    String newer = UUID.randomUUID().toString();
    claim(first, LEASE, phone, tablet);
    settle(first, phone, Outcome.SENT);
    settle(first, tablet, Outcome.REFUSED);
    DeviceId both = new DeviceId(UUID.randomUUID());
    for (String each : List.of(message, newer)) {
      deliveries.claim(
          second,
          List.of(new Wanted(both, user, conversation, each, Kind.RING, 5)),
          LEASE,
          MAX_TRIES);
      deliveries.settle(
          second,
          List.of(new Settled(each, PushResult.of(both, Outcome.SENT, null), Duration.ZERO)));
    }

    assertThat(shown())
        .containsExactlyInAnyOrder(
            new OnScreen(phone, message, Kind.RING, 0, true),
            new OnScreen(both, newer, Kind.RING, 5, true));

    claim(first, wanted(phone, Kind.WITHDRAW, 0));
    assertThat(shown()).contains(new OnScreen(phone, message, Kind.WITHDRAW, 0, false));
    settle(first, phone, Outcome.SENT);
    assertThat(shown()).contains(new OnScreen(phone, message, Kind.WITHDRAW, 0, true));
  }

  private List<OnScreen> shown() {
    UserConversation place = new UserConversation(user, conversation);
    return Objects.requireNonNull(deliveries.shown(List.of(place)).get(place));
  }

  @Test
  void settleShouldLeaveARowAloneThatAnotherHasTakenOver() {
    claim(first, ENDED, phone);
    claim(second, LEASE, phone);

    settle(first, phone, Outcome.SENT);

    assertThat(standing(phone).state()).isEqualTo("CLAIMED");
  }

  @Test
  void renewShouldKeepAClaim() {
    claim(first, ENDED, phone);
    deliveries.renew(Set.of(first), LEASE);

    assertThat(claim(second, LEASE, phone)).isEmpty();
  }

  /** They lock rows in another order. */
  @Test
  void renewShouldNotWaitForWhatIsBeingSettled() throws Exception {
    claim(first, ENDED, phone, tablet);
    try (Connection settling = dataSource.getConnection()) {
      settling.setAutoCommit(false);
      try (PreparedStatement lock =
          settling.prepareStatement(
              "SELECT FROM push_deliveries WHERE device_id = ? AND message_id = ? FOR UPDATE")) {
        lock.setObject(1, phone.value());
        lock.setString(2, message);
        lock.execute();
      }

      deliveries.renew(Set.of(first), LEASE);
      settling.rollback();
    }

    assertThat(claim(second, LEASE, phone, tablet)).containsExactly(phone);
  }

  @Test
  void concurrentClaimsShouldShareTheDevicesWithoutDeadlock() throws Exception {
    List<DeviceId> devices =
        IntStream.range(0, 300).mapToObj(i -> new DeviceId(UUID.randomUUID())).toList();
    Callable<Set<DeviceId>> claim =
        () -> {
          List<DeviceId> shuffled = new ArrayList<>(devices);
          Collections.shuffle(shuffled);
          return claim(UUID.randomUUID(), LEASE, shuffled.toArray(DeviceId[]::new));
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Set<DeviceId> claimed = new HashSet<>();
      int count = 0;
      for (Future<Set<DeviceId>> one : threads.invokeAll(Collections.nCopies(8, claim))) {
        claimed.addAll(one.get());
        count += one.get().size();
      }
      assertThat(claimed).containsExactlyInAnyOrderElementsOf(devices);
      assertThat(count).isEqualTo(devices.size());
    }
  }

  @Test
  void cleanUpShouldDeleteOldRowsOnly() {
    claim(first, LEASE, phone, tablet);
    jdbc.sql("UPDATE push_deliveries SET at = now() - interval '8 days' WHERE device_id = ?")
        .param(phone.value())
        .update();

    assertThat(deliveries.cleanUp(Duration.ofDays(7))).isFalse();

    assertThat(claim(second, LEASE, phone, tablet)).containsExactly(phone);
  }

  private Set<DeviceId> claim(UUID claim, Duration lease, DeviceId... devices) {
    List<Wanted> wanted = Stream.of(devices).map(this::ring).toList();
    return devices(claim, wanted, lease);
  }

  private Set<DeviceId> claim(UUID claim, Wanted wanted) {
    return devices(claim, List.of(wanted), LEASE);
  }

  private Set<DeviceId> devices(UUID claim, List<Wanted> wanted, Duration lease) {
    Set<DeviceId> claimed = new HashSet<>();
    deliveries
        .claim(claim, wanted, lease, MAX_TRIES)
        .keySet()
        .forEach(key -> claimed.add(key.device()));
    return claimed;
  }

  private Wanted ring(DeviceId device) {
    return wanted(device, Kind.RING, 0);
  }

  private Wanted wanted(DeviceId device, Kind kind, long version) {
    return new Wanted(device, user, conversation, message, kind, version);
  }

  private Standing standing(DeviceId device) {
    return Objects.requireNonNull(
        deliveries.standing(List.of(ring(device)), MAX_TRIES).get(new Key(device, message)));
  }

  private void settle(UUID claim, DeviceId device, Outcome outcome) {
    deliveries.settle(
        claim, List.of(new Settled(message, PushResult.of(device, outcome, null), Duration.ZERO)));
  }
}

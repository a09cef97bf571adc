package io.parley.notification.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.notification.ServiceHarness;
import io.parley.notification.device.DeviceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class PushDeliveriesIT extends ServiceHarness {

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration ENDED = Duration.ofMillis(-1);

  private final PushDeliveries deliveries;
  private final String message = UUID.randomUUID().toString();
  private final DeviceId phone = new DeviceId(UUID.randomUUID());
  private final DeviceId tablet = new DeviceId(UUID.randomUUID());
  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();

  PushDeliveriesIT(@Autowired PushDeliveries deliveries) {
    this.deliveries = deliveries;
  }

  @Test
  void claimShouldGoToOneOnly() {
    assertThat(deliveries.claim(first, message, List.of(phone), LEASE)).containsExactly(phone);
    assertThat(deliveries.claim(second, message, List.of(phone, tablet), LEASE))
        .containsExactly(tablet);

    PushDeliveries.Busy busy = deliveries.busy(second, message, List.of(phone, tablet));
    assertThat(busy.devices()).isEqualTo(1);
    assertThat(busy.longest()).isBetween(Duration.ofSeconds(50), LEASE);
  }

  @Test
  void claimShouldBeRepeatableByItsOwner() {
    deliveries.claim(first, message, List.of(phone), LEASE);

    assertThat(deliveries.claim(first, message, List.of(phone), LEASE)).containsExactly(phone);
  }

  @Test
  void claimShouldTakeOverWhatWasDeferredOrOutlivedItsLease() {
    deliveries.claim(first, message, List.of(phone), ENDED);
    deliveries.claim(first, message, List.of(tablet), LEASE);
    settle(first, tablet, Outcome.DEFERRED);

    assertThat(deliveries.claim(second, message, List.of(phone, tablet), LEASE))
        .containsExactlyInAnyOrder(phone, tablet);
  }

  @Test
  void claimShouldNotTouchWhatIsSettled() {
    for (Outcome outcome : List.of(Outcome.SENT, Outcome.GONE, Outcome.REFUSED, Outcome.SKIPPED)) {
      DeviceId device = new DeviceId(UUID.randomUUID());
      deliveries.claim(first, message, List.of(device), ENDED);
      settle(first, device, outcome);

      assertThat(deliveries.claim(second, message, List.of(device), LEASE)).isEmpty();
      assertThat(deliveries.busy(second, message, List.of(device)).devices()).isZero();
    }
  }

  @Test
  void settleShouldLeaveARowAloneThatAnotherHasTakenOver() {
    deliveries.claim(first, message, List.of(phone), ENDED);
    deliveries.claim(second, message, List.of(phone), LEASE);

    settle(first, phone, Outcome.DEFERRED);

    assertThat(deliveries.busy(first, message, List.of(phone)).devices()).isEqualTo(1);
  }

  @Test
  void renewShouldKeepAClaim() {
    deliveries.claim(first, message, List.of(phone), ENDED);
    deliveries.renew(Set.of(first), LEASE);

    assertThat(deliveries.claim(second, message, List.of(phone), LEASE)).isEmpty();
  }

  @Test
  void concurrentClaimsShouldShareTheDevicesWithoutDeadlock() throws Exception {
    List<DeviceId> devices =
        IntStream.range(0, 300).mapToObj(i -> new DeviceId(UUID.randomUUID())).toList();
    Callable<Set<DeviceId>> claim =
        () -> {
          List<DeviceId> shuffled = new ArrayList<>(devices);
          Collections.shuffle(shuffled);
          return deliveries.claim(UUID.randomUUID(), message, shuffled, LEASE);
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
    deliveries.claim(first, message, List.of(phone, tablet), LEASE);
    jdbc.sql("UPDATE push_deliveries SET at = now() - interval '8 days' WHERE device_id = ?")
        .param(phone.value())
        .update();

    assertThat(deliveries.cleanUp(Duration.ofDays(7))).isFalse();

    assertThat(deliveries.claim(second, message, List.of(phone, tablet), LEASE))
        .containsExactly(phone);
  }

  private void settle(UUID claim, DeviceId device, Outcome outcome) {
    deliveries.settle(claim, message, List.of(PushResult.of(device, outcome, null)));
  }
}

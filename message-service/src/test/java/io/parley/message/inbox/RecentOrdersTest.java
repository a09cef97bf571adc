package io.parley.message.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentOrdersTest {

  private final AtomicLong nanos = new AtomicLong();
  private final RecentOrders orders = new RecentOrders(nanos::get);
  private final UserId ann = new UserId(UUID.randomUUID());
  private final UserId ben = new UserId(UUID.randomUUID());

  private static List<InboxOrder.Place> places(int many) {
    return IntStream.range(0, many)
        .mapToObj(i -> new InboxOrder.Place(Instant.EPOCH, new ConversationId(new UUID(0, i))))
        .toList();
  }

  @Test
  void orderShouldBeKeptForAWhile() {
    List<InboxOrder.Place> places = places(RecentOrders.FEW + 1);
    orders.keep(ann, places);
    nanos.set(RecentOrders.KEPT.toNanos());
    assertThat(orders.of(ann)).isEqualTo(places);
    assertThat(orders.of(ben)).isNull();
    nanos.incrementAndGet();
    assertThat(orders.of(ann)).isNull();
  }

  @Test
  void orderOfFewShouldNotBeKeptNorAnOlderOneOfMore() {
    orders.keep(ann, places(RecentOrders.FEW + 1));
    orders.keep(ann, places(RecentOrders.FEW));
    assertThat(orders.of(ann)).isNull();
  }

  @Test
  void oldestShouldMakeRoom() {
    orders.keep(ann, places(RecentOrders.MOST / 2));
    orders.keep(ben, places(RecentOrders.MOST / 2));
    assertThat(orders.of(ann)).isNotNull();
    UserId cleo = new UserId(UUID.randomUUID());
    orders.keep(cleo, places(RecentOrders.FEW + 1));
    assertThat(orders.of(ann)).isNull();
    assertThat(orders.of(ben)).isNotNull();
    assertThat(orders.of(cleo)).isNotNull();
  }
}

package io.parley.message.inbox;

import io.parley.common.ids.UserId;
import io.parley.message.inbox.InboxOrder.Place;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * In which order the conversations of those were who page through thousands of them at the moment,
 * so that only a first page reads all. A hint of this node's: what a page shows of it is read
 * again, and where nothing is known the order is made anew.
 */
@Component
class RecentOrders {

  /** A smaller inbox is read as fast as it is remembered. */
  static final int FEW = 200;

  /** About 5 MB. */
  static final int MOST = 50_000;

  static final Duration KEPT = Duration.ofMinutes(1);

  private record Order(List<Place> places, long madeAt) {}

  private final LongSupplier nanos;

  /** The one that was made first is first. */
  private final Map<UserId, Order> orders = new LinkedHashMap<>();

  private int size;

  RecentOrders() {
    this(System::nanoTime);
  }

  RecentOrders(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * @param places in order
   */
  synchronized void keep(UserId user, List<Place> places) {
    forget(user);
    if (places.size() > FEW && places.size() <= MOST) {
      orders.put(user, new Order(places, nanos.getAsLong()));
      size += places.size();
      Iterator<Order> oldest = orders.values().iterator();
      while (size > MOST) {
        size -= oldest.next().places().size();
        oldest.remove();
      }
    }
  }

  /** Null when none is known that is young enough. */
  synchronized @Nullable List<Place> of(UserId user) {
    Order order = orders.get(user);
    if (order == null) {
      return null;
    }
    if (nanos.getAsLong() - order.madeAt() > KEPT.toNanos()) {
      forget(user);
      return null;
    }
    return order.places();
  }

  private void forget(UserId user) {
    Order order = orders.remove(user);
    size -= order == null ? 0 : order.places().size();
  }
}

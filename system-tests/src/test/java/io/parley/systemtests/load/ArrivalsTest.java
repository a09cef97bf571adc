package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private static final List<User> TEN =
      IntStream.range(0, 10)
          .mapToObj(i -> new User("" + i, "user" + i, "token" + i, "", Instant.MAX))
          .toList();

  private final AtomicInteger refused = new AtomicInteger();

  @Test
  void whoIsRefusedShouldComeLater() throws Exception {
    try (StompPeer peer = new StompPeer(this::refuseThreeTimes);
        SocketLoop sockets = new SocketLoop()) {
      Arrivals arrivals = Arrivals.start(sockets, peer.url(), TEN, 5, Optional.empty());

      assertThat(arrivals.await(Duration.ofSeconds(30))).isTrue();

      assertThat(arrivals.receipts().getTotalCount()).isEqualTo(10);
      assertThat(arrivals.failures().values().stream().mapToInt(Integer::intValue).sum())
          .isEqualTo(3);
      assertThat(arrivals.failures().keySet()).allMatch(why -> why.contains("full"));
      // The first wait is half of 500 ms at least.
      assertThat(arrivals.receipts().getMaxValue()).isGreaterThan(Duration.ofMillis(250).toNanos());
    }
  }

  @Test
  void waitsShouldDoubleUpToAQuarterOfAMinute() {
    assertThat(Arrivals.longer(Duration.ofMillis(500))).isEqualTo(Duration.ofSeconds(1));
    assertThat(Arrivals.longer(Duration.ofSeconds(8))).isEqualTo(Duration.ofSeconds(15));
    assertThat(Arrivals.longer(Duration.ofSeconds(15))).isEqualTo(Duration.ofSeconds(15));
  }

  private void refuseThreeTimes(StompPeer.Line line, String frame) {
    if (frame.contains("receipt:events")) {
      line.say(refused.incrementAndGet() <= 3 ? "ERROR\nmessage:full\n\n" : "RECEIPT\n\n");
    }
  }
}

package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.systemtests.processes.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StormTableTest {

  /** 2 s of CPU in 10 s before; 1.5 s in 5 s during: half a second is that of the one connect. */
  @Test
  void aConnectShouldCostWhatTalkingDoesNot() throws Exception {
    Measurement before = run(Duration.ofSeconds(10), 2);
    Measurement during = run(Duration.ofSeconds(5), 1.5);
    User ann = new User("1", "ann", "token", "", Instant.MAX);
    try (StompPeer peer = new StompPeer(StormTableTest::connect);
        SocketLoop sockets = new SocketLoop()) {
      Arrivals arrivals = Arrivals.start(sockets, peer.url(), List.of(ann), 0, Optional.empty());
      assertThat(arrivals.await(Duration.ofSeconds(30))).isTrue();

      String table = StormTable.of(before, during, arrivals);

      assertThat(table.lines().map(line -> line.replaceAll(" +", " ")))
          .contains(
              "| came back | | 1 | |",
              "| tries that failed | | 0 | |",
              "| CPU ms a connect | | 500.00 | 5 or less |",
              "| - redis | | 500.00 | |",
              "| ack, p99 ms | 0.0 | 0.0 | 500 or less |",
              "| lost | 0 | 0 | |");
      assertThat(table).doesNotContain("inbox page");
    }
  }

  private static Measurement run(Duration measured, double redis) {
    Usage usage = new Usage(Map.of("redis", redis), Map.of(), 0, 0, 0, 0);
    return new Measurement("run", measured, new Tally(List.of()).outcome(), usage, Map.of());
  }

  private static void connect(StompPeer.Line line, String frame) {
    if (frame.contains("receipt:events")) {
      line.say("RECEIPT\n\n");
    }
  }
}

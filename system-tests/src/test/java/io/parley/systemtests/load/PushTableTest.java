package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.systemtests.load.PushedMessages.Outcome;
import io.parley.systemtests.processes.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class PushTableTest {

  /** 2 s of CPU in 10 s after it; 1.5 s in 5 s during: half a second is that of 100 pushes. */
  @Test
  void aPushShouldCostWhatTheOthersDoNot() {
    Outcome group = outcome(1, 100);
    Outcome talk = outcome(20, 19);

    String table =
        new PushTable(
                List.of(group),
                group,
                List.of(talk, talk, talk),
                usage(2),
                Duration.ofSeconds(10),
                usage(1.5),
                Duration.ofSeconds(5))
            .toString();

    assertThat(table.lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "| pushes | 100 | 100 |",
            "| pushes/s | 20.00 |",
            "| CPU ms a push, the others' talk included | 15.000 |",
            "| CPU ms a push, without the fake FCM | 5.000 |",
            "| - postgres | 5.000 |",
            "| messages | 20 | 20 | 20 |",
            "| not pushed | 1 | 1 | 1 |");
  }

  private static Usage usage(double postgres) {
    return new Usage(Map.of("postgres", postgres), Map.of(), 0, 0, 0, 0);
  }

  private static Outcome outcome(int messages, int pushes) {
    Histogram times = new Histogram(3);
    for (int i = 0; i < pushes; i++) {
      times.recordValue(1_000_000);
    }
    return new Outcome(messages, 0, times, times, times, 0);
  }
}

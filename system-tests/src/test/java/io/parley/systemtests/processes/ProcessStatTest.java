package io.parley.systemtests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessStatTest {

  @Test
  void lineShouldBeRead() {
    ProcessStat stat =
        ProcessStat.of(
            "3195 (java) S 2794 3195 3195 0 -1 4194304 95173 5123 12 0 1520 231 40 9 20 0 84 0"
                + " 5381 4630151168 96612 18446744073709551615 1 1 0 0 0 0 4096\n");

    assertThat(stat.pid()).isEqualTo(3195);
    assertThat(stat.parent()).isEqualTo(2794);
    assertThat(stat.name()).isEqualTo("java");
    assertThat(stat.ownSeconds()).isEqualTo(17.51);
    assertThat(stat.cpuSeconds()).isEqualTo(18.0);
  }

  @Test
  void nameMayHaveBlanksAndBrackets() {
    ProcessStat stat = ProcessStat.of("7 (a) b (c) 1 2) R 5 7 7 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 9");

    assertThat(stat.pid()).isEqualTo(7);
    assertThat(stat.parent()).isEqualTo(5);
    assertThat(stat.name()).isEqualTo("a) b (c) 1 2");
    assertThat(stat.cpuSeconds()).isEqualTo(0.1);
  }

  @Test
  void differenceShouldBeByRole() {
    Map<String, Double> beside = Map.of("a 1", 1.0, "b 2", 5.0, "c 3", 5.0);
    Usage before = new Usage(Map.of("redis", 1.0), beside, 0.5, 1, 10, 0);
    Map<String, Double> later = Map.of("a 1", 1.25, "b 2", 5.0, "c 3", 6.0, "d 4", 0.5);
    Usage after = new Usage(Map.of("redis", 1.5, "gateway", 2.0), later, 1, 3, 14, 0.25);

    Usage used = after.since(before);

    assertThat(used.roles()).containsOnly(Map.entry("redis", 0.5), Map.entry("gateway", 2.0));
    assertThat(used.fleet()).isEqualTo(2.5);
    assertThat(used.driver()).isEqualTo(0.5);
    assertThat(used.kernel()).isEqualTo(2.0);
    assertThat(used.others()).isEqualTo(4.0);
    assertThat(used.stolen()).isEqualTo(0.25);
    assertThat(used.greatestOthers())
        .containsExactly(Map.entry("c 3", 1.0), Map.entry("d 4", 0.5), Map.entry("a 1", 0.25));
  }
}

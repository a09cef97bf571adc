package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {

  @Test
  void pairsShouldBeDifferentAndGiveNobodyMany() {
    List<List<Integer>> pairs = Recovery.pairs(1000);

    assertThat(pairs).hasSize(1000).doesNotHaveDuplicates();
    assertThat(pairs).allSatisfy(pair -> assertThat(pair.get(0)).isLessThan(pair.get(1)));
    for (int user = 0; user < 1000; user++) {
      int one = user;
      assertThat(pairs).filteredOn(pair -> pair.contains(one)).hasSize(2);
    }
    assertThat(Recovery.pairs(1)).containsExactly(List.of(0, 1));
  }
}

package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StormTest {

  @Test
  void eachShouldBeInSoManyConversations() {
    List<List<Integer>> seats = Storm.seats(200, 20);

    assertThat(seats).hasSize(200 * 20 / 50);
    assertThat(seats).allSatisfy(of -> assertThat(new HashSet<>(of)).hasSize(50));
    for (int user = 0; user < 200; user++) {
      int number = user;
      assertThat(seats.stream().filter(of -> of.contains(number))).hasSize(20);
    }
    assertThat(new HashSet<>(seats)).hasSameSizeAs(seats);
  }

  /** Those of an earlier run are kept in a file by their place. */
  @Test
  void moreConversationsShouldLeaveTheOthersAsTheyAre() {
    List<List<Integer>> few = Storm.seats(200, 3);

    assertThat(Storm.seats(200, 5).subList(0, few.size())).isEqualTo(few);
  }

  @Test
  void whoStayShouldTakeTurnsInPairs() {
    assertThat(Storm.staying(0)).containsExactly(0, 1);
    assertThat(Storm.staying(9)).containsExactly(18, 19);
    assertThat(Storm.staying(10)).containsExactly(0, 1);
    assertThat(IntStream.range(0, 1000).mapToObj(Storm::staying).distinct()).hasSize(10);
  }
}

package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.socket.HeartBeats.Due;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class HeartBeatsTest {

  private static final SocketProperties SETTINGS =
      new SocketProperties(
          DataSize.ofKilobytes(64),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          50,
          Duration.ofSeconds(10),
          Duration.ofSeconds(10));

  private final HeartBeats beats = new HeartBeats(SETTINGS);
  private final long start = System.nanoTime();

  private Due after(long millis) {
    return beats.due(start + millis * 1_000_000);
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000", "4000, 4000", "1, 1000", "600000, 60000"})
  void whatTheClientAsksForShouldComeInTime(long asked, long every) {
    beats.agree("60000," + asked);
    assertThat(after(every - HeartBeats.LOOK_MILLIS - 100)).isEqualTo(Due.NOTHING);
    assertThat(after(every - 100)).isEqualTo(Due.BEAT);
  }

  @ParameterizedTest
  @CsvSource({"1000, 3000", "10000, 30000", "5, 3000", "600000, 180000"})
  void whatTheClientPromisedShouldBeWatched(long promised, long most) {
    beats.agree(promised + ",0");
    assertThat(after(most - 100)).isEqualTo(Due.NOTHING);
    assertThat(after(most + 100)).isEqualTo(Due.END);
  }

  @ParameterizedTest
  @CsvSource({"1000, 1500", "10000, 15000", "0, 30000"})
  void whoIsNotHeardOfInTimeShouldBeSilentLongBeforeTheEnd(long promised, long after) {
    beats.agree(promised + ",0");
    assertThat(beats.isSilent(start + (after - 100) * 1_000_000)).isFalse();
    assertThat(beats.isSilent(start + (after + 100) * 1_000_000)).isTrue();
    beats.handling(true);
    assertThat(beats.isSilent(start + 60_000_000_000L)).isFalse();
    beats.handling(false);
    assertThat(beats.isSilent(System.nanoTime())).isFalse();
  }

  @Test
  void clientThatPromisedNothingShouldBeAskedNowAndThen() {
    beats.agree("0,0");
    assertThat(after(19_000)).isEqualTo(Due.NOTHING);
    assertThat(after(20_500)).isEqualTo(Due.PING);
    assertThat(after(20_750)).isEqualTo(Due.NOTHING);
    assertThat(after(21_750)).isEqualTo(Due.PING);
    assertThat(after(60_500)).isEqualTo(Due.END);
  }

  /** Its heart-beats wait behind the frame that a store is slow to take. */
  @Test
  void clientShouldNotBeSilentWhileItsFrameIsHandled() {
    beats.agree("1000,1000");
    beats.handling(true);
    assertThat(after(20_000)).isEqualTo(Due.BEAT);
    beats.handling(false);
    assertThat(after(20_000)).isEqualTo(Due.END);
  }

  @Test
  void bothSidesShouldBeToldTheShortest() {
    assertThat(beats.agree("10000, 10000")).isEqualTo("1000,1000");
    assertThat(beats.agree(null)).isEqualTo("1000,1000");
  }
}

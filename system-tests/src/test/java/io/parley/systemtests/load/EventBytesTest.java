package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventBytesTest {

  @Test
  void numbersShouldBeReadWhereTheyStand() {
    EventBytes event = event("{\"type\":\"ACK\",\"clientMessageId\":\"load-1f-1234\",\"seq\":42}");

    assertThat(event.contains(EventBytes.ascii("\"type\":\"ACK\""))).isTrue();
    assertThat(event.contains(EventBytes.ascii("MESSAGE"))).isFalse();
    assertThat(event.seq()).isEqualTo(42);
    assertThat(event.numberBehind(EventBytes.ascii("load-1f-"))).isEqualTo(1234);
    assertThat(event.numberBehind(EventBytes.ascii("load-2f-"))).isEqualTo(-1);
  }

  @Test
  void whatStandsOutsideShouldNotCount() {
    byte[] bytes = EventBytes.ascii("\"seq\":123{\"a\":1}\"seq\":9");

    assertThat(new EventBytes(bytes, 9, 16).seq()).isZero();
    assertThat(new EventBytes(bytes, 0, 7).seq()).isEqualTo(1);
    assertThat(new EventBytes(bytes, 0, 10).behind(EventBytes.ascii("123")).toString())
        .isEqualTo("{");
    assertThat(new EventBytes(bytes, 0, 10).behind(EventBytes.ascii("a")).toString()).isEmpty();
  }

  private static EventBytes event(String json) {
    byte[] bytes = EventBytes.ascii(json);
    return new EventBytes(bytes, 0, bytes.length);
  }
}

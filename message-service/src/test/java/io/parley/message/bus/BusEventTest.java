package io.parley.message.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BusEventTest {

  @Test
  void eventShouldTravelUnchanged() {
    BusEvent event = BusEvent.decode(BusEvent.of(1234567890123L, "{\"a\":\"ü\"}").encode());
    assertThat(event.seq()).isEqualTo(1234567890123L);
    assertThat(event.isPassing()).isFalse();
    assertThat(new String(event.json(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"ü\"}");
    assertThat(BusEvent.decode(BusEvent.passing("{}").encode()).isPassing()).isTrue();
  }

  @Test
  void typeShouldBeTheFirstMember() {
    BusEvent event = BusEvent.passing("{\"type\":\"HEAD\",\"x\":\"TYPING\"}");
    assertThat(event.isType("HEAD")).isTrue();
    assertThat(event.isType("HEADS")).isFalse();
    assertThat(event.isType("HEA")).isFalse();
    assertThat(event.isType("TYPING")).isFalse();
    assertThat(BusEvent.passing("{}").isType("HEAD")).isFalse();
    assertThat(BusEvent.passing("").isType("")).isFalse();
  }

  @Test
  void headShouldCarryItsSeq() {
    BusEvent head = BusEvent.decode(BusEvent.head(57).encode());
    assertThat(head.isPassing()).isTrue();
    assertThat(head.isType(BusEvent.HEAD)).isTrue();
    assertThat(head.hintedHead()).isEqualTo(57);
  }
}

package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.message.bus.BusEvent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OutgoingTest {

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void eventShouldBecomeAFrame() {
    ConversationId id = ConversationId.valueOf("0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234");
    Outgoing outgoing =
        Outgoing.logged(Outgoing.messageIdStart(id), BusEvent.of(42, "{\"text\":\"ü\"}"));
    assertThat(new String(outgoing.frame(utf8("sub-0")), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            MESSAGE
            subscription:sub-0
            message-id:0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234-42
            destination:/user/queue/events
            content-type:application/json
            content-length:13

            {"text":"ü"}\0""");
  }

  @Test
  void frameShouldBeEncodedOnceForEachSubscriptionId() {
    Outgoing outgoing = Outgoing.passing(BusEvent.passing("{}"));
    byte[] first = outgoing.frame(utf8("a"));
    byte[] second = outgoing.frame(utf8("b"));
    assertThat(outgoing.frame(utf8("a"))).isSameAs(first);
    assertThat(outgoing.frame(utf8("b"))).isSameAs(second);
    for (int i = 0; i < 20; i++) {
      String id = "id" + i;
      assertThat(new String(outgoing.frame(utf8(id)), StandardCharsets.UTF_8))
          .startsWith("MESSAGE\nsubscription:" + id + "\n");
    }
    assertThat(outgoing.frame(utf8("a"))).isSameAs(first);
  }

  @Test
  void manyHeadsShouldShareFewFrames() {
    Map<ConversationId, Long> heads = new LinkedHashMap<>();
    for (long i = 0; i < 501; i++) {
      heads.put(new ConversationId(new UUID(0, i)), i);
    }
    assertThat(HeadsEvent.of(heads)).hasSize(2);
    assertThat(new String(HeadsEvent.of(heads).get(1).frame(utf8("s")), StandardCharsets.UTF_8))
        .endsWith(
            "\n\n{\"type\":\"HEADS\",\"heads\":{\"00000000-0000-0000-0000-0000000001f4\":500}}\0");
    assertThat(HeadsEvent.of(Map.of())).isEmpty();
  }
}

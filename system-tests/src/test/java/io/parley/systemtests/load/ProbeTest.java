package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProbeTest {

  private static final User ANN = new User("1", "ann", "token", "", Instant.MAX);

  private final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();

  @Test
  void eachShouldBeSentUntilItIsAcknowledged() throws Exception {
    List<Conversation> conversations =
        List.of(new Conversation("first", List.of(0, 1)), new Conversation("second", List.of(0)));
    try (StompPeer peer = new StompPeer(this::refuseTheSecondTwice);
        SocketLoop sockets = new SocketLoop();
        Probe probe = new Probe(conversations, sockets.connect(peer.url(), List.of(ANN), 1))) {
      sockets.tell(probe);
      probe.start();

      assertThat(probe.await(Duration.ofSeconds(30))).isTrue();

      assertThat(probe.refusals()).isEqualTo(2);
      assertThat(probe.acks().getTotalCount()).isEqualTo(2);
      // The waits after the refusals are a part of it.
      assertThat(probe.acks().getMaxValue()).isGreaterThan(Duration.ofMillis(200).toNanos());
      assertThat(tries.values()).extracting(AtomicInteger::get).containsExactlyInAnyOrder(1, 3);
    }
  }

  @Test
  void whatIsNeverAnsweredShouldBeMissed() throws Exception {
    try (StompPeer peer = new StompPeer(ProbeTest::connect);
        SocketLoop sockets = new SocketLoop();
        Probe probe =
            new Probe(
                List.of(new Conversation("first", List.of(0))),
                sockets.connect(peer.url(), List.of(ANN), 1))) {
      sockets.tell(probe);
      probe.start();

      assertThat(probe.await(Duration.ofMillis(50))).isFalse();
      assertThat(probe.acks().getTotalCount()).isZero();
    }
  }

  private void refuseTheSecondTwice(StompPeer.Line line, String frame) {
    connect(line, frame);
    if (frame.startsWith("SEND")) {
      String id = frame.replaceAll("(?s).*\"clientMessageId\":\"([^\"]*)\".*", "$1");
      int times = tries.computeIfAbsent(id, none -> new AtomicInteger()).incrementAndGet();
      String type = frame.contains("/second/") && times < 3 ? "problem" : "ACK";
      line.say("MESSAGE\n\n{\"type\":\"" + type + "\",\"clientMessageId\":\"" + id + "\"}");
    }
  }

  private static void connect(StompPeer.Line line, String frame) {
    if (frame.contains("receipt:events")) {
      line.say("RECEIPT\n\n");
    }
  }
}

package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.systemtests.load.PushedMessages.Outcome;
import io.parley.systemtests.load.PushedMessages.Sent;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PushedMessagesTest {

  private static final Instant BEGAN = Instant.parse("2026-11-28T10:00:00Z");
  private static final Pattern ID = Pattern.compile("\"clientMessageId\":\"([^\"]+)\"");

  private final PushedMessages messages = new PushedMessages(Clock.fixed(BEGAN, ZoneOffset.UTC));

  @Test
  void aPushShouldCountOnceFromWhenItsMessageWasMeantToBeSent() throws Exception {
    try (StompPeer peer = new StompPeer(PushedMessagesTest::acknowledge);
        SocketLoop sockets = new SocketLoop()) {
      LoadSocket socket = sockets.connect(peer.url(), 0, "token").get(30, TimeUnit.SECONDS);
      sockets.tell(messages);
      long before = System.nanoTime();
      Sent sent = messages.send(socket, "room", before);
      TakenPush first = ring("phone", BEGAN.plusSeconds(3));
      messages.taken(List.of(first)); // perhaps before the ACK
      awaitAck(sent);
      messages.taken(
          List.of(ring("phone", BEGAN.plusSeconds(4)), ring("tablet", BEGAN.plusSeconds(5))));
      messages.taken(List.of(new TakenPush(BEGAN, "x", "phone", "UPDATE", "room", 7)));

      Outcome outcome = messages.outcome(List.of(sent));

      assertThat(outcome.unacknowledged()).isZero();
      assertThat(outcome.pushes().getTotalCount()).isEqualTo(2);
      assertThat(outcome.doubled()).isEqualTo(1);
      // The clock's fixed instant was when the test's messages were made, shortly before.
      assertThat(outcome.pushes().getMaxValue() / 1e9).isLessThan(5.01);
      assertThat(messages.pushesOf(List.of(sent))).isEqualTo(2);
      assertThat(messages.lastPushOf(List.of(sent))).isGreaterThan(before);
      assertThat(messages.between(before, before + 1, List.of())).containsExactly(sent);
      assertThat(messages.between(before, before + 1, List.of(sent))).isEmpty();
    }
  }

  @Test
  void aRefusalShouldBeNoAck() throws Exception {
    try (StompPeer peer = new StompPeer(PushedMessagesTest::refuse);
        SocketLoop sockets = new SocketLoop()) {
      LoadSocket socket = sockets.connect(peer.url(), 0, "token").get(30, TimeUnit.SECONDS);
      sockets.tell(messages);
      Sent sent = messages.send(socket, "room", System.nanoTime());
      while (messages.failures().isEmpty()) {
        Thread.sleep(10);
      }

      assertThat(messages.outcome(List.of(sent)).unacknowledged()).isEqualTo(1);
      assertThat(messages.failures().getFirst()).startsWith("refused: ");
    }
  }

  private void awaitAck(Sent sent) throws InterruptedException {
    while (messages.outcome(List.of(sent)).unacknowledged() > 0) {
      Thread.sleep(10);
    }
  }

  private static TakenPush ring(String token, Instant at) {
    return new TakenPush(at, token + at, token, "RING", "room", 7);
  }

  private static void acknowledge(StompPeer.Line line, String frame) {
    answer(line, frame, "ACK");
  }

  private static void refuse(StompPeer.Line line, String frame) {
    answer(line, frame, "PROBLEM");
  }

  private static void answer(StompPeer.Line line, String frame, String type) {
    Matcher id = ID.matcher(frame);
    if (frame.contains("receipt:events")) {
      line.say("RECEIPT\n\n");
    } else if (id.find()) {
      line.say(
          String.format(
              Locale.ROOT,
              "MESSAGE\n\n{\"type\":\"%s\",\"id\":\"%s\",\"seq\":7}",
              type,
              id.group(1)));
    }
  }
}

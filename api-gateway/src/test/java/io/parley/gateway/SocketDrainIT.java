package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.gateway.RawSocket.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class SocketDrainIT {

  /** Also with a node that never stops sending: the Close frame then stands between two frames. */
  @Test
  void aStoppingGatewayShouldSayGoodbyeOverTheDrainTime() throws Exception {
    ConfigurableApplicationContext gateway =
        Gateways.start(
            Map.of(
                "parley.gateway.socket-drain",
                "1s",
                "parley.gateway.socket-linger",
                "10s",
                "parley.gateway.socket-write-timeout",
                "60s"));
    int port = Gateways.port(gateway);
    List<RawSocket> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(RawSocket.upgraded(port, i % 2 == 0 ? "" : "do=flood"));
    }
    // Not in virtual threads: one that always finds bytes to read never leaves its carrier.
    List<CompletableFuture<Long>> goodbyes = new ArrayList<>();
    long start = System.nanoTime();
    for (RawSocket client : clients) {
      goodbyes.add(
          CompletableFuture.supplyAsync(
              () -> goodbye(client, start), task -> Thread.ofPlatform().daemon().start(task)));
    }
    gateway.close();
    List<Long> times = new ArrayList<>();
    for (CompletableFuture<Long> goodbye : goodbyes) {
      times.add(goodbye.get(60, TimeUnit.SECONDS));
    }
    times.sort(null);
    assertThat(times.getLast() - times.getFirst()).isBetween(500L, 20_000L);
    for (RawSocket client : clients) {
      client.close();
    }
  }

  /** Milliseconds until the Close frame; fails when anything stands behind it. */
  private static long goodbye(RawSocket client, long start) {
    try {
      Frame frame = client.read();
      while (frame.opcode() != RawSocket.CLOSE) {
        assertThat(frame.opcode()).isEqualTo(RawSocket.BINARY);
        assertThat(frame.payload()).hasSize(1000);
        frame = client.read();
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      assertThat(frame.closeCode()).isEqualTo(1001);
      assertThat(frame.closeReason()).matches("going-away retry-after-ms=\\d{1,4}");
      client.sendClose(1001, "");
      assertThat(client.readRest()).isEmpty();
      return millis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

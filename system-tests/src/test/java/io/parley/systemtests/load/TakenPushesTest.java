package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TakenPushesTest {

  private final List<String> kept = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;
  private TakenPushes taken;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/pushes",
        exchange -> {
          if (exchange.getRequestMethod().equals("DELETE")) {
            kept.clear();
            exchange.sendResponseHeaders(204, -1);
            return;
          }
          int limit = Integer.parseInt(exchange.getRequestURI().getQuery().split("=")[1]);
          List<String> newest = new ArrayList<>(List.copyOf(kept).reversed());
          byte[] answer =
              newest.stream()
                  .limit(limit)
                  .collect(Collectors.joining(",", "{\"items\":[", "]}"))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    taken = new TakenPushes(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void eachPushShouldComeOnce() throws Exception {
    push(1);
    push(2);
    assertThat(taken.next()).extracting(TakenPush::seq).containsExactlyInAnyOrder(1L, 2L);

    push(3);

    assertThat(taken.next()).extracting(TakenPush::seq).containsExactly(3L);
    assertThat(taken.next()).isEmpty();
  }

  @Test
  void manyMoreThanLastTimeShouldAllCome() throws Exception {
    push(1);
    taken.next();
    for (int i = 2; i <= 3_000; i++) {
      push(i);
    }

    assertThat(taken.next()).hasSize(2_999);
  }

  @Test
  void whatWasThereBeforeShouldBeForgotten() throws Exception {
    push(1);

    taken.forget();

    assertThat(taken.next()).isEmpty();
  }

  private void push(int seq) {
    kept.add(
        """
        {"at": "2026-11-28T10:00:00.5Z", "name": "n%1$d", "message": {"token": "t",
         "data": {"kind": "RING", "conversationId": "c", "seq": "%1$d"}}}"""
            .formatted(seq));
  }
}

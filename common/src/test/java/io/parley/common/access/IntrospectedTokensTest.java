package io.parley.common.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.parley.common.nodes.Nodes;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.traces.Traces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IntrospectedTokensTest {

  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch answers = new CountDownLatch(1);
  private HttpServer userService;
  private ExecutorService threads;
  private IntrospectedTokens tokens;

  @BeforeEach
  void start() throws IOException {
    userService =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    threads = Executors.newVirtualThreadPerTaskExecutor();
    userService.setExecutor(threads);
    userService.createContext(
        "/internal/tokens/introspect",
        exchange -> {
          asked.incrementAndGet();
          try {
            answers.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          byte[] body = "{\"active\":false}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    userService.start();
    URI node = URI.create("http://127.0.0.1:" + userService.getAddress().getPort());
    Clock clock = Clock.systemUTC();
    tokens =
        new IntrospectedTokens(
            new Nodes(List.of(node), host -> List.of(), clock),
            new ServiceTokens(
                "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=", "api-gateway", clock),
            Traces.OFF,
            clock);
  }

  @AfterEach
  void stop() {
    answers.countDown();
    userService.stop(0);
    threads.close();
  }

  /** A user-service that does not answer holds up a few questions, not one for each request. */
  @Test
  void questionsUnderWayShouldBeFew() throws Exception {
    List<Future<?>> calls = new ArrayList<>();
    for (int i = 0; i < 4 * IntrospectedTokens.MAX_AT_ONCE; i++) {
      calls.add(threads.submit(() -> refused(CommonProblem.STORE_UNAVAILABLE)));
    }
    for (Future<?> call : calls) {
      call.get();
    }

    // Those that had a place gave up after 3 s, the others after 1 s without one.
    assertThat(asked.get()).isPositive().isLessThanOrEqualTo(IntrospectedTokens.MAX_AT_ONCE);
  }

  @Test
  void answerShouldBeKept() {
    answers.countDown();
    String token = PersonalTokens.PREFIX + UUID.randomUUID();

    assertThat(tokens.isKnown(token)).isFalse();
    for (int i = 0; i < 3; i++) {
      refused(token, CommonProblem.UNAUTHENTICATED);
    }

    assertThat(tokens.isKnown(token)).isTrue();
    assertThat(asked).hasValue(1);
  }

  private void refused(CommonProblem problem) {
    refused(PersonalTokens.PREFIX + UUID.randomUUID(), problem);
  }

  private void refused(String token, CommonProblem problem) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> tokens.resolve(token))
        .satisfies(e -> assertThat(e.type()).isEqualTo(problem));
  }
}

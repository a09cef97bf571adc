package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.parley.localstack.TraceCollector;
import io.parley.localstack.TraceCollector.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** The edge's part in a trace, and whose word it takes for one. */
class TracesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String GIVEN_TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String GIVEN = "00-" + GIVEN_TRACE + "-b7ad6b7169203331-01";

  private final TraceCollector collector = TraceCollector.start();

  @BeforeEach
  void forget() {
    FakeFleet.ALL.forEach(node -> node.seen.clear());
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private ConfigurableApplicationContext gateway(double ratio, String trusted) {
    return Gateways.start(
        Map.of(
            "parley.traces.endpoint",
            collector.endpoint(),
            "parley.traces.ratio",
            ratio,
            "parley.traces.every",
            "50ms",
            "parley.gateway.edge.trusted-proxies",
            trusted));
  }

  private static FakeNode.Seen seenFor(ConfigurableApplicationContext gateway, String path)
      throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + Gateways.port(gateway) + path))
                    .header("Authorization", "Bearer " + FakeFleet.TOKENS.valid())
                    .header("traceparent", GIVEN)
                    .header("tracestate", "some=thing")
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return FakeFleet.seen("user");
  }

  private Span span(String name, String kind) {
    return collector.await(span -> span.name().equals(name) && span.kind().equals(kind), PATIENCE);
  }

  /** As personal tokens are asked about on another thread. */
  @Test
  void requestsShouldBeginTracesThatNodesGoOnWith() throws Exception {
    try (ConfigurableApplicationContext gateway = gateway(1, "")) {
      aRequestShouldBeginATraceThatItsNodeGoesOnWith(gateway);
      whatTheEdgeItselfAsksShouldBeInTheTrace(gateway);
      aSocketShouldBeOpenedInTheTraceOfItsHandshake(gateway);
    }
  }

  private void aRequestShouldBeginATraceThatItsNodeGoesOnWith(
      ConfigurableApplicationContext gateway) throws Exception {
    // Not before the gateway, whose start sets the loggers up.
    Logger logger = (Logger) LoggerFactory.getLogger("parley.access");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      FakeNode.Seen seen = seenFor(gateway, "/api/v1/users?query=private-words");
      Span served = span("GET /api/v1/users/**", "SERVER");
      Span asked = span("GET", "CLIENT");
      assertThat(served.service()).isEqualTo("api-gateway");
      assertThat(served.traceId()).isNotEqualTo(GIVEN_TRACE);
      assertThat(served.parentId()).isEmpty();
      assertThat(served.attributes())
          .containsEntry("url.path", "/api/v1/users")
          .containsEntry("http.response.status_code", "200");
      assertThat(asked.traceId()).isEqualTo(served.traceId());
      assertThat(asked.parentId()).isEqualTo(served.spanId());
      assertThat(asked.attributes())
          .containsEntry("server.address", "127.0.0.1")
          .containsEntry("server.port", String.valueOf(FakeFleet.USER.port()))
          .containsEntry("http.response.status_code", "200");
      assertThat(seen.headers().getAll("traceparent"))
          .containsExactly("00-" + served.traceId() + "-" + asked.spanId() + "-03");
      assertThat(seen.headers().contains("tracestate")).isFalse();
      assertThat(collector.spans().toString()).doesNotContain("private", "eyJ");
      Map<String, Object> fields = new TreeMap<>();
      line(lines).getKeyValuePairs().forEach(pair -> fields.put(pair.key, pair.value));
      assertThat(fields)
          .containsEntry("trace.id", served.traceId())
          .containsEntry("span.id", served.spanId());
    } finally {
      logger.detachAppender(lines);
    }
  }

  /** The line is written when the answer is out, which the client may know first. */
  private static ILoggingEvent line(ListAppender<ILoggingEvent> lines) throws Exception {
    for (int i = 0; i < 500 && lines.list.isEmpty(); i++) {
      Thread.sleep(20);
    }
    return lines.list.getFirst();
  }

  @Test
  void aClientShouldNotHaveItsRequestsKept() throws Exception {
    try (ConfigurableApplicationContext gateway = gateway(0, "")) {
      FakeNode.Seen seen = seenFor(gateway, "/api/v1/users/me");
      assertThat(seen.headers().get("traceparent")).doesNotContain(GIVEN_TRACE).endsWith("-02");
    }
    assertThat(collector.spans()).isEmpty();
  }

  @Test
  void aTrustedProxyShouldHaveItsTraceGoOn() throws Exception {
    try (ConfigurableApplicationContext gateway = gateway(0, "127.0.0.0/8")) {
      FakeNode.Seen seen = seenFor(gateway, "/api/v1/users/me");
      Span served = span("GET /api/v1/users/**", "SERVER");
      assertThat(served.traceId()).isEqualTo(GIVEN_TRACE);
      assertThat(served.parentId()).isEqualTo("b7ad6b7169203331");
      assertThat(seen.headers().get("traceparent")).startsWith("00-" + GIVEN_TRACE);
      assertThat(seen.headers().get("tracestate")).isEqualTo("some=thing");
    }
  }

  private void whatTheEdgeItselfAsksShouldBeInTheTrace(ConfigurableApplicationContext gateway)
      throws Exception {
    HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + Gateways.port(gateway) + "/api/v1/bots"))
                .header("Authorization", "Bearer parley_pat_traced")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    FakeNode.Seen seen = FakeFleet.seen("user");
    Span served =
        collector.await(span -> "/api/v1/bots".equals(span.attributes().get("url.path")), PATIENCE);
    assertThat(seen.uri()).isEqualTo("/internal/tokens/introspect");
    assertThat(seen.headers().get("traceparent"))
        .isEqualTo("00-" + served.traceId() + "-" + served.spanId() + "-03");
  }

  /** Without a collector of its own: those of the services are behind it all the same. */
  @Test
  void withoutTracesAClientsShouldBeDroppedAndAProxysPassedOn() throws Exception {
    for (String trusted : new String[] {"", "127.0.0.1"}) {
      try (ConfigurableApplicationContext gateway =
          Gateways.start(Map.of("parley.gateway.edge.trusted-proxies", trusted))) {
        FakeNode.Seen seen = seenFor(gateway, "/api/v1/users/me");
        assertThat(seen.headers().get("traceparent")).isEqualTo(trusted.isEmpty() ? null : GIVEN);
        assertThat(seen.headers().contains("tracestate")).isEqualTo(!trusted.isEmpty());
      }
    }
  }

  private void aSocketShouldBeOpenedInTheTraceOfItsHandshake(ConfigurableApplicationContext gateway)
      throws Exception {
    try (RawSocket socket = RawSocket.upgraded(Gateways.port(gateway), "")) {
      Span served = span("GET /ws", "SERVER");
      assertThat(served.attributes()).containsEntry("http.response.status_code", "101");
      assertThat(FakeFleet.seen("message").headers().getAll("traceparent"))
          .containsExactly("00-" + served.traceId() + "-" + served.spanId() + "-03");
    }
  }
}

package io.parley.common.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.sun.net.httpserver.HttpServer;
import io.parley.common.nodes.NodeRequests;
import io.parley.common.nodes.Nodes;
import io.parley.localstack.TraceCollector;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.HandlerMapping;

/** How a trace gets into a process, and out of it. */
class HopsTest {

  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

  private final TraceCollector collector = TraceCollector.start();
  private final OpenTelemetryTraces traces =
      new OpenTelemetryTraces(
          new TraceProperties(collector.endpoint(), 1, Duration.ofMillis(20)), "some-service");

  @AfterEach
  void stop() {
    traces.close();
    collector.close();
  }

  private TraceCollector.Span span(String name) {
    return collector.await(span -> span.name().equals(name), Duration.ofSeconds(20));
  }

  // --- HTTP in

  private void serve(String method, String path, @Nullable String traceparent, int status)
      throws ServletException, IOException {
    MockHttpServletRequest request = new MockHttpServletRequest(method, path);
    request.setQueryString("token=secret");
    if (traceparent != null) {
      request.addHeader("traceparent", traceparent);
    }
    new ServerSpanFilter(traces)
        .doFilter(
            request,
            new MockHttpServletResponse(),
            (asked, answer) -> {
              asked.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "/groups/{id}");
              ((MockHttpServletResponse) answer).setStatus(status);
              if (status == 0) {
                throw new ServletException("broken");
              }
            });
  }

  @Test
  void aRequestShouldGoOnWithItsTraceUnderTheNameOfItsRoute() throws Exception {
    serve("GET", "/groups/7", PARENT, 404);
    TraceCollector.Span span = span("GET /groups/{id}");
    assertThat(span.kind()).isEqualTo("SERVER");
    assertThat(span.traceId()).isEqualTo(TRACE);
    assertThat(span.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(span.failed()).isFalse();
    assertThat(span.attributes())
        .containsEntry("http.request.method", "GET")
        .containsEntry("http.route", "/groups/{id}")
        .containsEntry("http.response.status_code", "404");
    assertThat(span.attributes().toString()).doesNotContain("secret");
    assertThat(traces.current()).isNull();
  }

  @Test
  void aRequestThatFailsShouldSaySo() throws Exception {
    serve("POST", "/groups/7", null, 503);
    assertThat(span("POST /groups/{id}").failed()).isTrue();
    assertThatThrownBy(() -> serve("PUT", "/groups/7", null, 0))
        .isInstanceOf(ServletException.class);
    assertThat(span("PUT /groups/{id}").attributes())
        .containsEntry("error.type", ServletException.class.getName());
  }

  @Test
  void whatOthersMakeUpShouldNotBecomeANameAndChecksShouldHaveNone() throws Exception {
    serve("BREW", "/groups/7", null, 200);
    assertThat(span("HTTP /groups/{id}").attributes())
        .containsEntry("http.request.method", "_OTHER");
    serve("GET", "/actuator/health/readiness", null, 200);
    serve("HEAD", "/groups/7", null, 200);
    span("HEAD /groups/{id}");
    assertThat(collector.spans()).hasSize(2);
  }

  // --- HTTP out

  /** The first of two nodes is not able to answer: both are asked, each in a span of its own. */
  @Test
  void aQuestionShouldCarryTheTraceToEachNodeThatIsAsked() throws Exception {
    List<String> carried = new CopyOnWriteArrayList<>();
    HttpServer unable = node(503, carried);
    HttpServer able = node(200, carried);
    RestClient client =
        NodeRequests.client(
            RestClient.builder().requestInterceptor(new ClientSpans(traces)),
            nodes(unable, able),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
    Span span = traces.begin(Span.Kind.SERVER, "asks", PARENT);
    try (Span.Scope scope = span.enter()) {
      assertThat(ask(client)).isEqualTo("{}");
    } finally {
      span.end();
      unable.stop(0);
      able.stop(0);
    }
    span("asks");
    List<TraceCollector.Span> asked =
        collector.trace(TRACE).stream().filter(each -> each.kind().equals("CLIENT")).toList();
    assertThat(asked)
        .extracting(
            TraceCollector.Span::name,
            each -> each.attributes().get("server.port"),
            each -> each.attributes().get("http.response.status_code"))
        .containsExactly(
            tuple("GET /internal/users/{id}", port(unable), "503"),
            tuple("GET /internal/users/{id}", port(able), "200"));
    assertThat(asked).extracting(TraceCollector.Span::parentId).containsOnly(span.spanId());
    assertThat(asked.toString()).doesNotContain("secret");
    assertThat(carried)
        .containsExactly(
            "00-" + TRACE + "-" + asked.get(0).spanId() + "-01",
            "00-" + TRACE + "-" + asked.get(1).spanId() + "-01");
  }

  @Test
  void aQuestionOfNobodyShouldCarryNothing() throws Exception {
    List<String> carried = new CopyOnWriteArrayList<>();
    HttpServer node = node(200, carried);
    try {
      ask(
          RestClient.builder()
              .baseUrl("http://127.0.0.1:" + port(node))
              .requestInterceptor(new ClientSpans(traces))
              .build());
    } finally {
      node.stop(0);
    }
    assertThat(carried).containsExactly("none");
  }

  private static @Nullable String ask(RestClient client) {
    return client
        .get()
        .uri("/internal/users/{id}?q={q}", 7, "secret")
        .retrieve()
        .body(String.class);
  }

  private static HttpServer node(int status, List<String> carried) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          carried.add(
              Objects.requireNonNullElse(
                  exchange.getRequestHeaders().getFirst("traceparent"), "none"));
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, 2);
          exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String port(HttpServer server) {
    return String.valueOf(server.getAddress().getPort());
  }

  private static Nodes nodes(HttpServer... servers) {
    List<URI> uris =
        Arrays.stream(servers)
            .map(server -> URI.create("http://127.0.0.1:" + port(server)))
            .toList();
    return new Nodes(uris, host -> List.of(), Clock.systemUTC());
  }

  // --- RabbitMQ

  private @Nullable String published(Message message, String exchange, String key) {
    Message sent = new ProducerSpans(traces).postProcessMessage(message, null, exchange, key);
    return sent.getMessageProperties().getHeader("traceparent");
  }

  private static Message message(@Nullable String traceparent) {
    return RabbitSpans.causedBy(traceparent)
        .postProcessMessage(
            MessageBuilder.withBody("secret".getBytes(StandardCharsets.UTF_8))
                .setMessageId("m-1")
                .build());
  }

  @Test
  void aMessageShouldCarryTheTraceOfItsCause() {
    String carried = published(message(PARENT), "some.exchange", "key.7");
    TraceCollector.Span span = span("create some.exchange");
    assertThat(span.kind()).isEqualTo("PRODUCER");
    assertThat(span.traceId()).isEqualTo(TRACE);
    assertThat(span.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(carried).isEqualTo("00-" + TRACE + "-" + span.spanId() + "-01");
    assertThat(span.attributes())
        .containsAllEntriesOf(
            Map.of(
                "messaging.system", "rabbitmq",
                "messaging.operation.type", "create",
                "messaging.destination.name", "some.exchange",
                "messaging.rabbitmq.destination.routing_key", "key.7",
                "messaging.message.id", "m-1"));
    assertThat(span.attributes().toString()).doesNotContain("secret");
  }

  /** A consumer that gives a message back: what it works for counts, not what the message had. */
  @Test
  void whatTheThreadWorksForShouldGoFirst() {
    Span span = traces.begin(Span.Kind.CONSUMER, "consumes", null);
    try (Span.Scope scope = span.enter()) {
      published(message(PARENT), "", "some.queue");
    }
    TraceCollector.Span created = span("create some.queue");
    assertThat(created.traceId()).isEqualTo(span.traceId());
    assertThat(created.parentId()).isEqualTo(span.spanId());
  }

  @Test
  void aMessageOfNobodyShouldCarryNothing() {
    assertThat(published(message(null), "some.exchange", "key")).isNull();
  }
}

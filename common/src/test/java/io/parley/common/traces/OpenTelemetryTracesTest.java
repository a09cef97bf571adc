package io.parley.common.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.parley.common.logs.LogFields;
import io.parley.localstack.TraceCollector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class OpenTelemetryTracesTest {

  private static final String KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final String NOT_KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

  private final TraceCollector collector = TraceCollector.start();

  @AfterEach
  void stop() {
    collector.close();
  }

  private OpenTelemetryTraces traces(double ratio) {
    return new OpenTelemetryTraces(
        new TraceProperties(collector.endpoint(), ratio, Duration.ofMinutes(1)), "some-service");
  }

  /** A stop waits for the collector for a while, and not until it has everything. */
  private TraceCollector.Span told(String name) {
    return collector.await(span -> span.name().equals(name), Duration.ofSeconds(30));
  }

  @Test
  void aSpanShouldReachTheCollectorWithAllThatWasSaid() {
    String traceparent;
    try (OpenTelemetryTraces traces = traces(1)) {
      Span span = traces.begin(Span.Kind.CLIENT, "first", null);
      span.set("some.text", "a").set("no.text", null).set("some.number", 7);
      span.name("second");
      span.failed("500");
      span.end();
      traceparent = Objects.requireNonNull(span.traceparent());
    }
    TraceCollector.Span told = told("second");
    assertThat(collector.spans()).containsExactly(told);
    assertThat(told.kind()).isEqualTo("CLIENT");
    assertThat(told.parentId()).isEmpty();
    assertThat(told.failed()).isTrue();
    assertThat(told.attributes())
        .containsEntry("some.text", "a")
        .containsEntry("some.number", "7")
        .containsEntry("error.type", "500")
        .doesNotContainKey("no.text");
    assertThat(told.resource())
        .containsEntry("service.name", "some-service")
        .containsEntry("service.namespace", "parley")
        .containsKey("service.instance.id");
    assertThat(traceparent).isEqualTo("00-" + told.traceId() + "-" + told.spanId() + "-03");
  }

  @Test
  void aTraceShouldGoOnAsItBegan() {
    try (OpenTelemetryTraces traces = traces(0)) {
      traces.begin(Span.Kind.SERVER, "kept", KEPT).end();
      traces.begin(Span.Kind.SERVER, "new", null).end();
    }
    try (OpenTelemetryTraces traces = traces(1)) {
      traces.begin(Span.Kind.SERVER, "not kept", NOT_KEPT).end();
    }
    TraceCollector.Span kept = told("kept");
    assertThat(collector.spans()).containsExactly(kept);
    assertThat(kept.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(kept.parentId()).isEqualTo("b7ad6b7169203331");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"
      })
  void whatIsNoTraceparentShouldBeginATrace(String given) {
    try (OpenTelemetryTraces traces = traces(1)) {
      traces.begin(Span.Kind.SERVER, "parent", given).end();
      traces.beginLinked(Span.Kind.SERVER, "link", given).end();
    }
    told("parent");
    told("link");
    assertThat(collector.spans()).hasSize(2);
    for (TraceCollector.Span span : collector.spans()) {
      assertThat(span.parentId()).isEmpty();
      assertThat(span.traceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
      assertThat(span.links()).isEmpty();
    }
  }

  @Test
  void aLinkShouldDecideNothing() {
    try (OpenTelemetryTraces traces = traces(0)) {
      traces.beginLinked(Span.Kind.SERVER, "kept by a client", KEPT).end();
    }
    assertThat(collector.spans()).isEmpty();
    try (OpenTelemetryTraces traces = traces(1)) {
      traces.beginLinked(Span.Kind.SERVER, "linked", NOT_KEPT).end();
    }
    TraceCollector.Span linked = told("linked");
    assertThat(linked.traceId()).isNotEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(linked.parentId()).isEmpty();
    assertThat(linked.links()).containsExactly("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331");
  }

  @Test
  void aThreadShouldWorkForTheSpanItEntered() {
    try (OpenTelemetryTraces traces = traces(0)) {
      assertThat(traces.current()).isNull();
      Span outer = traces.begin(Span.Kind.SERVER, "outer", null);
      try (Span.Scope scope = outer.enter()) {
        assertThat(traces.current()).isEqualTo(outer.traceparent()).endsWith("-02");
        Span inner = traces.begin(Span.Kind.INTERNAL, "inner", traces.current());
        try (Span.Scope innerScope = inner.enter()) {
          assertThat(MDC.get(LogFields.TRACE)).isEqualTo(outer.traceId());
          assertThat(MDC.get(LogFields.SPAN)).isEqualTo(inner.spanId());
        }
        assertThat(MDC.get(LogFields.SPAN)).isEqualTo(outer.spanId());
      }
      assertThat(traces.current()).isNull();
      assertThat(MDC.get(LogFields.TRACE)).isNull();
      assertThat(MDC.get(LogFields.SPAN)).isNull();
    }
  }

  /** It takes connections, and says nothing: the worst of all. */
  @Test
  void aCollectorThatHangsShouldHoldUpNeitherWorkNorTheStop() throws IOException {
    try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      long begun = System.nanoTime();
      OpenTelemetryTraces traces =
          new OpenTelemetryTraces(
              new TraceProperties(
                  "http://127.0.0.1:" + hanging.getLocalPort() + "/v1/traces",
                  1,
                  Duration.ofMillis(10)),
              "some-service");
      for (int i = 0; i < 20_000; i++) {
        traces.begin(Span.Kind.SERVER, "lost", null).end();
      }
      Duration work = Duration.ofNanos(System.nanoTime() - begun);
      traces.close();
      Duration all = Duration.ofNanos(System.nanoTime() - begun);
      // Had they waited: 5 s for each batch of 512, and for the four that are left at the end.
      assertThat(work).isLessThan(Duration.ofSeconds(60));
      assertThat(all.minus(work)).isLessThan(Duration.ofSeconds(15));
    }
  }

  @Test
  void aCollectorThatIsAwayShouldBeToldOfOnce() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(Collector.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    int port;
    try (ServerSocket free = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (OpenTelemetryTraces traces =
        new OpenTelemetryTraces(
            new TraceProperties(
                "http://127.0.0.1:" + port + "/v1/traces", 1, Duration.ofMillis(20)),
            "some-service")) {
      for (int i = 0; i < 10; i++) {
        traces.begin(Span.Kind.SERVER, "lost", null).end();
        Thread.sleep(50);
      }
    } finally {
      logger.detachAppender(lines);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        // Others' that ended meanwhile may tell of theirs.
        .filteredOn(line -> line.contains("127.0.0.1:" + port + "/"))
        .singleElement()
        .asString()
        .contains("traces are lost", "ConnectException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collector:4318/v1/traces",
        "http://collector:4318",
        "http://collector:4318/",
        "grpc://collector:4317/v1/traces",
        "http://",
        "http:///v1/traces",
        "http://a b/v1/traces"
      })
  void aWrongEndpointShouldBeRefused(String endpoint) {
    assertThatThrownBy(() -> new TraceProperties(endpoint, 1, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PARLEY_TRACES_ENDPOINT");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void aWrongRatioShouldBeRefused(double ratio) {
    assertThatThrownBy(
            () -> new TraceProperties("http://a:1/v1/traces", ratio, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PARLEY_TRACES_RATIO");
  }

  @Test
  void withoutACollectorNothingShouldBeKnown() {
    Span span = Traces.OFF.begin(Span.Kind.SERVER, "any", KEPT);
    assertThat(List.of(span, Traces.OFF.beginLinked(Span.Kind.SERVER, "any", KEPT)))
        .containsOnly(Span.NONE);
    try (Span.Scope scope = span.enter()) {
      assertThat(Traces.OFF.current()).isNull();
      assertThat(MDC.get(LogFields.TRACE)).isNull();
    }
  }
}

package io.parley.common.traces;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.parley.common.logs.LogFields;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Spans for a collector that speaks OTLP over HTTP. They wait in a queue of {@value #QUEUE}, and
 * one thread sends them; what finds the queue full is dropped, so a collector that is away or slow
 * costs spans and nothing else.
 */
final class OpenTelemetryTraces implements Traces, AutoCloseable {

  /** About 2 MB of spans. */
  private static final int QUEUE = 2_048;

  private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(2);
  private static final Duration SENT_WITHIN = Duration.ofSeconds(5);
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(3);

  private static final TextMapGetter<String> TRACEPARENT =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
          return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
          return key.equals(HEADER) ? carrier : null;
        }
      };

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  OpenTelemetryTraces(TraceProperties properties, String service) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(properties.endpoint())
            .setConnectTimeout(CONNECTS_WITHIN)
            .setTimeout(SENT_WITHIN)
            // The next batch is the next try: what is repeated holds up what is new.
            .setRetryPolicy(null)
            .build();
    this.provider =
        SdkTracerProvider.builder()
            .setResource(Resource.create(process(service)))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(properties.ratio())))
            .addSpanProcessor(
                BatchSpanProcessor.builder(new Collector(exporter, properties.endpoint()))
                    .setMaxQueueSize(QUEUE)
                    .setScheduleDelay(properties.every())
                    .setExporterTimeout(SENT_WITHIN)
                    .build())
            .build();
    this.tracer = provider.get("io.parley");
  }

  private static Attributes process(String service) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put("service.namespace", "parley")
            .put("service.name", service)
            .put("service.instance.id", UUID.randomUUID().toString())
            .put("process.pid", ProcessHandle.current().pid());
    String host = System.getenv("HOSTNAME");
    return (host == null ? attributes : attributes.put("host.name", host)).build();
  }

  @Override
  public Span begin(Span.Kind kind, String name, @Nullable String parent) {
    return new Begun(builder(kind, name).setParent(context(parent)).startSpan());
  }

  @Override
  public Span beginLinked(Span.Kind kind, String name, @Nullable String link) {
    SpanContext linked =
        io.opentelemetry.api.trace.Span.fromContext(context(link)).getSpanContext();
    SpanBuilder builder = builder(kind, name).setNoParent();
    return new Begun((linked.isValid() ? builder.addLink(linked) : builder).startSpan());
  }

  @Override
  public @Nullable String current() {
    io.opentelemetry.api.trace.Span span =
        io.opentelemetry.api.trace.Span.fromContextOrNull(Context.current());
    return span == null ? null : traceparent(span.getSpanContext());
  }

  private SpanBuilder builder(Span.Kind kind, String name) {
    return tracer
        .spanBuilder(name)
        .setSpanKind(
            switch (kind) {
              case SERVER -> SpanKind.SERVER;
              case CLIENT -> SpanKind.CLIENT;
              case PRODUCER -> SpanKind.PRODUCER;
              case CONSUMER -> SpanKind.CONSUMER;
              case INTERNAL -> SpanKind.INTERNAL;
            });
  }

  private static Context context(@Nullable String traceparent) {
    return traceparent == null
        ? Context.root()
        : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, TRACEPARENT);
  }

  private static String traceparent(SpanContext context) {
    return "00-"
        + context.getTraceId()
        + "-"
        + context.getSpanId()
        + "-"
        + context.getTraceFlags().asHex();
  }

  /** Sends what waits, if the collector takes it in time. */
  @Override
  public void close() {
    provider.shutdown().join(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private record Begun(io.opentelemetry.api.trace.Span span) implements Span {

    @Override
    public String traceparent() {
      return OpenTelemetryTraces.traceparent(span.getSpanContext());
    }

    @Override
    public String traceId() {
      return span.getSpanContext().getTraceId();
    }

    @Override
    public String spanId() {
      return span.getSpanContext().getSpanId();
    }

    @Override
    public void name(String name) {
      span.updateName(name);
    }

    @Override
    public Span set(String attribute, @Nullable String value) {
      if (value != null) {
        span.setAttribute(attribute, value);
      }
      return this;
    }

    @Override
    public Span set(String attribute, long value) {
      span.setAttribute(attribute, value);
      return this;
    }

    @Override
    public void failed(String type) {
      span.setAttribute("error.type", type);
      span.setStatus(StatusCode.ERROR);
    }

    @Override
    public void end() {
      span.end();
    }

    /** What it opens is closed by the scope that it gives. */
    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public Scope enter() {
      String traceBefore = MDC.get(LogFields.TRACE);
      String spanBefore = MDC.get(LogFields.SPAN);
      io.opentelemetry.context.Scope scope = Context.root().with(span).makeCurrent();
      MDC.put(LogFields.TRACE, traceId());
      MDC.put(LogFields.SPAN, spanId());
      return () -> {
        scope.close();
        restore(LogFields.TRACE, traceBefore);
        restore(LogFields.SPAN, spanBefore);
      };
    }

    private static void restore(String field, @Nullable String before) {
      if (before == null) {
        MDC.remove(field);
      } else {
        MDC.put(field, before);
      }
    }
  }
}

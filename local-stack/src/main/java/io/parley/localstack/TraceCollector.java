package io.parley.localstack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Predicate;

/**
 * Takes traces as a collector does, by OTLP over HTTP (protobuf, opentelemetry-proto 1.x), and
 * keeps the spans in memory, for tests.
 */
public final class TraceCollector implements AutoCloseable {

  /** The path of the specification. */
  private static final String PATH = "/v1/traces";

  /** The oldest go. */
  private static final int MAX_SPANS = 20_000;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
  private static final List<String> KINDS =
      List.of("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");

  /**
   * A span as it came.
   *
   * @param resource attributes of the process
   * @param parentId empty: it begins its trace
   * @param attributes values as text
   * @param links {@code traceId-spanId} of each
   * @param failed whether its status is ERROR
   */
  public record Span(
      Map<String, String> resource,
      String traceId,
      String spanId,
      String parentId,
      String name,
      String kind,
      Map<String, String> attributes,
      List<String> links,
      boolean failed) {

    public String service() {
      return resource.getOrDefault("service.name", "");
    }
  }

  private final HttpServer server;
  private final Deque<Span> spans = new ConcurrentLinkedDeque<>();

  private TraceCollector(HttpServer server) {
    this.server = server;
  }

  public static TraceCollector start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      TraceCollector collector = new TraceCollector(server);
      server.createContext(PATH, collector::take);
      server.start();
      return collector;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] request = exchange.getRequestBody().readAllBytes();
      List<Span> taken = new ArrayList<>();
      for (Protobuf resourceSpans : new Protobuf(request).messages(1)) {
        Map<String, String> resource = new HashMap<>();
        resourceSpans.messages(1).forEach(each -> resource.putAll(attributes(each, 1)));
        for (Protobuf scopeSpans : resourceSpans.messages(2)) {
          scopeSpans.messages(2).forEach(span -> taken.add(span(span, resource)));
        }
      }
      spans.addAll(taken);
      while (spans.size() > MAX_SPANS) {
        spans.removeFirst();
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Span span(Protobuf span, Map<String, String> resource) {
    List<String> links = new ArrayList<>();
    for (Protobuf link : span.messages(13)) {
      links.add(hex(link.bytes(1)) + "-" + hex(link.bytes(2)));
    }
    return new Span(
        resource,
        hex(span.bytes(1)),
        hex(span.bytes(2)),
        hex(span.bytes(4)),
        text(span.bytes(5)),
        KINDS.get((int) span.number(6)),
        attributes(span, 9),
        links,
        span.messages(15).stream().anyMatch(status -> status.number(3) == 2));
  }

  private static Map<String, String> attributes(Protobuf of, int field) {
    Map<String, String> attributes = new HashMap<>();
    for (Protobuf attribute : of.messages(field)) {
      for (Protobuf value : attribute.messages(2)) {
        attributes.put(
            text(attribute.bytes(1)),
            value.has(1) ? text(value.bytes(1)) : String.valueOf(value.number(3)));
      }
    }
    return attributes;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** What came so far. */
  public List<Span> spans() {
    return List.copyOf(spans);
  }

  /** Those of one trace. */
  public List<Span> trace(String traceId) {
    return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  /**
   * The first that is like this.
   *
   * @throws AssertionError when none comes in time
   */
  public Span await(Predicate<Span> like, Duration within) {
    Instant end = Instant.now().plus(within);
    while (true) {
      for (Span span : spans) {
        if (like.test(span)) {
          return span;
        }
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(
            "no such span among " + spans.stream().map(Span::name).distinct().toList());
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

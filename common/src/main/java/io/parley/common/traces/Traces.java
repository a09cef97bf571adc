package io.parley.common.traces;

import org.jspecify.annotations.Nullable;

/**
 * What this process tells a collector of its part in what goes on. Without a collector it is {@link
 * #OFF}, of which each method only returns, and no class of OpenTelemetry's is loaded.
 */
public interface Traces {

  /** Of HTTP, of STOMP, and of messages of RabbitMQ: W3C Trace Context, level 2. */
  String HEADER = "traceparent";

  Traces OFF = new NoTraces();

  /**
   * Goes on with the trace that a part of the fleet has begun, and its decision whether to keep it.
   *
   * @param parent as {@link Span#traceparent} gave it; null, or what is none: a new trace begins
   */
  Span begin(Span.Kind kind, String name, @Nullable String parent);

  /**
   * Begins a new trace whatever a client says: one that it is in itself is only named.
   *
   * @param link a {@code traceparent}; null, or what is none: names nothing
   */
  Span beginLinked(Span.Kind kind, String name, @Nullable String link);

  /** The {@code traceparent} of what this thread works for; null: of nothing that is traced. */
  @Nullable String current();
}

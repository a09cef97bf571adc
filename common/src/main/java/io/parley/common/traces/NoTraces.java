package io.parley.common.traces;

import org.jspecify.annotations.Nullable;

/** Where there is no collector. */
final class NoTraces implements Traces {

  @Override
  public Span begin(Span.Kind kind, String name, @Nullable String parent) {
    return Span.NONE;
  }

  @Override
  public Span beginLinked(Span.Kind kind, String name, @Nullable String link) {
    return Span.NONE;
  }

  @Override
  public @Nullable String current() {
    return null;
  }

  /** The span of whatever happens. */
  enum Nothing implements Span, Span.Scope {
    INSTANCE;

    @Override
    public @Nullable String traceparent() {
      return null;
    }

    @Override
    public @Nullable String traceId() {
      return null;
    }

    @Override
    public @Nullable String spanId() {
      return null;
    }

    @Override
    public void name(String name) {}

    @Override
    public Span set(String attribute, @Nullable String value) {
      return this;
    }

    @Override
    public Span set(String attribute, long value) {
      return this;
    }

    @Override
    public void failed(String type) {}

    @Override
    public void end() {}

    @Override
    public Scope enter() {
      return this;
    }

    @Override
    public void close() {}
  }
}

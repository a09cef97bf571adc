package io.parley.common.traces;

import org.jspecify.annotations.Nullable;

/**
 * One operation under way. Names of spans and attributes are those of OpenTelemetry's semantic
 * conventions; a name has no ids. No attribute holds what somebody wrote, a token, an address of
 * mail, or a query.
 */
public interface Span {

  /** Of an operation that is not traced: knows nothing and tells nobody. */
  Span NONE = NoTraces.Nothing.INSTANCE;

  /** What of a hop it is. */
  enum Kind {
    /** Answers a request. */
    SERVER,
    /** Waits for the answer to one. */
    CLIENT,
    /** Makes a message. */
    PRODUCER,
    /** Works on one. */
    CONSUMER,
    INTERNAL
  }

  /** The value of the header of W3C Trace Context for what this causes; null: it is not traced. */
  @Nullable String traceparent();

  /** 32 hexadecimal digits; null: it is not traced. */
  @Nullable String traceId();

  /** 16 hexadecimal digits; null: it is not traced. */
  @Nullable String spanId();

  void name(String name);

  /**
   * @param value null changes nothing
   */
  Span set(String attribute, @Nullable String value);

  Span set(String attribute, long value);

  /**
   * @param type of a small set: a status, a class of exceptions
   */
  void failed(String type);

  /** What is set after it is lost. */
  void end();

  /**
   * This thread works for the span until that is closed: {@link Traces#current} is the span's, and
   * log lines name it.
   */
  Scope enter();

  /** To be closed by the thread that entered. */
  interface Scope extends AutoCloseable {

    @Override
    void close();
  }
}

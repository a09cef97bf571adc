package io.parley.common.traces;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** The collector, of which the log says when it takes nothing, and when it does again. */
record Collector(SpanExporter exporter, String endpoint, AtomicBoolean isAway)
    implements SpanExporter {

  private static final org.slf4j.Logger log = LoggerFactory.getLogger(Collector.class);

  /** It would tell of each try, with a stack. Held, or the JDK forgets the level. */
  private static final Logger EXPORTER = Logger.getLogger("io.opentelemetry.exporter");

  static {
    EXPORTER.setLevel(Level.OFF);
  }

  Collector(SpanExporter exporter, String endpoint) {
    this(exporter, endpoint, new AtomicBoolean());
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode sent = exporter.export(spans);
    sent.whenComplete(
        () -> {
          if (isAway.compareAndSet(sent.isSuccess(), !sent.isSuccess())) {
            note(sent);
          }
        });
    return sent;
  }

  private void note(CompletableResultCode sent) {
    if (sent.isSuccess()) {
      log.info("{} takes traces again", endpoint);
    } else {
      log.warn("traces are lost: {} does not take them: {}", endpoint, why(sent));
    }
  }

  private static String why(CompletableResultCode sent) {
    Throwable cause = sent.getFailureThrowable();
    return cause == null ? "no reason given" : cause.toString();
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}

package io.parley.common.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.parley.common.logs.LogFields;
import io.sentry.Sentry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Against a server that takes envelopes as Sentry's does, over HTTP. */
class ErrorReportsTest {

  private static final Logger log = LoggerFactory.getLogger(ErrorReportsTest.class);

  private final BlockingQueue<String> envelopes = new LinkedBlockingQueue<>();
  private HttpServer server;

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ErrorsAutoConfiguration.class))
          .withPropertyValues("spring.application.name=user-service");

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/7/envelope/",
        exchange -> {
          boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
          InputStream body = exchange.getRequestBody();
          envelopes.add(
              new String(
                  (zipped ? new GZIPInputStream(body) : body).readAllBytes(),
                  StandardCharsets.UTF_8));
          byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    MDC.clear();
  }

  @Test
  void errorsShouldBeReportedWithoutWhatTheirExceptionsSay() {
    context
        .withPropertyValues(
            "parley.errors.dsn=http://key@127.0.0.1:" + server.getAddress().getPort() + "/7",
            "parley.errors.environment=staging")
        .run(
            started -> {
              MDC.put(LogFields.REQUEST, "request-7");
              log.info("an ordinary line of ann@example.org");
              log.warn("a warning");
              log.error(
                  "event {} is passed over",
                  "e-1",
                  new IllegalStateException(
                      "Key (email)=(ann@example.org)", new IOException("Bearer eyJsecret")));
              String envelope = envelopes.poll(20, TimeUnit.SECONDS);
              assertThat(envelope)
                  .contains(
                      "event e-1 is passed over",
                      "IllegalStateException",
                      "IOException",
                      "ErrorReportsTest",
                      "request-7",
                      "user-service",
                      "staging")
                  .doesNotContain("ann@example.org", "eyJsecret", "an ordinary line", "a warning");
            });
    assertThat(envelopes).isEmpty();
    assertThat(Sentry.isEnabled()).isFalse();
  }

  @Test
  void nothingShouldBeThereWithoutADsn() throws Exception {
    context
        .withPropertyValues("parley.errors.dsn=")
        .run(
            started -> {
              assertThat(started).doesNotHaveBean(ErrorReports.class);
              log.error("nobody is told");
              assertThat(Sentry.isEnabled()).isFalse();
            });
    assertThat(envelopes.poll(500, TimeUnit.MILLISECONDS)).isNull();
  }
}

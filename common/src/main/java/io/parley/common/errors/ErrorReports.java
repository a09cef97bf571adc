package io.parley.common.errors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.parley.common.logs.LogFields;
import io.sentry.Hint;
import io.sentry.Sentry;
import io.sentry.SentryEvent;
import io.sentry.SentryOptions;
import io.sentry.logback.SentryAppender;
import io.sentry.protocol.Message;
import io.sentry.protocol.SentryException;
import java.util.List;
import java.util.Map;

/**
 * Each line of level ERROR goes to the server as an event: its text, the classes and stacks of its
 * exceptions, the request, user and conversation. What the exceptions say stays here: a driver
 * quotes the row that it could not store, a parser what it could not read.
 */
final class ErrorReports {

  private static final long FLUSH_MILLIS = 2_000;

  private final ErrorProperties properties;
  private final String service;
  private final LoggerContext logging;
  private final SentryAppender appender = new SentryAppender();

  ErrorReports(ErrorProperties properties, String service, LoggerContext logging) {
    this.properties = properties;
    this.service = service;
    this.logging = logging;
  }

  void start() {
    Sentry.init(this::configure);
    appender.setName("errors");
    appender.setContext(logging);
    appender.setMinimumEventLevel(Level.ERROR);
    // Lines before the error are not sent along.
    appender.setMinimumBreadcrumbLevel(Level.OFF);
    appender.start();
    root().addAppender(appender);
  }

  void stop() {
    root().detachAppender(appender);
    appender.stop();
    Sentry.flush(FLUSH_MILLIS);
    Sentry.close();
  }

  private Logger root() {
    return logging.getLogger(Logger.ROOT_LOGGER_NAME);
  }

  private void configure(SentryOptions options) {
    options.setDsn(properties.dsn());
    options.setEnvironment(properties.environment());
    options.setTag("service", service);
    for (String field : List.of(LogFields.REQUEST, LogFields.USER, LogFields.CONVERSATION)) {
      options.addContextTag(field);
    }
    options.setEnableExternalConfiguration(false);
    options.setEnableAutoSessionTracking(false);
    options.setEnableShutdownHook(false);
    options.setSendDefaultPii(false);
    options.setSendModules(false);
    options.setMaxBreadcrumbs(0);
    options.setShutdownTimeoutMillis(FLUSH_MILLIS);
    options.setBeforeSend(ErrorReports::withoutWords);
  }

  private static SentryEvent withoutWords(SentryEvent event, Hint hint) {
    List<SentryException> exceptions = event.getExceptions();
    if (exceptions != null) {
      exceptions.forEach(exception -> exception.setValue(null));
    }
    Message message = event.getMessage();
    if (message != null) {
      message.setParams(null);
    }
    event.setExtras(Map.of());
    event.setRequest(null);
    event.setUser(null);
    event.setBreadcrumbs(List.of());
    return event;
  }
}

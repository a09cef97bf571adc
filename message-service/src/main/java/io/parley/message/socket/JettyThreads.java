package io.parley.message.socket;

import java.util.concurrent.Executors;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Jetty waits for sockets on platform threads and handles what came on virtual ones. Spring Boot
 * puts all of it on virtual threads; then a selector that waits is itself woken by the JDK's
 * poller, which is one hand-off more for each frame.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class JettyThreads implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> {

  private static final int MAX_PLATFORM_THREADS = 64;

  @Override
  public void customize(ConfigurableJettyWebServerFactory factory) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_PLATFORM_THREADS);
    threads.setName("jetty");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    factory.setThreadPool(threads);
  }
}

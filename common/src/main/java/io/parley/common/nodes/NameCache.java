package io.parley.common.nodes;

import java.security.Security;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationStartingEvent;
import org.springframework.context.ApplicationListener;

/**
 * Keeps the JVM from remembering what a name stood for, or that there was no such name, for longer
 * than a second; by itself it would be 30 s and 10 s. Before the first name is looked up, since the
 * JVM reads these settings then. What the operator has set stays.
 */
public final class NameCache implements ApplicationListener<ApplicationStartingEvent> {

  private static final String SECONDS = "1";

  @Override
  public void onApplicationEvent(ApplicationStartingEvent event) {
    keepShort("networkaddress.cache.ttl", "sun.net.inetaddr.ttl", null);
    // java.security comes with 10 for this one.
    keepShort("networkaddress.cache.negative.ttl", "sun.net.inetaddr.negative.ttl", "10");
  }

  private static void keepShort(String property, String systemProperty, @Nullable String shipped) {
    String set = Security.getProperty(property);
    if ((set == null || set.isEmpty() || set.equals(shipped))
        && System.getProperty(systemProperty) == null) {
      Security.setProperty(property, SECONDS);
    }
  }
}

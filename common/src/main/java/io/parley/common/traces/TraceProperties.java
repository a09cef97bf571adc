package io.parley.common.traces;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param endpoint where a collector takes traces by OTLP over HTTP, {@code
 *     http://collector:4318/v1/traces}; empty: there are none
 * @param ratio which part of the traces that begin here is kept, from 0 to 1
 * @param every how often what has gathered is sent
 */
@ConfigurationProperties("parley.traces")
record TraceProperties(
    @DefaultValue("") String endpoint,
    @DefaultValue("0.1") double ratio,
    @DefaultValue("5s") Duration every) {

  TraceProperties {
    endpoint = endpoint.strip();
    if (!endpoint.isEmpty() && !isEndpoint(endpoint)) {
      throw new IllegalArgumentException(
          "PARLEY_TRACES_ENDPOINT must look like http://collector:4318/v1/traces");
    }
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("PARLEY_TRACES_RATIO must be a number from 0 to 1");
    }
    if (!every.isPositive()) {
      throw new IllegalArgumentException("parley.traces.every must be more than nothing");
    }
  }

  /** Without a path it would be the address of the collector, which takes nothing there. */
  private static boolean isEndpoint(String text) {
    try {
      URI uri = new URI(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawPath().length() > 1;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  boolean isOn() {
    return !endpoint.isEmpty();
  }
}

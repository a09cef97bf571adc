package io.parley.gateway.tls;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * With {@code parley.gateway.tls.certificate} and {@code .key} the public port speaks TLS by a
 * bundle of Spring Boot, which reads renewed files while it runs, and HTTP/2 where a client offers
 * it. Without them nothing of this is set: a bundle can not be there and be empty.
 */
final class TlsSettings implements EnvironmentPostProcessor, Ordered {

  static final String BUNDLE = "edge";

  private static final String BUNDLE_PREFIX = "spring.ssl.bundle.pem." + BUNDLE + ".";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    String certificate = environment.getProperty("parley.gateway.tls.certificate", "");
    String key = environment.getProperty("parley.gateway.tls.key", "");
    if (certificate.isEmpty() && key.isEmpty()) {
      return;
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      throw new IllegalStateException(
          "PARLEY_TLS_CERTIFICATE and PARLEY_TLS_KEY belong together: one of them is empty");
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(BUNDLE_PREFIX + "keystore.certificate", file(certificate));
    settings.put(BUNDLE_PREFIX + "keystore.private-key", file(key));
    // A certificate that was replaced before its key is refused, and the old pair goes on.
    settings.put(BUNDLE_PREFIX + "keystore.verify-keys", "true");
    settings.put(BUNDLE_PREFIX + "reload-on-update", "true");
    settings.put(BUNDLE_PREFIX + "options.enabled-protocols", "TLSv1.3,TLSv1.2");
    settings.put("server.ssl.bundle", BUNDLE);
    settings.put("server.http2.enabled", "true");
    // Else the port of health and metrics, which the world does not reach, would speak TLS as well.
    settings.put("management.server.ssl.enabled", "false");
    environment.getPropertySources().addFirst(new MapPropertySource("parley-tls", settings));
  }

  private static String file(String path) {
    return "file:" + path;
  }

  /** After application.yaml is read. */
  @Override
  public int getOrder() {
    return ConfigDataEnvironmentPostProcessor.ORDER + 1;
  }
}

package io.parley.user.export;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Base URLs of the other services that hold something on users. */
@ConfigurationProperties("parley.fleet")
record FleetProperties(URI groupUrl, URI messageUrl, URI notificationUrl) {

  /** By name, in the order of the archive. */
  Map<String, URI> services() {
    Map<String, URI> services = new LinkedHashMap<>();
    services.put("group-service", groupUrl);
    services.put("message-service", messageUrl);
    services.put("notification-service", notificationUrl);
    return services;
  }
}

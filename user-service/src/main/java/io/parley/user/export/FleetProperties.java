package io.parley.user.export;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Base URLs of the other services that hold something on users; a name stands for all its
 * addresses.
 *
 * @param groupUrl base URLs of group-service
 * @param messageUrl base URLs of message-service
 * @param notificationUrl base URLs of notification-service
 */
@ConfigurationProperties("parley.fleet")
record FleetProperties(List<URI> groupUrl, List<URI> messageUrl, List<URI> notificationUrl) {

  /** By name, in the order of the archive. */
  Map<String, List<URI>> services() {
    Map<String, List<URI>> services = new LinkedHashMap<>();
    services.put("group-service", groupUrl);
    services.put("message-service", messageUrl);
    services.put("notification-service", notificationUrl);
    return services;
  }
}

package io.parley.notification.device;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param allowPrivate whether an endpoint may be http, and at an address that is not public: for
 *     tests and local runs, as any user says where this service posts to
 * @param hosts the only hosts that endpoints may have, such as {@code fcm.googleapis.com} or {@code
 *     *.push.apple.com}; empty: any
 */
@ConfigurationProperties("parley.web-push.endpoints")
public record WebPushEndpointProperties(
    @DefaultValue("false") boolean allowPrivate, @DefaultValue List<String> hosts) {}

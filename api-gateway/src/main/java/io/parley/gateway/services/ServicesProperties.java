package io.parley.gateway.services;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Base URLs of each service, for example {@code http://message-service:18083}; a name stands for
 * all addresses that it has.
 *
 * @param user base URLs of user-service
 * @param group base URLs of group-service
 * @param message base URLs of message-service
 * @param notification base URLs of notification-service
 * @param checkEvery how often each node is asked whether it is ready
 */
@ConfigurationProperties("parley.gateway.services")
public record ServicesProperties(
    List<URI> user,
    List<URI> group,
    List<URI> message,
    List<URI> notification,
    @DefaultValue("1s") Duration checkEvery) {}

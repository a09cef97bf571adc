package io.parley.gateway.services;

import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** Base URLs of the nodes of each service, for example {@code http://message-1:8080}. */
@ConfigurationProperties("parley.gateway.services")
public record ServicesProperties(
    List<URI> user, List<URI> group, List<URI> message, List<URI> notification) {}

package io.parley.gateway.edge;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param allowedOrigins web pages from elsewhere that may call the API, {@code
 *     https://app.example.org}; none by default
 * @param ownOrigin where browsers find the gateway's own pages, when that is not what the Host
 *     header says
 * @param maxAge how long a browser may remember the answer to a preflight
 */
@ConfigurationProperties("parley.gateway.cors")
record CorsProperties(
    @DefaultValue List<String> allowedOrigins,
    @Nullable URI ownOrigin,
    @DefaultValue("1h") Duration maxAge) {}

package io.parley.common.access;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param secret base64 of at least 32 bytes, the same in all services: wraps what is stored, and
 *     signs calls where {@link CallProperties#keys} has no key. The gateway has none
 * @param userUrl base URLs of user-service, which publishes the public keys and knows personal
 *     tokens; user-service itself has none
 * @param jwksUri where the public keys are (RFC 7517), if not at {@code userUrl}; empty as well
 * @param publicPaths patterns below /api that need no access token
 */
@ConfigurationProperties("parley.access")
public record AccessProperties(
    @DefaultValue("") String secret,
    @DefaultValue List<URI> userUrl,
    @Nullable URI jwksUri,
    @DefaultValue List<String> publicPaths) {}

package io.parley.common.access;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param secret base64 of at least 32 bytes, the same in the whole fleet: signs service tokens and
 *     wraps stored keys
 * @param jwksUri where user-service publishes its public keys (RFC 7517); user-service itself has
 *     none
 * @param introspectUri base URL of user-service, which knows personal tokens; user-service itself
 *     has none
 * @param publicPaths patterns below /api that need no access token
 */
@ConfigurationProperties("parley.access")
public record AccessProperties(
    String secret,
    @Nullable URI jwksUri,
    @Nullable URI introspectUri,
    @DefaultValue List<String> publicPaths) {}

package io.parley.notification.decision;

import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param url base URLs of message-service, which knows what decisions rest on; a name stands for
 *     all its addresses
 * @param connectTimeout for a connection to one of its nodes
 * @param readTimeout for an answer
 */
@Validated
@ConfigurationProperties("parley.message-service")
record FactsProperties(
    @NotEmpty List<URI> url,
    @DefaultValue("2s") @NotNull Duration connectTimeout,
    @DefaultValue("10s") @NotNull Duration readTimeout) {}

package io.parley.user.erasure;

import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param services those that hold something of users, by their {@code spring.application.name}; an
 *     erasure is done when each has answered
 * @param repeatAfter when a service that has not answered is asked again
 * @param keepStatus how long the state of an erasure that is done can still be asked for
 */
@Validated
@ConfigurationProperties("parley.erasure")
record ErasureProperties(
    @DefaultValue({"group-service", "message-service", "notification-service"}) @NotEmpty
        List<String> services,
    @DefaultValue("1m") Duration repeatAfter,
    @DefaultValue("90d") Duration keepStatus) {}

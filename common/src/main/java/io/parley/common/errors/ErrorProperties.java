package io.parley.common.errors;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param dsn of a Sentry-compatible server, {@code https://key@host/project}; empty: nothing is
 *     reported
 * @param environment by which the server tells fleets apart
 */
@ConfigurationProperties("parley.errors")
record ErrorProperties(
    @DefaultValue("") String dsn, @DefaultValue("production") String environment) {}

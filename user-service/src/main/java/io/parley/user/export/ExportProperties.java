package io.parley.user.export;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param every how long somebody has to wait between two archives
 * @param connectWithin how long a service may take to be connected to
 * @param readWithin how long a service may be silent
 */
@ConfigurationProperties("parley.exports")
record ExportProperties(
    @DefaultValue("1h") Duration every,
    @DefaultValue("2s") Duration connectWithin,
    @DefaultValue("30s") Duration readWithin) {}

package io.parley.message.mention;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param patience how long a message with an unknown name waits for user-service before it is
 *     stored without that mention; also how long user-service is left alone after that
 * @param remembered how long a node knows whose username it is
 */
@ConfigurationProperties("parley.mentions")
record MentionProperties(
    @DefaultValue("500ms") Duration patience, @DefaultValue("10m") Duration remembered) {}

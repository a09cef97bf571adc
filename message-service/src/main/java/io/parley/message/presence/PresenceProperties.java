package io.parley.message.presence;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The same on every node.
 *
 * @param beat how often a node says that it is alive
 * @param deadAfter how long a node may say nothing before another takes over what it left
 */
@ConfigurationProperties("parley.presence")
public record PresenceProperties(
    @DefaultValue("3s") Duration beat, @DefaultValue("10s") Duration deadAfter) {}

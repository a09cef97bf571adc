package io.parley.common.nodes;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param resolveEvery how often the names in the services' base URLs are looked up again
 * @param leaveDelay for how long a node that is to stop serves on after it has said that it is not
 *     ready, so that those who ask it can turn to others first
 */
@ConfigurationProperties("parley.nodes")
record NodeProperties(
    @DefaultValue("3s") Duration resolveEvery, @DefaultValue("0s") Duration leaveDelay) {}

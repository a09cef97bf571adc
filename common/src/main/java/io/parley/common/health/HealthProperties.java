package io.parley.common.health;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param timeout how long one check may take; after that it says DOWN. Less than the 2 s for which
 *     the gateway waits when it asks a node
 * @param keep for how long a check's answer is given again without a new check
 * @param optional checks without which this service serves most of what it is asked: while one is
 *     DOWN the service is DEGRADED, and ready
 * @param queueDepth messages in one queue from which on the queues are DEGRADED
 */
@ConfigurationProperties("parley.health")
record HealthProperties(
    @DefaultValue("1500ms") Duration timeout,
    @DefaultValue("1s") Duration keep,
    @DefaultValue Set<String> optional,
    @DefaultValue("10000") int queueDepth) {}

package io.parley.common.outbox;

import java.time.Instant;

/**
 * @param exchange a durable exchange, declared by the service
 * @param messageId the same for every repeat
 * @param payload becomes JSON
 */
public record OutboxEvent(
    String exchange, String routingKey, String messageId, Object payload, Instant at) {}

package io.parley.message.log;

/**
 * A value with the time at which it was written, as Cassandra has it: whatever a writer says it is.
 */
public record SimulatedCell<V>(V value, long timestamp) {}

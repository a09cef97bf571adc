package io.parley.message.chat;

/**
 * @param seq the last event that a device has received
 */
public record MarkDelivered(long seq) {}

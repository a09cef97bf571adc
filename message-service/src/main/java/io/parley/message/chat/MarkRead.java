package io.parley.message.chat;

/**
 * @param seq the last event read
 */
public record MarkRead(long seq) {}

package io.parley.message.chat;

/**
 * @param seq the last event read, or the first one that is to be unread
 */
public record MarkRead(long seq) {}

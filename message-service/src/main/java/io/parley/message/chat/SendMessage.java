package io.parley.message.chat;

import org.jspecify.annotations.Nullable;

/**
 * What a client sends.
 *
 * @param clientMessageId the client's own name for the message, 1 to 64 printable ASCII characters;
 *     a repeat must have the same
 * @param replyTo the seq of the message that this one answers
 */
public record SendMessage(
    @Nullable String clientMessageId, @Nullable String text, @Nullable Long replyTo) {}

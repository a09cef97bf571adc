package io.parley.message.chat;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends.
 *
 * @param clientMessageId the client's own name for the message, 1 to 64 printable ASCII characters;
 *     a repeat must have the same
 * @param replyTo the seq of the message that this one answers
 */
public record SendMessage(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = "[!-~]{1,64}")
        @Nullable String clientMessageId,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String text,
    @Nullable Long replyTo) {}

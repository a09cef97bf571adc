package io.parley.message.scheduled;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message to be sent later.
 *
 * @param clientMessageId as of a send; a repeat must have the same
 * @param alsoToConversation as of a send
 * @param at when: from now on, up to {@code parley.scheduled.horizon} ahead
 */
record ScheduleMessage(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, pattern = "[!-~]{1,64}")
        @Nullable String clientMessageId,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String text,
    @Nullable Long replyTo,
    @Nullable Boolean alsoToConversation,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Instant at) {}

package io.parley.message.drafts;

import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param text may be blank; empty: there is no draft any more
 * @param replyTo the seq of the message that it is to answer
 */
record WriteDraft(
    @NotNull @Schema(requiredMode = Schema.RequiredMode.REQUIRED) String text,
    @Min(1) @Nullable Long replyTo) {}

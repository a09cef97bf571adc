package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Which message is passed on.
 *
 * @param conversationId where it is; the caller must see it there
 */
public record Forward(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable ConversationId conversationId,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable Long seq) {}

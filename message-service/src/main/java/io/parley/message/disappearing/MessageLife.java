package io.parley.message.disappearing;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How long the messages of a conversation stay that are sent from now on.
 *
 * @param expireSeconds after which a message disappears; 0: they stay for good
 */
record MessageLife(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minimum = "0", maximum = "31536000")
        @Nullable Integer expireSeconds) {}

package io.parley.message.edit;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * @param text what the message is to say from now on; the rules are those of sending
 */
record EditMessage(@Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String text) {}

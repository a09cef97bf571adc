package io.parley.message.reaction;

import org.jspecify.annotations.Nullable;

/**
 * @param remove true: the reaction is to be taken back
 */
record ReactToMessage(@Nullable String emoji, @Nullable Boolean remove) {}

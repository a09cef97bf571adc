package io.parley.common.deadletters;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message in a queue of dead letters.
 *
 * @param id of what it says: two that say the same have the same
 * @param reason why it is here; null when the broker put it here
 * @param tries that were made of it
 * @param since when it was first looked at or put here; null: not noted
 * @param bytes of the whole body
 * @param body its beginning. What people wrote is sealed in it
 */
record DeadLetter(
    String id,
    @Nullable String reason,
    int tries,
    @Nullable Instant since,
    int bytes,
    String body) {}

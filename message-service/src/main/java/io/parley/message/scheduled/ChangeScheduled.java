package io.parley.message.scheduled;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is to be different; what is absent stays.
 *
 * @param at as of {@link ScheduleMessage}
 */
record ChangeScheduled(@Nullable String text, @Nullable Instant at) {}

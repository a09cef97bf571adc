package io.parley.user.erasure;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an erasure is.
 *
 * @param services when each service held nothing any more; null while it still does
 */
record ErasureView(
    UUID id,
    State state,
    Instant requestedAt,
    @Nullable Instant doneAt,
    Map<String, @Nullable Instant> services) {

  enum State {
    /** No other service has answered yet. */
    REQUESTED,
    RUNNING,
    DONE
  }
}

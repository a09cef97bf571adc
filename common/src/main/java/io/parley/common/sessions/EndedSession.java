package io.parley.common.sessions;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.UUID;

/**
 * @param sessionId of a login (claim {@code sid}) or a personal token
 */
public record EndedSession(UUID sessionId, UserId userId, Instant at) {}

package io.parley.common.access;

import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * The user behind a verified access token. A controller that takes one as a parameter is answered
 * only to users.
 *
 * @param sessionId the login that the token belongs to (claim {@code sid})
 * @param expiresAt when the token ends; a socket opened with it ends then too
 */
public record Caller(UserId id, String username, String sessionId, Instant expiresAt) {}

package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.UUID;

/**
 * A session or a personal token has ended, whatever the reason: published by user-service on {@link
 * UserEvents#EXCHANGE} with {@link #ROUTING_KEY}, from the transaction that ended it. What hangs on
 * it for longer than a socket, as a device does, ends too.
 *
 * @param sessionId of a login (claim {@code sid}) or a personal token
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SessionsEnded(UUID sessionId, UserId userId, Instant at) {

  public static final String ROUTING_KEY = "sessions.ended";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.sessions";
}

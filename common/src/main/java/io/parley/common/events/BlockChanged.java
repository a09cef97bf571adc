package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * Somebody blocked another user, or let go of it: published by user-service on {@link
 * UserEvents#EXCHANGE} with {@link #ROUTING_KEY}.
 *
 * @param active whether the block stands after it
 * @param version grows with each change of one pair, in this direction
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record BlockChanged(
    UserId blocker, UserId blocked, boolean active, long version, Instant at) {

  public static final String ROUTING_KEY = "block.changed";
}

package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * A user may show presence to others than before, by a setting or by a contact: published by
 * user-service on {@link UserEvents#EXCHANGE} with {@link #ROUTING_KEY}. Who hears of it asks anew;
 * blocks have {@link BlockChanged}.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PresenceAudienceChanged(UserId userId, Instant at) {

  public static final String ROUTING_KEY = "presence-audience.changed";
}

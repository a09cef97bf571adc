package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;

/**
 * A user has switched read receipts on or off: published by user-service on {@link
 * UserEvents#EXCHANGE} with {@link #ROUTING_KEY}. Who hears of it asks which, so the order of two
 * such events does not matter.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReadReceiptsChanged(UserId userId, Instant at) {

  public static final String ROUTING_KEY = "read-receipts.changed";
}

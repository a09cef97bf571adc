package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.UUID;

/**
 * An account is to be erased: published by user-service on {@link UserEvents#EXCHANGE} with {@link
 * #ROUTING_KEY}, again and again until every service that holds something has answered with {@link
 * ErasureAnswered}. A service that did it before answers again.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ErasureRequested(UUID erasureId, UserId userId, Messages messages, Instant at) {

  public static final String ROUTING_KEY = "erasure.requested";

  /** What becomes of the messages that the user wrote. */
  public enum Messages {
    /** They stay, under an id that leads nowhere any more. */
    KEEP_ANONYMOUS,
    REMOVE
  }
}

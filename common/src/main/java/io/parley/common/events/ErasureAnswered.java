package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A service holds nothing of the user any more: published on {@link UserEvents#EXCHANGE} with
 * {@link #ROUTING_KEY}.
 *
 * @param service the name of the service, as in its {@code spring.application.name}
 * @param counts what was erased: kind to number
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ErasureAnswered(
    UUID erasureId, String service, Instant at, Map<String, Long> counts) {

  public static final String ROUTING_KEY = "erasure.answered";
}

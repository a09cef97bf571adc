package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who did what to whom: published on {@link #EXCHANGE} with the routing key {@code audit.<action>},
 * kept by user-service.
 *
 * @param id the same for every repeat
 * @param service where it happened
 * @param actor null when nobody was logged in, or the system did it
 * @param action such as {@code group.member.banned}
 * @param targetType what kind of thing it was done to, such as {@code user}
 * @param address of the client
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AuditRecorded(
    UUID id,
    Instant at,
    String service,
    @Nullable UserId actor,
    String action,
    String targetType,
    @Nullable String targetId,
    @Nullable String address,
    @Nullable String requestId,
    Map<String, String> details) {

  /** A durable topic exchange. */
  public static final String EXCHANGE = "parley.audit";

  /** A durable quorum queue, bound to {@code audit.#}. */
  public static final String QUEUE = "parley.user-service.audit";

  public String routingKey() {
    return "audit." + action;
  }
}

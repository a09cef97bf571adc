package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.UUID;

/**
 * A mail did not reach its address: published by notification-service on {@link
 * UserEvents#EXCHANGE} with {@link #ROUTING_KEY}.
 *
 * @param mailId the same for every repeat of this event
 * @param recipient what the request of the mail had as such
 * @param status an enhanced status code (RFC 3463), {@code 5.1.1}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MailBounced(UUID mailId, String recipient, Kind kind, String status, Instant at) {

  public static final String ROUTING_KEY = "mail.bounced";

  /** What it says of the address. */
  public enum Kind {
    /** There is no such mailbox. */
    HARD,
    /** Not this mail, or not now. */
    SOFT
  }
}

package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail to be sent: published by user-service on {@link #EXCHANGE} with {@link #ROUTING_KEY}. What
 * is in it may be a secret (a link that resets a password), so no queue holds it in plain text.
 *
 * @param id the same for every repeat of this event: one mail is sent
 * @param sealed a {@link Mail} as JSON, sealed for {@link #PURPOSE} with the id as context
 * @param expiresAt from then on it is not worth sending
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MailRequested(UUID id, String sealed, Instant at, Instant expiresAt) {

  /** A durable direct exchange. */
  public static final String EXCHANGE = MessagesStored.EXCHANGE;

  public static final String ROUTING_KEY = "mails";

  /** A durable quorum queue, bound to {@link #ROUTING_KEY}. */
  public static final String QUEUE = "parley.notifications.mails";

  /** Of the {@link io.parley.common.secrets.Seal}. */
  public static final String PURPOSE = "mails";

  /**
   * @param to an email address
   * @param template the name of the text, such as {@code verify-email}
   * @param locale a BCP 47 tag
   * @param values what the text has gaps for
   * @param recipient comes back to user-service as it is, in {@link MailBounced}, which nobody else
   *     can read; null of a mail whose bounces do not matter
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Mail(
      String to,
      String template,
      String locale,
      Map<String, String> values,
      @Nullable String recipient) {}
}

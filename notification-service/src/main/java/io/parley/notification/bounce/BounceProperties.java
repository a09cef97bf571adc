package io.parley.notification.bounce;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.Properties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param secret what those must show who report bounces to {@code POST /api/v1/mail/bounces}, 16
 *     characters or more; empty: reports are not taken
 */
@Validated
@ConfigurationProperties("parley.bounces")
record BounceProperties(@DefaultValue("") String secret, @DefaultValue @Valid Mailbox mailbox) {

  private static final int MIN_SECRET_CHARS = 16;
  private static final String TIMEOUT_MILLIS = "20000";

  /** Checked here, so that a mistake ends the start. */
  BounceProperties {
    if (!secret.isEmpty() && secret.length() < MIN_SECRET_CHARS) {
      throw new IllegalArgumentException(
          "parley.bounces.secret (PARLEY_BOUNCE_SECRET) needs 16 characters or more");
    }
  }

  /**
   * A mailbox that bounces are sent to, read by IMAP. What is read is marked as seen, and bounces
   * of our mails are deleted.
   *
   * @param host empty: none is read
   * @param port of the IMAP server
   * @param user who owns the mailbox
   * @param password of that user
   * @param tls whether the connection is encrypted from the first byte; a certificate is checked
   * @param folder of the mailbox
   */
  record Mailbox(
      @DefaultValue("") String host,
      @DefaultValue("993") @Min(1) @Max(65_535) int port,
      @DefaultValue("") String user,
      @DefaultValue("") String password,
      @DefaultValue("true") boolean tls,
      @DefaultValue("INBOX") @NotNull @NotBlank String folder) {

    boolean isOn() {
      return !host.isBlank();
    }

    String protocol() {
      return tls ? "imaps" : "imap";
    }

    Properties javaMail() {
      Properties properties = new Properties();
      String prefix = "mail." + protocol() + ".";
      properties.setProperty(prefix + "connectiontimeout", TIMEOUT_MILLIS);
      properties.setProperty(prefix + "timeout", TIMEOUT_MILLIS);
      properties.setProperty(prefix + "writetimeout", TIMEOUT_MILLIS);
      properties.setProperty(prefix + "ssl.checkserveridentity", "true");
      // Reading is not seeing: a mail counts as seen once it was dealt with.
      properties.setProperty(prefix + "peek", "true");
      return properties;
    }
  }
}

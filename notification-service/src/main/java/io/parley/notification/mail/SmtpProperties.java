package io.parley.notification.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Properties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param host where mails are handed in; empty: mails wait in RabbitMQ
 * @param port of the mail server
 * @param user empty: without a login
 * @param password of that user
 * @param tls {@code auto}: STARTTLS if the server offers it; {@code required}: STARTTLS or no mail;
 *     {@code implicit}: from the first byte; {@code off}
 * @param from the sender, {@code noreply@example.org} or {@code Example Chat
 *     <noreply@example.org>}; its name is the service's in the texts
 * @param timeout for each step of a conversation with the server
 * @param bouncesTo where mails come back to, {@code bounces+{id}@example.org}: {@code {id}} becomes
 *     48 characters that say which mail it is; empty: to the sender
 */
@Validated
@ConfigurationProperties("parley.smtp")
record SmtpProperties(
    @DefaultValue("") String host,
    @DefaultValue("587") @Min(1) @Max(65_535) int port,
    @DefaultValue("") String user,
    @DefaultValue("") String password,
    @DefaultValue("") String from,
    @DefaultValue("auto") @NotNull Tls tls,
    @DefaultValue("10s") @NotNull Duration timeout,
    @DefaultValue("") String bouncesTo) {

  static final String ID = "{id}";

  private static final String NAMELESS = "Parley";

  /** RFC 5321. */
  private static final int MAX_LOCAL_CHARS = 64;

  private static final int ID_CHARS = 48;

  /** How the connection is encrypted. A certificate is always checked. */
  enum Tls {
    /** By STARTTLS, if the server offers it. */
    AUTO,
    /** By STARTTLS, or there is no mail. */
    REQUIRED,
    /** From the first byte, usually on port 465. */
    IMPLICIT,
    OFF
  }

  /** Checked here, so that a mistake ends the start and not each mail. */
  SmtpProperties {
    if (!host.isBlank()) {
      parse(from, "parley.smtp.from (PARLEY_MAIL_FROM) must be one mail address");
      if (!bouncesTo.isEmpty()) {
        String filled = bouncesTo.replace(ID, "0".repeat(ID_CHARS));
        String wrong =
            "parley.smtp.bounces-to (PARLEY_BOUNCE_ADDRESS) must be one mail address, with at most"
                + " 64 characters before the @ once {id} has become 48";
        String address = parse(filled, wrong).getAddress();
        if (!address.equals(filled) || filled.lastIndexOf('@') > MAX_LOCAL_CHARS) {
          throw new IllegalArgumentException(wrong);
        }
      }
    }
  }

  boolean isOn() {
    return !host.isBlank();
  }

  InternetAddress sender() {
    return parse(from, "");
  }

  String senderName() {
    String personal = isOn() ? sender().getPersonal() : null;
    return personal == null || personal.isBlank() ? NAMELESS : personal;
  }

  Properties javaMail() {
    String millis = Long.toString(timeout.toMillis());
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.connectiontimeout", millis);
    properties.setProperty("mail.smtp.timeout", millis);
    properties.setProperty("mail.smtp.writetimeout", millis);
    properties.setProperty("mail.smtp.auth", Boolean.toString(!user.isEmpty()));
    properties.setProperty("mail.smtp.starttls.enable", yes(tls == Tls.AUTO, tls == Tls.REQUIRED));
    properties.setProperty("mail.smtp.starttls.required", yes(tls == Tls.REQUIRED));
    properties.setProperty("mail.smtp.ssl.enable", yes(tls == Tls.IMPLICIT));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    return properties;
  }

  private static String yes(boolean... any) {
    boolean yes = false;
    for (boolean one : any) {
      yes |= one;
    }
    return Boolean.toString(yes);
  }

  private static InternetAddress parse(String text, String wrong) {
    try {
      InternetAddress[] all = InternetAddress.parse(text, true);
      if (all.length == 1) {
        all[0].validate();
        return all[0];
      }
    } catch (AddressException e) {
      // Below.
    }
    throw new IllegalArgumentException(wrong + ", as parley.smtp.host is set");
  }
}

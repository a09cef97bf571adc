package io.parley.notification.mail;

import io.parley.common.access.AccessProperties;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MessagesStored;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.secrets.Seal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests mails that this service writes itself, the way user-service requests its own: by the
 * outbox, so that a mail is requested if and only if what says so was committed.
 */
@Service
public class MailRequests {

  private final Outbox outbox;
  private final SmtpProperties smtp;
  private final Seal seal;
  private final JsonMapper json;
  private final Clock clock;

  MailRequests(
      Outbox outbox, SmtpProperties smtp, AccessProperties access, JsonMapper json, Clock clock) {
    this.outbox = outbox;
    this.smtp = smtp;
    this.seal = new Seal(access.secret(), MailRequested.PURPOSE);
    this.json = json;
    this.clock = clock;
  }

  /** Whether there is a mail server; else requests would wait in RabbitMQ for one. */
  public boolean isOn() {
    return smtp.isOn();
  }

  /**
   * @param template of a {@link LateMail}
   * @param life from then on it is not worth sending
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void request(UUID id, String template, Map<String, String> values, Duration life) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    // To whom, and in which language, is asked when it is written.
    String mail = json.writeValueAsString(new MailRequested.Mail("", template, "", values, null));
    outbox.append(
        new OutboxEvent(
            MessagesStored.EXCHANGE,
            MailRequested.ROUTING_KEY,
            id.toString(),
            new MailRequested(id, seal.sealText(mail, id.toString()), now, now.plus(life)),
            now));
  }
}

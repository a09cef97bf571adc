package io.parley.user.mail;

import io.parley.common.access.AccessProperties;
import io.parley.common.events.MailRequested;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.secrets.Seal;
import io.parley.user.account.Account;
import io.parley.user.address.Address;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks notification-service to send mails, by the outbox: a mail goes out if and only if what it
 * tells of was committed. They carry secrets, so they are sealed before they are stored anywhere.
 */
@Service
public class Mails {

  /** Of those who have not chosen. */
  private static final String LOCALE = "en";

  private final Outbox outbox;
  private final MailRecipients recipients;
  private final Seal seal;
  private final JsonMapper json;
  private final Clock clock;
  private final String publicUrl;

  Mails(
      Outbox outbox,
      MailRecipients recipients,
      AccessProperties access,
      MailProperties properties,
      JsonMapper json,
      Clock clock) {
    this.outbox = outbox;
    this.recipients = recipients;
    this.seal = new Seal(access.secret(), MailRequested.PURPOSE);
    this.json = json;
    this.clock = clock;
    this.publicUrl = properties.publicUrl().toString().replaceAll("/+$", "");
  }

  /**
   * A page's address with a secret behind the #, where neither a server's log nor a Referer shows
   * it.
   */
  public String link(String page, String token) {
    return page(page) + "#" + token;
  }

  String page(String page) {
    return publicUrl + "/" + page;
  }

  /**
   * @param life from then on it is not worth sending
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void send(
      Account account, String to, String template, Map<String, String> values, Duration life) {
    Map<String, String> all = new HashMap<>(values);
    all.put("displayName", account.displayName());
    if (account.timeZone() != null) {
      all.put("timeZone", account.timeZone());
    }
    String locale = account.locale() == null ? LOCALE : account.locale();
    UUID id = UUID.randomUUID();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String mail =
        json.writeValueAsString(
            new MailRequested.Mail(
                Address.wire(to),
                template,
                locale,
                Map.copyOf(all),
                recipients.seal(account.id(), to)));
    outbox.append(
        new OutboxEvent(
            MailRequested.EXCHANGE,
            MailRequested.ROUTING_KEY,
            id.toString(),
            new MailRequested(id, seal.sealText(mail, id.toString()), now, now.plus(life)),
            now));
  }
}

package io.parley.user.mail;

import io.parley.common.access.AccessProperties;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MessagesMissed;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.secrets.Seal;
import io.parley.user.account.Account;
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

  /** For a mail that only tells something. */
  private static final Duration NEWS_LIFE = Duration.ofDays(1);

  /** Of those who have not chosen. */
  private static final String LOCALE = "en";

  private final Outbox outbox;
  private final Seal seal;
  private final JsonMapper json;
  private final Clock clock;
  private final String publicUrl;

  Mails(
      Outbox outbox,
      AccessProperties access,
      MailProperties properties,
      JsonMapper json,
      Clock clock) {
    this.outbox = outbox;
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
    return publicUrl + "/" + page + "#" + token;
  }

  /** News for the account's owner; nothing when the address is not known to be theirs. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void tell(Account account, String template, Map<String, String> values) {
    String email = account.email();
    if (email != null && account.isEmailVerified()) {
      send(account, email, template, values, NEWS_LIFE);
    }
  }

  /**
   * @param life from then on it is not worth sending
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void send(
      Account account, String to, String template, Map<String, String> values, Duration life) {
    Map<String, String> all = new HashMap<>(values);
    all.put("displayName", account.displayName());
    String locale = account.locale() == null ? LOCALE : account.locale();
    UUID id = UUID.randomUUID();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String mail =
        json.writeValueAsString(new MailRequested.Mail(to, template, locale, Map.copyOf(all)));
    outbox.append(
        new OutboxEvent(
            MessagesMissed.EXCHANGE,
            MailRequested.ROUTING_KEY,
            id.toString(),
            new MailRequested(id, seal.sealText(mail, id.toString()), now, now.plus(life)),
            now));
  }
}

package io.parley.user.mail;

import io.parley.common.access.AccessProperties;
import io.parley.common.ids.UserId;
import io.parley.common.secrets.Seal;
import io.parley.user.account.Account;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whose a mail is, sealed: it goes along with the mail and comes back when that bounces, and nobody
 * on the way can read or make it.
 */
@Component
public class MailRecipients {

  private static final String PURPOSE = "mail-recipients";
  private static final String CONTEXT = "recipient";

  private final Seal seal;
  private final JsonMapper json;
  private final Clock clock;

  MailRecipients(AccessProperties access, JsonMapper json, Clock clock) {
    this.seal = new Seal(access.secret(), PURPOSE);
    this.json = json;
    this.clock = clock;
  }

  /**
   * @param at when the mail was asked for
   */
  public record Recipient(UserId account, String email, Instant at) {

    /** Whether it is still the account's address, and was verified at no later time. */
    public boolean isOf(Account now) {
      Instant verified = now.emailVerifiedAt();
      return account.equals(now.id())
          && email.equalsIgnoreCase(now.email())
          && (verified == null || !at.isBefore(verified));
    }
  }

  /** For a mail to this address that is asked for now. */
  public String seal(UserId account, String email) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return seal.sealText(json.writeValueAsString(new Recipient(account, email, now)), CONTEXT);
  }

  /** Empty when it is none of ours. */
  public Optional<Recipient> open(String sealed) {
    try {
      return Optional.of(json.readValue(seal.openText(sealed, CONTEXT), Recipient.class));
    } catch (JacksonException | IllegalStateException e) {
      return Optional.empty();
    }
  }
}

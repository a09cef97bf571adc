package io.parley.user.email;

import io.parley.common.access.AccessProperties;
import io.parley.common.ids.UserId;
import io.parley.common.secrets.Seal;
import io.parley.user.account.Account;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is behind the # of a link that keeps an account's address as it is. Sealed, and stored
 * nowhere: a later request makes none of them void, however many there are, so whoever has an
 * account in their hands can not ask until no link is sent that is good.
 */
@Component
class CancelTokens {

  private static final String CONTEXT = "cancel";

  private final Seal seal;
  private final JsonMapper json;
  private final EmailProperties properties;
  private final Clock clock;

  CancelTokens(AccessProperties access, JsonMapper json, EmailProperties properties, Clock clock) {
    this.seal = new Seal(access.secret(), "cancel-email");
    this.json = json;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * @param email the account's, where the link was sent
   */
  record Sent(UserId account, String email, Instant until) {}

  /** Good as long as a link to a new address that is asked for now. */
  String of(Account account) {
    Instant until = clock.instant().plus(properties.linkLife()).truncatedTo(ChronoUnit.SECONDS);
    String email = Objects.requireNonNull(account.email());
    return seal.sealText(json.writeValueAsString(new Sent(account.id(), email, until)), CONTEXT);
  }

  /** Empty when it is none of ours, or too old. */
  Optional<Sent> open(String token) {
    try {
      return Optional.of(json.readValue(seal.openText(token, CONTEXT), Sent.class))
          .filter(sent -> sent.until().isAfter(clock.instant()));
    } catch (JacksonException | IllegalStateException e) {
      return Optional.empty();
    }
  }
}

package io.parley.user.mail;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.user.account.Account;
import io.parley.user.client.Client;
import io.parley.user.metrics.UserMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tells owners what happened to their accounts, in the transaction in which it happens: of what
 * failed nobody hears. They go to an address only once its owner has verified it, not after mails
 * to it came back, and so many of a kind and no more: neither a stolen session nor a program that
 * has gone wild fills a mailbox.
 */
@Service
public class Notices {

  private static final String PAGE = "account";

  /** From then on it is not worth sending. */
  private static final Duration LIFE = Duration.ofDays(1);

  private final NoticeStore store;
  private final Mails mails;
  private final NoticeProperties properties;
  private final MeterRegistry meters;
  private final Clock clock;

  Notices(
      NoticeStore store,
      Mails mails,
      NoticeProperties properties,
      MeterRegistry meters,
      Clock clock) {
    this.store = store;
    this.mails = mails;
    this.properties = properties;
    this.meters = meters;
    this.clock = clock;
    for (Outcome outcome : Outcome.values()) {
      UserMeter.NOTICES.counter(meters, Notice.NEW_LOGIN.template(), outcome.name());
    }
  }

  /**
   * Goes to the address that is the account's now.
   *
   * @param client who did it, as far as the owner is to be told; null for nobody whom they know
   * @param facts what else is to be said; never a secret
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void tell(
      Account account, Notice notice, @Nullable Client client, Map<String, String> facts) {
    UserMeter.NOTICES
        .counter(meters, notice.template(), told(account, notice, client, facts).name())
        .increment();
  }

  private Outcome told(
      Account account, Notice notice, @Nullable Client client, Map<String, String> facts) {
    String email = account.email();
    if (email == null || !account.isEmailVerified()) {
      return Outcome.UNVERIFIED;
    }
    if (!account.isEmailReachable()) {
      return Outcome.UNREACHABLE;
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    NoticeStore.Count count =
        store.count(account.id(), notice, now, properties.within()).orElse(null);
    if (count == null || count.count() > properties.max()) {
      return Outcome.LIMITED;
    }
    Map<String, String> values = new HashMap<>();
    values.put("when", now.toString());
    if (client != null) {
      values.put("device", client.device());
      values.put("address", client.address());
    }
    if (notice.isLinked()) {
      values.put("link", mails.page(PAGE));
    }
    if (count.count() == properties.max()) {
      values.put("mutedUntil", count.since().plus(properties.within()).toString());
    }
    values.putAll(facts);
    mails.send(account, email, notice.template(), values, LIFE);
    return Outcome.ASKED;
  }

  private enum Outcome {
    /** Handed to the outbox. */
    ASKED,
    LIMITED,
    UNVERIFIED,
    UNREACHABLE
  }
}

package io.parley.user.privacy;

import io.parley.common.events.PresenceAudienceChanged;
import io.parley.common.events.ReadReceiptsChanged;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.user.account.Accounts;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The privacy settings of accounts. What they mean, {@code People} says. */
@Service
public class Privacy {

  private final PrivacyStore store;
  private final Accounts accounts;
  private final Outbox outbox;
  private final Clock clock;

  Privacy(PrivacyStore store, Accounts accounts, Outbox outbox, Clock clock) {
    this.store = store;
    this.accounts = accounts;
    this.outbox = outbox;
    this.clock = clock;
  }

  @Transactional
  public PrivacySettings get(UserId account) {
    return store.find(account).orElse(PrivacySettings.USUAL);
  }

  /** Who shows what to whom is told to the service that shows it. */
  @Transactional
  PrivacySettings set(UserId account, SetPrivacy command) {
    accounts.get(account);
    PrivacySettings before = get(account);
    PrivacySettings settings = command.over(before);
    store.save(account, settings);
    if (settings.presence() != before.presence() || settings.lastSeen() != before.lastSeen()) {
      presenceAudienceChanged(account);
    }
    if (settings.readReceipts() != before.readReceipts()) {
      readReceiptsChanged(account);
    }
    return settings;
  }

  private void readReceiptsChanged(UserId account) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    outbox.append(
        new OutboxEvent(
            UserEvents.EXCHANGE,
            ReadReceiptsChanged.ROUTING_KEY,
            "read-receipts:" + UUID.randomUUID(),
            new ReadReceiptsChanged(account, now),
            now));
  }

  /** Within the transaction that changes whom the account shows its presence to. */
  @Transactional
  public void presenceAudienceChanged(UserId account) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    outbox.append(
        new OutboxEvent(
            UserEvents.EXCHANGE,
            PresenceAudienceChanged.ROUTING_KEY,
            "presence-audience:" + UUID.randomUUID(),
            new PresenceAudienceChanged(account, now),
            now));
  }
}

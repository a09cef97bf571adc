package io.parley.notification.bounce;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.events.MailBounced;
import io.parley.common.events.MailBounced.Kind;
import io.parley.common.events.UserEvents;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.notification.mail.SentMails;
import io.parley.notification.metrics.NotificationMeter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Mails that came back. Of several reports on one mail one counts, but that a hard bounce outdoes a
 * soft one. That user-service is to be told is recorded with it.
 */
@Service
class Bounces {

  private static final Logger log = LoggerFactory.getLogger(Bounces.class);

  private final SentMails mails;
  private final BounceRecords records;
  private final Outbox outbox;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  Bounces(
      SentMails mails,
      BounceRecords records,
      Outbox outbox,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.mails = mails;
    this.records = records;
    this.outbox = outbox;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
    for (Outcome outcome : Outcome.values()) {
      NotificationMeter.BOUNCES.counter(meters, outcome.name());
    }
  }

  /** What was read was no report on a mail of ours. */
  void unreadable() {
    count(Outcome.UNREADABLE);
  }

  void take(DeliveryReport report) {
    if (report.status() == null) {
      count(Outcome.NO_FAILURE);
    } else {
      take(report.mail(), report.status());
    }
  }

  void take(UUID mail, StatusCode status) {
    count(taken(mail, status));
  }

  private Outcome taken(UUID mail, StatusCode status) {
    Optional<String> recipient = mails.recipient(mail);
    if (recipient.isEmpty()) {
      return Outcome.UNKNOWN;
    }
    Kind kind = status.kind();
    boolean isNew =
        Boolean.TRUE.equals(
            transaction.execute(state -> record(mail, recipient.get(), kind, status)));
    if (!isNew) {
      return Outcome.REPEATED;
    }
    log.info("mail {} has bounced: {} ({})", mail, status.text(), kind);
    return kind == Kind.HARD ? Outcome.HARD : Outcome.SOFT;
  }

  private boolean record(UUID mail, String recipient, Kind kind, StatusCode status) {
    if (!records.save(mail, kind, status)) {
      return false;
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    outbox.append(
        new OutboxEvent(
            UserEvents.EXCHANGE,
            MailBounced.ROUTING_KEY,
            "mail-bounced:" + mail,
            new MailBounced(mail, recipient, kind, status.text(), now),
            now));
    return true;
  }

  private void count(Outcome outcome) {
    NotificationMeter.BOUNCES.counter(meters, outcome.name()).increment();
  }

  private enum Outcome {
    HARD,
    SOFT,
    /** A delay, or a delivery. */
    NO_FAILURE,
    REPEATED,
    /** The mail is too old, or nobody is to hear of it. */
    UNKNOWN,
    UNREADABLE
  }
}

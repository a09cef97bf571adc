package io.parley.notification.mail;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.parley.common.access.AccessProperties;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MailRequested.Mail;
import io.parley.common.secrets.Seal;
import io.parley.notification.metrics.NotificationMeter;
import io.parley.notification.queue.StorePatience;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends each requested mail once. Invariant: what a report calls done is recorded in PostgreSQL.
 * Nothing of a mail's content is logged: its link may be a key to an account.
 */
@Service
class Mails {

  private static final Logger log = LoggerFactory.getLogger(Mails.class);
  private static final String EXPIRED = "EXPIRED";

  /** A mail that had nothing to say any more when it was written. */
  private static final String NEEDLESS = "NEEDLESS";

  /** For what is counted: an expired mail is not opened. */
  private static final String UNKNOWN = "unknown";

  private final MailRecords records;
  private final MailTexts texts;
  private final Map<String, LateMail> late;
  private final SmtpServer server;
  private final MailProperties properties;
  private final StorePatience patience;
  private final Seal seal;
  private final JsonMapper json;
  private final ApplicationEventPublisher events;
  private final MeterRegistry meters;
  private final Timer sends;
  private final Clock clock;

  /** For health: why the last mail was deferred; null when the server took or refused it. */
  private volatile @Nullable String trouble;

  Mails(
      MailRecords records,
      MailTexts texts,
      List<LateMail> late,
      SmtpServer server,
      MailProperties properties,
      StorePatience patience,
      AccessProperties access,
      JsonMapper json,
      ApplicationEventPublisher events,
      MeterRegistry meters,
      Clock clock) {
    this.records = records;
    this.texts = texts;
    this.late = late.stream().collect(Collectors.toMap(LateMail::template, one -> one));
    this.server = server;
    this.properties = properties;
    this.patience = patience;
    this.seal = new Seal(access.secret(), MailRequested.PURPOSE);
    this.json = json;
    this.events = events;
    this.meters = meters;
    NotificationMeter.MAILS.counter(meters, EXPIRED, UNKNOWN);
    this.sends = NotificationMeter.MAIL_TIME.timer(meters);
    this.clock = clock;
  }

  /**
   * May be repeated: a mail is sent once.
   *
   * @throws UnreadableMailException when it is no mail, now or ever
   */
  MailReport send(MailRequested requested) {
    if (!requested.expiresAt().isAfter(clock.instant())) {
      return once(requested, null, claim -> expire(claim, requested));
    }
    Mail mail = open(requested);
    MailTemplate template = MailTemplate.of(mail.template());
    if (template == null) {
      // A newer user-service may know more than this process does.
      log.error("mail {} asks for a template that is not known here", requested.id());
      return MailReport.again(Duration.ZERO);
    }
    LateMail writer = late.get(mail.template());
    if (writer != null) {
      return once(
          requested, null, claim -> writeLate(claim, requested, template, writer, mail.values()));
    }
    Letter letter = texts.write(requested.id(), mail.to(), template, mail.locale(), mail.values());
    return once(
        requested,
        mail.recipient(),
        claim -> report(requested, template, handIn(claim, requested, template, letter)));
  }

  /** What the mail server refused may be sent again: an operator has mended why. */
  void forgive(MailRequested requested) {
    patience.until(
        StorePatience.BEFORE_SEND,
        () -> {
          records.forgive(requested.id());
          return true;
        });
  }

  /** Does nothing when the mail is done with, and waits while another is at it. */
  private MailReport once(
      MailRequested requested, @Nullable String recipient, Function<UUID, MailReport> work) {
    UUID claim = UUID.randomUUID();
    boolean claimed =
        patience.until(
            StorePatience.BEFORE_SEND,
            () ->
                records.claim(
                    claim, requested.id(), recipient, requested.expiresAt(), properties.lease()));
    if (claimed) {
      return work.apply(claim);
    }
    Optional<Duration> held =
        patience.until(StorePatience.BEFORE_SEND, () -> records.held(requested.id()));
    return held.map(MailReport::again).orElse(MailReport.DONE);
  }

  private MailReport expire(UUID claim, MailRequested requested) {
    settle(claim, requested, EXPIRED, null, null);
    log.warn("mail {} has expired and is not sent", requested.id());
    tellOfExpiry(requested);
    return MailReport.DONE;
  }

  private void tellOfExpiry(MailRequested requested) {
    try {
      Mail mail = open(requested);
      LateMail writer = late.get(mail.template());
      if (writer != null) {
        ended(requested, writer, mail.values(), LateMail.End.EXPIRED);
      }
    } catch (UnreadableMailException e) {
      log.warn("mail {}, which has expired, can not be opened", requested.id());
    }
  }

  private MailReport writeLate(
      UUID claim,
      MailRequested requested,
      MailTemplate template,
      LateMail writer,
      Map<String, String> values) {
    Optional<MailContent> content;
    try {
      content = writer.write(requested.id(), values);
    } catch (LateMail.NotNowException e) {
      settle(claim, requested, SmtpOutcome.State.DEFERRED.name(), template, e.getMessage());
      log.info("mail {} is written later: {}", requested.id(), e.getMessage());
      return MailReport.again(Duration.ZERO);
    }
    if (content.isEmpty()) {
      settle(claim, requested, NEEDLESS, template, null);
      return MailReport.DONE;
    }
    String recipient = content.get().recipient();
    if (recipient != null) {
      patience.until(
          StorePatience.BEFORE_SEND,
          () -> {
            records.name(claim, requested.id(), recipient);
            return recipient;
          });
    }
    Letter letter = texts.write(requested.id(), template, content.get());
    SmtpOutcome outcome = handIn(claim, requested, template, letter);
    ended(requested, writer, values, LateMail.End.valueOf(outcome.state().name()));
    return report(requested, template, outcome);
  }

  private void ended(
      MailRequested requested, LateMail writer, Map<String, String> values, LateMail.End end) {
    patience.until(
        StorePatience.AFTER_SEND,
        () -> {
          writer.ended(requested.id(), values, end);
          return end;
        });
  }

  private SmtpOutcome handIn(
      UUID claim, MailRequested requested, MailTemplate template, Letter letter) {
    SmtpOutcome outcome = Objects.requireNonNull(sends.record(() -> server.send(letter)));
    trouble = outcome.state() == SmtpOutcome.State.DEFERRED ? outcome.why() : null;
    settle(claim, requested, outcome.state().name(), template, outcome.why());
    if (outcome.recipientStatus() != null) {
      events.publishEvent(new RecipientRefused(requested.id(), outcome.recipientStatus()));
    }
    return outcome;
  }

  private MailReport report(MailRequested requested, MailTemplate template, SmtpOutcome outcome) {
    return switch (outcome.state()) {
      case SENT -> MailReport.DONE;
      case DEFERRED -> {
        log.warn(
            "mail {} ({}) is not taken now: {}",
            requested.id(),
            template.templateName(),
            outcome.why());
        yield MailReport.again(Duration.ZERO);
      }
      case REFUSED -> {
        log.error(
            "mail {} ({}) is refused: {}", requested.id(), template.templateName(), outcome.why());
        yield MailReport.refused(String.valueOf(outcome.why()));
      }
    };
  }

  private void settle(
      UUID claim,
      MailRequested requested,
      String state,
      @Nullable MailTemplate template,
      @Nullable String error) {
    String name = template == null ? null : template.templateName();
    patience.until(
        StorePatience.AFTER_SEND, () -> records.settle(claim, requested.id(), state, name, error));
    NotificationMeter.MAILS.counter(meters, state, name == null ? UNKNOWN : name).increment();
  }

  /** Exceptions of the reader quote what they read, so none is passed on. */
  private Mail open(MailRequested requested) {
    try {
      Mail mail =
          json.readValue(seal.openText(requested.sealed(), requested.id().toString()), Mail.class);
      if (isComplete(mail)) {
        return mail;
      }
    } catch (JacksonException e) {
      // Below.
    } catch (RuntimeException e) {
      throw new UnreadableMailException("a mail that can not be opened");
    }
    throw new UnreadableMailException("a mail that lacks something");
  }

  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  private static boolean isComplete(@Nullable Mail mail) {
    return mail != null
        && mail.to() != null
        && mail.template() != null
        && mail.locale() != null
        && mail.values() != null;
  }

  /** Null when all is well. */
  @Nullable String trouble() {
    return trouble;
  }

  @Scheduled(initialDelayString = "1m", fixedDelayString = "1h")
  void cleanUp() {
    try {
      boolean more = true;
      while (more) {
        more = records.cleanUp(properties.keepRecords());
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("old mails' records are not cleaned up: {}", e.toString());
    }
  }
}

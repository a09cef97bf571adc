package io.parley.notification.digest;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.decision.Facts;
import io.parley.notification.decision.FactsClient;
import io.parley.notification.decision.UsersReading;
import io.parley.notification.digest.MailboxClient.Mailbox;
import io.parley.notification.mail.LateMail;
import io.parley.notification.mail.MailContent;
import io.parley.notification.mail.MailRequests;
import io.parley.notification.settings.Settings;
import io.parley.notification.settings.UserSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Mails of what users have not read for a while. A mail is requested in one transaction with the
 * record of it, and written when it is handed in, by the facts of that moment: what was read,
 * edited or deleted meanwhile is in none.
 *
 * <p>Nothing is told twice. A process that dies while a mail is handed in leaves a record that says
 * so, and what was in that mail counts as told: whether the mail server took it can not be known,
 * and here one mail less is better than one twice.
 */
@Service
public class Digests implements LateMail {

  static final String TEMPLATE = "digest";

  private static final Logger log = LoggerFactory.getLogger(Digests.class);

  /** In what is requested. */
  private static final String USER = "user";

  /** Longer than notifications are kept. */
  private static final Duration FORGET = Duration.ofDays(8);

  private final DigestStore store;
  private final DigestProperties properties;
  private final PublicLinks links;
  private final UnsubscribeTokens unsubscribe;
  private final Settings settings;
  private final FactsClient facts;
  private final MailboxClient mailboxes;
  private final MailRequests requests;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Digests(
      DigestStore store,
      DigestProperties properties,
      PublicLinks links,
      UnsubscribeTokens unsubscribe,
      Settings settings,
      FactsClient facts,
      MailboxClient mailboxes,
      MailRequests requests,
      TransactionTemplate transaction,
      Clock clock) {
    this.store = store;
    this.properties = properties;
    this.links = links;
    this.unsubscribe = unsubscribe;
    this.settings = settings;
    this.facts = facts;
    this.mailboxes = mailboxes;
    this.requests = requests;
    this.transaction = transaction;
    this.clock = clock;
  }

  // --- when

  /** Finds who has missed something, and requests the mails that are due. */
  @Scheduled(
      initialDelayString = "${parley.digest.look-every:1m}",
      fixedDelayString = "${parley.digest.look-every:1m}")
  void look() {
    if (!requests.isOn()) {
      return;
    }
    try {
      transaction.executeWithoutResult(
          status -> store.scan(properties.settleTime(), settings.digestByDefault()));
      int taken = properties.batch();
      while (taken == properties.batch()) {
        taken = Objects.requireNonNull(transaction.execute(status -> requestDue()));
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("what was missed is not looked through now: {}", e.toString());
    }
  }

  /** In one transaction; answers of how many users. */
  private int requestDue() {
    List<UserId> due =
        store.takeDue(
            settings.defaultDigestAfter(),
            settings.digestByDefault(),
            properties.maxInARow(),
            properties.batch());
    Map<UserId, UserSettings> theirs = settings.of(due, List.of());
    Instant now = clock.instant();
    for (UserId user : due) {
      Instant quietUntil = Objects.requireNonNull(theirs.get(user)).quietUntil(now);
      if (quietUntil == null) {
        UUID id = UUID.randomUUID();
        store.begin(user, id, properties.life());
        requests.request(id, TEMPLATE, Map.of(USER, user.toString()), properties.life());
      } else {
        store.postpone(user, quietUntil);
      }
    }
    return due.size();
  }

  // --- what

  @Override
  public String template() {
    return TEMPLATE;
  }

  @Override
  public Optional<MailContent> write(UUID id, Map<String, String> values) {
    UserId user = user(values);
    DigestStore.Row row = store.find(user).orElse(null);
    if (row == null || !id.equals(row.mailId())) {
      return Optional.empty();
    }
    if (row.covers() != null) {
      // Whoever tried before died while it was handed in.
      log.warn("mail {} may have been sent, and is not sent again", id);
      store.end(user, id, null, true, properties.every());
      return Optional.empty();
    }
    List<Missed> missed = store.missed(user, row.toldThrough(), properties.maxMessages());
    Instant newest = missed.isEmpty() ? null : missed.getFirst().sentAt();
    Unread unread = unread(user, missed);
    if (unread == null || unread.isEmpty()) {
      store.end(user, id, newest, false, Duration.ZERO);
      return Optional.empty();
    }
    if (unread.isUserThere()) {
      throw new NotNowException("the user is there");
    }
    Mailbox mailbox = mailbox(user);
    if (mailbox == null || newest == null) {
      store.end(user, id, newest, false, properties.every());
      return Optional.empty();
    }
    if (!store.handing(user, id, newest)) {
      return Optional.empty();
    }
    String token = unsubscribe.make(user);
    return Optional.of(
        new MailContent(
            mailbox.email(),
            mailbox.locale(),
            mailbox.recipient(),
            MailContent.values(
                mailbox.displayName(),
                links.chat(),
                links.unsubscribePage(token),
                links.unsubscribe(token)),
            unread.content(missed.size() == properties.maxMessages())));
  }

  /** What is still unread of it and wanted; null when the user wants no mails any more. */
  private @Nullable Unread unread(UserId user, List<Missed> missed) {
    List<ConversationId> conversations =
        missed.stream().map(Missed::conversation).distinct().toList();
    UserSettings wishes =
        Objects.requireNonNull(settings.of(List.of(user), conversations).get(user));
    if (!wishes.digest()) {
      return null;
    }
    if (wishes.isQuiet(clock.instant())) {
      throw new NotNowException("it is quiet time for the user");
    }
    return Unread.of(user, wishes, missed, facts(user, missed), clock.instant(), properties);
  }

  private Facts facts(UserId user, List<Missed> missed) {
    try {
      return facts.ask(
          missed.stream()
              .map(one -> new Facts.Question(one.conversation(), one.seq(), List.of(user)))
              .toList());
    } catch (FactsClient.AwayException | FactsClient.RefusedException e) {
      throw new NotNowException("message-service does not answer");
    }
  }

  private @Nullable Mailbox mailbox(UserId user) {
    try {
      return mailboxes.of(user);
    } catch (MailboxClient.AwayException e) {
      throw new NotNowException(String.valueOf(e.getMessage()));
    }
  }

  // --- afterwards

  @Override
  public void ended(UUID id, Map<String, String> values, End end) {
    UserId user = user(values);
    switch (end) {
      case SENT -> store.end(user, id, null, true, properties.every());
      case REFUSED -> store.end(user, id, null, false, properties.every());
      case DEFERRED -> store.notHanded(user, id);
      case EXPIRED -> store.again(user, id, properties.every());
    }
  }

  /** Whoever reads is back: after some mails that brought nobody back there were none. */
  @EventListener
  void reading(UsersReading reading) {
    store.reading(reading.users());
  }

  /** Null when nothing is kept. */
  public @Nullable DigestRecord record(UserId user) {
    return store.record(user).orElse(null);
  }

  /** All of a user's, within the caller's transaction. */
  public int erase(UserId user) {
    return store.erase(user);
  }

  @Scheduled(initialDelayString = "1m", fixedDelayString = "1h")
  void cleanUp() {
    try {
      store.cleanUp(FORGET);
    } catch (DataAccessException | TransactionException e) {
      log.warn("old digests are not cleaned up: {}", e.toString());
    }
  }

  private static UserId user(Map<String, String> values) {
    return UserId.valueOf(String.valueOf(values.get(USER)));
  }
}

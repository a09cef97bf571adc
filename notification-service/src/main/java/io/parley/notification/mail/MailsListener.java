package io.parley.notification.mail;

import io.parley.common.events.MailRequested;
import io.parley.notification.queue.Redeliveries;
import io.parley.notification.queue.RetriedQueue;
import io.parley.notification.queue.StorePatience;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * RabbitMQ edge. Returning acknowledges the message, so it comes after the outcome is in PostgreSQL
 * or a copy is confirmed in a retry or dead letter queue. An exception leaves the message with the
 * broker.
 *
 * <p>A mail that the server does not take now is tried until it expires. Without a server nothing
 * is consumed: mails wait in RabbitMQ for one.
 */
@Component
class MailsListener {

  private static final Logger log = LoggerFactory.getLogger(MailsListener.class);

  /** While PostgreSQL is away for longer than the consumers wait for it themselves. */
  private static final Duration STORE_PAUSE = Duration.ofSeconds(5);

  private final Mails mails;
  private final Redeliveries redeliveries;
  private final MailProperties properties;
  private final RetriedQueue queue;
  private final JsonMapper json;

  MailsListener(
      Mails mails,
      Redeliveries redeliveries,
      MailProperties properties,
      SmtpProperties smtp,
      JsonMapper json) {
    this.mails = mails;
    this.redeliveries = redeliveries;
    this.properties = properties;
    this.queue = properties.queue();
    this.json = json;
    redeliveries.begin(queue);
    if (smtp.isOn()) {
      log.info("mails go to {}:{}, TLS {}", smtp.host(), smtp.port(), smtp.tls());
    } else {
      log.warn("mail is OFF: {}", MailHealth.OFF);
    }
  }

  @RabbitListener(
      id = "mails",
      queues = MailRequested.QUEUE,
      concurrency = "2",
      autoStartup = "#{!'${parley.smtp.host:}'.isBlank()}")
  void on(Message message) {
    int tries = Redeliveries.tries(message) + 1;
    MailRequested requested = read(message);
    if (requested == null) {
      redeliveries.dead(queue, message, tries, "not readable");
      return;
    }
    try {
      if (Redeliveries.isResent(message)) {
        mails.forgive(requested);
      }
      MailReport report = mails.send(requested);
      if (report.refusal() != null) {
        redeliveries.dead(queue, message, tries, "refused: " + report.refusal());
      } else if (report.again() != null) {
        redeliveries.later(queue, message, tries, queue.delayAfter(tries, report.again()));
      } else {
        redeliveries.done(queue);
      }
    } catch (RuntimeException e) {
      if (StorePatience.isStoreAway(e)) {
        log.warn("PostgreSQL is still away; mail {} waits in RabbitMQ", requested.id());
        redeliveries.later(queue, message, tries - 1, queue.delayAfter(1, STORE_PAUSE));
      } else {
        poison(message, requested, tries, e);
      }
    }
  }

  /** Null when it is not what it should be; another try would read the same. */
  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  private @Nullable MailRequested read(Message message) {
    try {
      MailRequested requested = json.readValue(message.getBody(), MailRequested.class);
      if (requested != null
          && requested.id() != null
          && requested.sealed() != null
          && requested.expiresAt() != null) {
        return requested;
      }
      log.error("a mail's request lacks something, dead letter");
    } catch (JacksonException e) {
      log.error("a mail's request is not readable, dead letter: {}", e.getClass().getSimpleName());
    }
    return null;
  }

  /** Once more even for what seems unreadable: the secret may have been set wrong on this node. */
  private void poison(Message message, MailRequested requested, int tries, RuntimeException e) {
    if (tries >= properties.poisonTries()) {
      log.error("mail {} failed {} times, dead letter", requested.id(), tries, e);
      redeliveries.dead(queue, message, tries, "failed: " + e.getClass().getSimpleName());
    } else {
      log.warn("mail {} failed, try {}", requested.id(), tries, e);
      redeliveries.later(queue, message, tries, queue.delayAfter(tries, Duration.ZERO));
    }
  }
}

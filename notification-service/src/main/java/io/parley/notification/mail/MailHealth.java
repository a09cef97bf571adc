package io.parley.notification.mail;

import io.parley.common.events.MailRequested;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Says whether and where mails go. Never DOWN: a service without mail serves the rest. */
@Component("mailsHealthIndicator")
class MailHealth implements HealthIndicator {

  static final String OFF = "PARLEY_SMTP_HOST is not set; mails wait in RabbitMQ until they expire";

  private final SmtpServer server;
  private final Mails mails;
  private final AmqpAdmin broker;

  MailHealth(SmtpServer server, Mails mails, AmqpAdmin broker) {
    this.server = server;
    this.mails = mails;
    this.broker = broker;
  }

  @Override
  public Health health() {
    Health.Builder health = Health.up();
    String address = server.address();
    if (address == null) {
      health.withDetail("mail", "off").withDetail("why", OFF);
    } else {
      health.withDetail("mail", "on").withDetail("to", address);
    }
    String trouble = mails.trouble();
    if (trouble != null) {
      health.withDetail("trouble", trouble);
    }
    try {
      QueueInformation queue = broker.getQueueInfo(MailRequested.QUEUE);
      if (queue != null) {
        health.withDetail("waiting", queue.getMessageCount());
      }
    } catch (AmqpException e) {
      // RabbitMQ has a health of its own.
    }
    return health.build();
  }
}

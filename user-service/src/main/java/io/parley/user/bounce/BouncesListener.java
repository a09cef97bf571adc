package io.parley.user.bounce;

import io.parley.common.events.MailBounced;
import io.parley.user.broker.Deliveries;
import io.parley.user.broker.UserTopology;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/** RabbitMQ edge: mails that did not reach their addresses. */
@Component
class BouncesListener {

  private final Deliveries deliveries;
  private final Bounces bounces;

  BouncesListener(Deliveries deliveries, Bounces bounces) {
    this.deliveries = deliveries;
    this.bounces = bounces;
  }

  @RabbitListener(id = "mail-bounces", queues = UserTopology.MAIL_BOUNCES)
  void on(Message message) {
    deliveries.take(message, MailBounced.class, bounces::bounced);
  }
}

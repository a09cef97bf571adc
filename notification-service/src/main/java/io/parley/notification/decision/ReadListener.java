package io.parley.notification.decision;

import io.parley.common.events.ConversationsRead;
import io.parley.notification.queue.Deliveries;
import io.parley.notification.queue.RetriedQueue;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/** RabbitMQ edge: read markers that moved. */
@Component
class ReadListener {

  private final Notifications notifications;
  private final Deliveries deliveries;
  private final NotificationProperties properties;
  private final RetriedQueue queue;

  ReadListener(
      Notifications notifications, Deliveries deliveries, NotificationProperties properties) {
    this.notifications = notifications;
    this.deliveries = deliveries;
    this.properties = properties;
    this.queue = properties.read();
    deliveries.begin(queue);
  }

  @RabbitListener(id = "read", queues = ConversationsRead.QUEUE, concurrency = "2")
  void on(Message message) {
    deliveries.take(
        queue,
        properties.poisonTries(),
        message,
        ConversationsRead.class,
        EventChecks::check,
        notifications::read);
  }
}

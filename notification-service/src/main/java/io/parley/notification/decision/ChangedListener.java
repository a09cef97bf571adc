package io.parley.notification.decision;

import io.parley.common.events.MessagesChanged;
import io.parley.notification.queue.Deliveries;
import io.parley.notification.queue.RetriedQueue;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/** RabbitMQ edge: messages that were edited or deleted. */
@Component
class ChangedListener {

  private final Notifications notifications;
  private final Deliveries deliveries;
  private final NotificationProperties properties;
  private final RetriedQueue queue;

  ChangedListener(
      Notifications notifications, Deliveries deliveries, NotificationProperties properties) {
    this.notifications = notifications;
    this.deliveries = deliveries;
    this.properties = properties;
    this.queue = properties.changed();
    deliveries.begin(queue);
  }

  @RabbitListener(id = "changed", queues = MessagesChanged.QUEUE, concurrency = "2")
  void on(Message message) {
    deliveries.take(
        queue,
        properties.poisonTries(),
        message,
        MessagesChanged.class,
        EventChecks::check,
        notifications::changed);
  }
}

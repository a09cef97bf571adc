package io.parley.notification.decision;

import io.parley.common.events.MessagesStored;
import io.parley.notification.queue.Deliveries;
import io.parley.notification.queue.Redeliveries;
import io.parley.notification.queue.RetriedQueue;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/** RabbitMQ edge: messages that were stored. */
@Component
class StoredListener {

  private final Notifications notifications;
  private final Deliveries deliveries;
  private final NotificationProperties properties;
  private final RetriedQueue queue;

  StoredListener(
      Notifications notifications, Deliveries deliveries, NotificationProperties properties) {
    this.notifications = notifications;
    this.deliveries = deliveries;
    this.properties = properties;
    this.queue = properties.stored();
    deliveries.begin(queue);
  }

  @RabbitListener(id = "stored", queues = MessagesStored.QUEUE, concurrency = "4")
  void on(Message message) {
    boolean again = Redeliveries.isResent(message);
    deliveries.take(
        queue,
        properties.poisonTries(),
        message,
        MessagesStored.class,
        EventChecks::check,
        event -> notifications.stored(event, again));
  }
}

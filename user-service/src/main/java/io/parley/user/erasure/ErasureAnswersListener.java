package io.parley.user.erasure;

import io.parley.common.events.ErasureAnswered;
import io.parley.user.broker.Deliveries;
import io.parley.user.broker.UserTopology;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.stereotype.Component;

/** RabbitMQ edge: services that hold nothing of somebody any more. */
@Component
class ErasureAnswersListener {

  private final Deliveries deliveries;
  private final Erasures erasures;

  ErasureAnswersListener(Deliveries deliveries, Erasures erasures) {
    this.deliveries = deliveries;
    this.erasures = erasures;
  }

  @RabbitListener(id = "erasure-answers", queues = UserTopology.ERASURE_ANSWERS)
  void on(Message message) {
    deliveries.take(message, ErasureAnswered.class, erasures::answered);
  }
}

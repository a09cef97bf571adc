package io.parley.notification.privacy;

import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.notification.queue.ConfirmedSends;
import io.parley.notification.queue.StorePatience;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * RabbitMQ edge. The answer follows the commit. What fails is acknowledged all the same and comes
 * again: user-service repeats a request every minute until it is answered.
 */
@Component
class ErasuresListener {

  private static final Logger log = LoggerFactory.getLogger(ErasuresListener.class);

  private final PersonalData personalData;
  private final StorePatience patience;
  private final ConfirmedSends sends;
  private final JsonMapper json;
  private final Clock clock;
  private final String service;

  ErasuresListener(
      PersonalData personalData,
      StorePatience patience,
      ConfirmedSends sends,
      JsonMapper json,
      Clock clock,
      @Value("${spring.application.name}") String service) {
    this.personalData = personalData;
    this.patience = patience;
    this.sends = sends;
    this.json = json;
    this.clock = clock;
    this.service = service;
  }

  @RabbitListener(id = "erasures", queues = ErasureQueues.QUEUE, concurrency = "1")
  void on(Message message) {
    ErasureRequested request = read(message);
    if (request == null) {
      return;
    }
    try {
      Map<String, Long> counts =
          patience.until(StorePatience.BEFORE_SEND, () -> personalData.erase(request));
      log.info("erasure {}: {}", request.erasureId(), counts);
      answer(new ErasureAnswered(request.erasureId(), service, clock.instant(), counts));
    } catch (RuntimeException e) {
      log.error("erasure {} failed; it will be asked for again", request.erasureId(), e);
    }
  }

  private void answer(ErasureAnswered answered) {
    sends.send(
        UserEvents.EXCHANGE,
        ErasureAnswered.ROUTING_KEY,
        MessageBuilder.withBody(json.writeValueAsBytes(answered))
            .setContentType("application/json")
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .build());
  }

  @SuppressWarnings("NullAway") // JSON may leave out what a record says is never null.
  private @Nullable ErasureRequested read(Message message) {
    try {
      ErasureRequested request = json.readValue(message.getBody(), ErasureRequested.class);
      if (request != null && request.erasureId() != null && request.userId() != null) {
        return request;
      }
      log.error("a request for an erasure lacks something and is dropped");
    } catch (JacksonException e) {
      log.error("a request for an erasure is not readable and is dropped", e);
    }
    return null;
  }
}

package io.parley.user.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that is published on an exchange, as other services would hear it. An exchange that
 * nobody hears keeps its events in the outbox.
 */
public final class Heard implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final SimpleMessageListenerContainer container;

  private Heard(SimpleMessageListenerContainer container) {
    this.container = container;
  }

  public static Heard on(ConnectionFactory rabbit, String exchange) {
    RabbitAdmin admin = new RabbitAdmin(rabbit);
    Queue queue = new Queue("heard-" + java.util.UUID.randomUUID(), false, true, true);
    TopicExchange topic = new TopicExchange(exchange, true, false);
    admin.declareExchange(topic);
    admin.declareQueue(queue);
    Binding binding = BindingBuilder.bind(queue).to(topic).with("#");
    admin.declareBinding(binding);
    SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(rabbit);
    Heard heard = new Heard(container);
    container.setQueues(queue);
    container.setMessageListener(heard.messages::add);
    container.start();
    return heard;
  }

  public <T> List<T> all(String routingKey, Class<T> type) {
    return messages.stream()
        .filter(
            message -> routingKey.equals(message.getMessageProperties().getReceivedRoutingKey()))
        .map(message -> JSON.readValue(message.getBody(), type))
        .toList();
  }

  @Override
  public void close() {
    container.stop();
  }
}

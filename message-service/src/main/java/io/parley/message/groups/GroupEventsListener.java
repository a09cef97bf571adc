package io.parley.message.groups;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.common.traces.Span;
import io.parley.common.traces.Traces;
import io.parley.message.deletion.BulkDeletions;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ChannelProxy;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.amqp.support.converter.SimpleMessageConverter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.SimpleRabbitListenerContainerFactoryConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows group-service's changes. One queue for all nodes with a single active consumer, which has
 * {@value #UNDER_WAY} messages under way and takes them apart by their groups ({@link GroupLanes}):
 * changes of a group are applied in the order they were published, those of different groups at
 * once. A change that can not be applied now (a store is away) is tried again in place; nothing of
 * its group overtakes it.
 *
 * <p>Each message is acknowledged when it is done. If the consumer's channel ends, RabbitMQ puts
 * what is not acknowledged back to the head of the queue, in its order, and what this node has not
 * begun by then it leaves: of each group the next consumer gets an unbroken rest. A message is
 * never handed back by itself, as a quorum queue without a delivery limit puts such a one at its
 * end.
 *
 * <p>Requests to compare a group with group-service go through the same queue: what was published
 * before them has been applied when their turn comes, and nothing else changes the projection of
 * this group meanwhile.
 */
@Component
class GroupEventsListener {

  /**
   * Asks to compare a group with group-service.
   *
   * @param endIfUnknown whether it has ended if group-service does not know it
   * @param evenIfSettled compare the members though the version is the same
   */
  record Compare(UUID groupId, boolean endIfUnknown, boolean evenIfSettled) {

    Compare {
      Objects.requireNonNull(groupId);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(GroupEventsListener.class);

  /** Many more than groups are worked on at once: what waits of a group costs less together. */
  private static final int UNDER_WAY = 1024;

  /** Each has one or two requests at Cassandra, which serves sends as well. */
  private static final int AT_ONCE = 32;

  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

  static final String QUEUE = "parley.message-service.groups";

  private static final Duration LATER = Duration.ofSeconds(5);

  private final GroupProjection projection;
  private final GroupComparison comparison;
  private final BulkDeletions bulkDeletions;
  private final RabbitTemplate rabbit;
  private final Traces traces;
  private final JsonMapper json;
  private final GroupLanes<Task> lanes =
      new GroupLanes<>(AT_ONCE, GroupLanes.Waits.USUAL, this::work);
  private volatile @Nullable Channel newest;

  GroupEventsListener(
      GroupProjection projection,
      GroupComparison comparison,
      BulkDeletions bulkDeletions,
      RabbitTemplate rabbit,
      Traces traces,
      JsonMapper json) {
    this.projection = projection;
    this.comparison = comparison;
    this.bulkDeletions = bulkDeletions;
    this.rabbit = rabbit;
    this.traces = traces;
    this.json =
        json.rebuild()
            // Events of an older group-service lack what came later.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
  }

  /** Has a group compared with group-service when what is in the queue now has been applied. */
  void compareLater(Compare request) {
    rabbit.convertAndSend("", QUEUE, request);
  }

  @RabbitListener(
      queues = QUEUE,
      messageConverter = "rawMessages",
      containerFactory = "groupMessages")
  void received(Message message, Channel channel) {
    newest = channel;
    Received received =
        new Received(
            channel, message.getMessageProperties().getDeliveryTag(), traces, traces.current());
    try {
      lanes.add(task(message, received));
    } catch (AmqpRejectAndDontRequeueException e) {
      received.drop();
    }
  }

  private Task task(Message message, Received received) {
    if (QUEUE.equals(message.getMessageProperties().getReceivedRoutingKey())) {
      Compare request = readable(message, Compare.class);
      return new Task(
          request.groupId(),
          received,
          false,
          group -> {
            group.settle();
            compare(request);
          });
    }
    GroupMembersChanged change = readable(message, GroupMembersChanged.class);
    if (!isWhole(change)) {
      throw unreadable(null);
    }
    return new Task(
        change.groupId(),
        received,
        // What is to be deleted is said by no other change.
        change.deleteMessages() == null,
        group -> {
          boolean whole = group.apply(change);
          deleteMessages(change, group);
          if (!whole) {
            group.settle();
            compare(new Compare(change.groupId(), false, false));
          }
        });
  }

  private GroupLanes.Work<Task> work(UUID id) {
    GroupProjection.Group group = projection.group(id);
    return new GroupLanes.Work<>() {

      private @Nullable Task last;

      @Override
      public void apply(Task task) {
        last = task;
        task.run(group);
      }

      @Override
      public void end() {
        Objects.requireNonNull(last).settle(group);
      }
    };
  }

  /**
   * After the change: from then on its author writes no more. A repeat of a change that was applied
   * asks for it again, as the node may have died in between.
   */
  private void deleteMessages(GroupMembersChanged change, GroupProjection.Group group) {
    GroupMembersChanged.DeleteMessages wanted = change.deleteMessages();
    if (wanted != null) {
      group.flush();
      bulkDeletions.begin(
          new ConversationId(change.groupId()), wanted.author(), change.actor(), wanted.since());
    }
  }

  /**
   * One message as this consumer has it; its channel may be gone by the time it is done.
   *
   * @param traceparent of its taking; null when that is not traced
   */
  private record Received(Channel channel, long tag, Traces traces, @Nullable String traceparent) {

    /** In the trace of the message, though on the thread of its group. */
    void run(String what, Runnable work) {
      Span span =
          traceparent == null
              ? Span.NONE
              : traces.begin(Span.Kind.INTERNAL, what + " " + QUEUE, traceparent);
      try (Span.Scope scope = span.enter()) {
        work.run();
      } catch (RuntimeException e) {
        span.failed(e.getClass().getName());
        throw e;
      } finally {
        span.end();
      }
    }

    void acknowledge() {
      try {
        channel.basicAck(tag, false);
      } catch (IOException | AlreadyClosedException e) {
        log.debug("a message comes once more: {}", e.toString());
      }
    }

    void drop() {
      try {
        channel.basicReject(tag, false);
      } catch (IOException | AlreadyClosedException e) {
        log.debug("a message comes once more: {}", e.toString());
      }
    }
  }

  private record Task(
      UUID group, Received received, boolean canBeMadeGood, Consumer<GroupProjection.Group> work)
      implements GroupLanes.Task {

    void run(GroupProjection.Group group) {
      received.run("apply", () -> work.accept(group));
    }

    /** In the trace of the last of those that are settled. */
    void settle(GroupProjection.Group group) {
      received.run("settle", group::settle);
    }

    @Override
    public void done() {
      received.acknowledge();
    }

    @Override
    public void giveUp() {
      received.drop();
    }

    @Override
    public boolean isOurs() {
      return received.channel().isOpen();
    }
  }

  /**
   * Ends the channel and not only the consumer: behind one that is cancelled the next node would
   * begin with what comes after the messages that are still here.
   */
  private void stop() {
    try {
      lanes.stop(STOP_WITHIN);
      Channel channel = newest;
      if (channel instanceof ChannelProxy proxy) {
        channel = proxy.getTargetChannel();
      }
      if (channel != null) {
        channel.abort();
      }
    } catch (IOException e) {
      log.debug("the channel has ended: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> T readable(Message message, Class<T> type) {
    try {
      T read = json.readValue(message.getBody(), type);
      if (read != null) {
        return read;
      }
      throw unreadable(null);
    } catch (JacksonException e) {
      throw unreadable(e);
    }
  }

  /** JSON that lacks what must be there is read all the same. */
  private static boolean isWhole(GroupMembersChanged change) {
    return Stream.of(
                change.groupId(), change.name(), change.kind(), change.changes(), change.actor())
            .allMatch(Objects::nonNull)
        && (change.deleteMessages() == null || change.deleteMessages().author() != null)
        && change.changes().stream()
            .allMatch(member -> member != null && member.userId() != null && member.role() != null);
  }

  /** What is missing of it is found by the group's next change, or by the reconciliation. */
  private static AmqpRejectAndDontRequeueException unreadable(@Nullable JacksonException cause) {
    log.error("an unreadable change of a group is dropped", cause);
    return new AmqpRejectAndDontRequeueException("unreadable", cause);
  }

  /** While group-service is away the others' changes go on; this group's turn comes again. */
  private void compare(Compare request) {
    try {
      comparison.compare(
          new ConversationId(request.groupId()), request.endIfUnknown(), request.evenIfSettled());
    } catch (ProblemException e) {
      log.warn("group {} is compared later: {}", request.groupId(), e.getMessage());
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  Thread.sleep(LATER);
                } catch (InterruptedException interrupted) {
                  return;
                }
                compareLater(request);
              });
    }
  }

  /** What this listener needs of RabbitMQ. */
  @Configuration(proxyBeanMethods = false)
  static class Topology {

    @Bean
    Declarables groupEvents() {
      TopicExchange exchange = new TopicExchange(GroupMembersChanged.EXCHANGE, true, false);
      Queue queue =
          QueueBuilder.durable(QUEUE)
              .quorum()
              .singleActiveConsumer()
              // No limit: by default RabbitMQ 4 drops a message whose consumer died 20 times.
              .withArgument("x-delivery-limit", -1)
              .build();
      Binding binding = BindingBuilder.bind(queue).to(exchange).with("group.*");
      return new Declarables(exchange, queue, binding);
    }

    @Bean(defaultCandidate = false)
    SimpleRabbitListenerContainerFactory groupMessages(
        SimpleRabbitListenerContainerFactoryConfigurer configurer,
        ConnectionFactory connections,
        ObjectProvider<GroupEventsListener> listener) {
      SimpleRabbitListenerContainerFactory factory =
          new SimpleRabbitListenerContainerFactory() {
            @Override
            protected SimpleMessageListenerContainer createContainerInstance() {
              return new SimpleMessageListenerContainer() {
                @Override
                protected void shutdownAndWaitOrCallback(@Nullable Runnable callback) {
                  listener.getObject().stop();
                  super.shutdownAndWaitOrCallback(callback);
                }
              };
            }
          };
      configurer.configure(factory, connections);
      factory.setAcknowledgeMode(AcknowledgeMode.MANUAL);
      factory.setPrefetchCount(UNDER_WAY);
      return factory;
    }

    /** For the listener, which must look at a message before it reads it. */
    @Bean(defaultCandidate = false)
    SimpleMessageConverter rawMessages() {
      return new SimpleMessageConverter();
    }

    @Bean
    JacksonJsonMessageConverter amqpJson(JsonMapper json) {
      return new JacksonJsonMessageConverter(json);
    }
  }
}

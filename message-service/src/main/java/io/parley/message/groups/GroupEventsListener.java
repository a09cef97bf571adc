package io.parley.message.groups;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.support.converter.JacksonJsonMessageConverter;
import org.springframework.amqp.support.converter.SimpleMessageConverter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows group-service's changes. One queue for all nodes with a single active consumer: changes
 * of a group are applied in the order they were published. A change that can not be applied now (a
 * store is away) is tried again in place; order is kept, as nothing else is taken meanwhile.
 *
 * <p>Requests to compare a group with group-service go through the same queue: what was published
 * before them has been applied when their turn comes, and nothing else changes the projection
 * meanwhile.
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

  private static final int MAX_BUGS = 10;

  static final String QUEUE = "parley.message-service.groups";

  private static final Duration LATER = Duration.ofSeconds(5);

  private final GroupProjection projection;
  private final GroupComparison comparison;
  private final RabbitTemplate rabbit;
  private final JsonMapper json;

  GroupEventsListener(
      GroupProjection projection,
      GroupComparison comparison,
      RabbitTemplate rabbit,
      JsonMapper json) {
    this.projection = projection;
    this.comparison = comparison;
    this.rabbit = rabbit;
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

  @RabbitListener(queues = QUEUE, messageConverter = "rawMessages")
  void changed(Message message) {
    if (!QUEUE.equals(message.getMessageProperties().getReceivedRoutingKey())) {
      GroupMembersChanged change = readable(message, GroupMembersChanged.class);
      if (!isWhole(change)) {
        throw unreadable(null);
      }
      untilDone(
          "group " + change.groupId(),
          () -> {
            if (!projection.apply(change)) {
              compare(new Compare(change.groupId(), false, false));
            }
          });
    } else {
      Compare request = readable(message, Compare.class);
      untilDone("group " + request.groupId(), () -> compare(request));
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
                pause(LATER.toMillis());
                compareLater(request);
              });
    }
  }

  private static void untilDone(String what, Runnable work) {
    int bugs = 0;
    for (long pauseMillis = 100; ; pauseMillis = Math.min(5_000, 2 * pauseMillis)) {
      try {
        work.run();
        return;
      } catch (ProblemException e) {
        log.warn("{} waits: {}", what, e.getMessage());
      } catch (RuntimeException e) {
        // Not a store that is away: one bad change must not hold up all other groups for ever. The
        // next change of the group, or the reconciliation, finds that it is missing.
        log.error("{}", what, e);
        if (++bugs == MAX_BUGS) {
          throw new AmqpRejectAndDontRequeueException("given up", e);
        }
      }
      pause(pauseMillis);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopping; the broker keeps the change", e);
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

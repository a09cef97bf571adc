package io.parley.common.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.events.GroupMembersChanged;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

class OutboxIT extends GroupServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Autowired private RabbitTemplate rabbit;
  @Autowired private AmqpAdmin rabbitAdmin;
  @Autowired private OutboxBatches batches;
  @Autowired private TransactionTemplate transaction;
  @Autowired private OutboxStore store;
  @Autowired private Outbox outbox;
  @Autowired private JsonMapper json;

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();

  @AfterEach
  void bringRabbitmqBack() {
    rabbitmq().restore();
    await().atMost(PATIENCE).until(() -> store.count() == 0);
  }

  @Test
  void changesShouldBeToldInOrder() {
    String group = group(ann, bob);
    as(ann).delete(members(group) + "/" + bob);
    as(ann).post(members(group), user(bob));

    List<GroupMembersChanged> events = events(group, 3);

    assertThat(events).extracting(GroupMembersChanged::version).containsExactly(1L, 2L, 3L);
    assertThat(events)
        .extracting(GroupMembersChanged::kind)
        .containsExactly(
            GroupMembersChanged.Kind.CREATED,
            GroupMembersChanged.Kind.MEMBERS_REMOVED,
            GroupMembersChanged.Kind.MEMBERS_ADDED);
    assertThat(events).extracting(GroupMembersChanged::name).containsOnly("Group");
    assertThat(events).extracting(event -> event.actor().toString()).containsOnly(ann);
    assertThat(events.get(0).changes())
        .extracting(member -> member.userId() + " " + member.role().value() + " " + member.active())
        .containsExactlyInAnyOrder(ann + " owner true", bob + " member true");
    assertThat(events.get(1).changes())
        .extracting(member -> member.userId() + " " + member.role().value() + " " + member.active())
        .containsExactly(bob + " member false");
  }

  @Test
  void eventsShouldLastAndSayWhatTheyAre() {
    String group = group(ann);

    Message message = messages(group, 1).get(0);

    assertThat(message.getMessageProperties().getReceivedDeliveryMode())
        .isEqualTo(MessageDeliveryMode.PERSISTENT);
    assertThat(message.getMessageProperties().getContentType()).isEqualTo("application/json");
    assertThat(message.getMessageProperties().getReceivedRoutingKey()).isEqualTo("group." + group);
    assertThat(message.getMessageProperties().getMessageId()).isEqualTo(group + ":1");
  }

  @Test
  void aBigGroupShouldBeToldInParts() {
    List<String> many = Stream.generate(USERS::newUser).limit(1100).toList();
    Api.Answer group = as(ann).post(GROUPS, Map.of("name", "Big", "memberIds", many));

    List<GroupMembersChanged> events = events(group.at("/id"), 3);

    assertThat(group.json().get("version").asInt()).isEqualTo(3);
    assertThat(events).extracting(GroupMembersChanged::version).containsExactly(1L, 2L, 3L);
    assertThat(events)
        .extracting(GroupMembersChanged::kind)
        .containsExactly(
            GroupMembersChanged.Kind.CREATED,
            GroupMembersChanged.Kind.MEMBERS_ADDED,
            GroupMembersChanged.Kind.MEMBERS_ADDED);
    assertThat(events).extracting(event -> event.changes().size()).containsExactly(500, 500, 101);
  }

  @Test
  void changesShouldWaitWhileRabbitmqIsAway() {
    rabbitmq().cut();

    String group = group(ann, bob);
    as(bob).delete(members(group) + "/" + bob);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(health().at("/components/outbox/status")).isEqualTo("DOWN"));
    assertThat(health().json().at("/components/outbox/details/pending").asInt())
        .isGreaterThanOrEqualTo(2);
    assertThat(api().get("/actuator/health/readiness").status()).isEqualTo(200);
    assertThat(api().get("/actuator/prometheus").text()).contains("parley_outbox_pending");

    rabbitmq().restore();

    assertThat(events(group, 2)).extracting(GroupMembersChanged::version).containsExactly(1L, 2L);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(health().at("/components/outbox/status")).isEqualTo("UP"));
  }

  @Test
  void changesShouldWaitWhileNobodyTakesThem() {
    rabbitAdmin.deleteQueue(QUEUE);
    String group = group(ann);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(health().at("/components/outbox/details/failure"))
                    .contains("takes its oldest event"));
    bindQueue();

    assertThat(events(group, 1)).extracting(GroupMembersChanged::version).containsExactly(1L);
  }

  @Test
  void aCrashBeforeTheRowsAreDeletedShouldRepeatThem() {
    String group = group(ann);
    GroupMembersChanged event = events(group, 1).get(0);
    // What a relay leaves that died after RabbitMQ's confirm: the row, still there.
    append(GroupMembersChanged.EXCHANGE, "group." + group, event);

    assertThat(events(group, 1)).containsExactly(event);
  }

  @Test
  void anExchangeWithoutQueuesShouldHoldUpNoOther() {
    String other = "test.nobody-listens";
    rabbitAdmin.declareExchange(new TopicExchange(other));
    append(other, "lost", Map.of());

    String group = group(ann);

    assertThat(events(group, 1)).hasSize(1);
    assertThat(store.exchanges()).contains(other);
    rabbitAdmin.declareQueue(new Queue(other));
    rabbitAdmin.declareBinding(new Binding(other, Binding.DestinationType.QUEUE, other, "#", null));
  }

  private void append(String exchange, String routingKey, Object payload) {
    transaction.executeWithoutResult(
        status ->
            outbox.append(
                new OutboxEvent(exchange, routingKey, "message", payload, Instant.now())));
  }

  @Test
  void relaysOfSeveralInstancesShouldKeepTheOrder() {
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      groups.add(group(ann));
    }
    List<OutboxRelay> others = Stream.generate(() -> new OutboxRelay(batches)).limit(3).toList();
    others.forEach(OutboxRelay::start);
    int adds = 15;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String group : groups) {
        threads.execute(
            () -> {
              for (int i = 0; i < adds; i++) {
                as(ann).post(members(group), user(USERS.newUser()));
                others.get(i % 3).appended(new Outbox.EventAppended());
              }
            });
      }
    }

    Map<String, List<Long>> seen = versions(groups, adds + 1);
    others.forEach(OutboxRelay::stop);

    List<Long> all = LongStream.rangeClosed(1, adds + 1).boxed().toList();
    assertThat(seen.values())
        .hasSize(6)
        .allSatisfy(versions -> assertThat(versions).isEqualTo(all));
  }

  @Test
  void onlyOneRelayShouldWorkAtATime() {
    transaction.executeWithoutResult(
        status -> {
          while (!store.tryLock()) { // The service's own relay may just have it.
            Thread.onSpinWait();
          }
          try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.submit(batches::publishOldest).get().progress())
                .isEqualTo(OutboxBatches.Progress.ANOTHER_RELAYS);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private Api.Answer health() {
    return api().get("/actuator/health");
  }

  private List<GroupMembersChanged> events(String group, int count) {
    return messages(group, count).stream().map(this::read).toList();
  }

  private GroupMembersChanged read(Message message) {
    return json.readValue(
        new String(message.getBody(), StandardCharsets.UTF_8), GroupMembersChanged.class);
  }

  /** The next so many of one group; those of other tests' groups are dropped. */
  private List<Message> messages(String group, int count) {
    List<Message> taken = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Message message = rabbit.receive(QUEUE);
              while (message != null) {
                if (("group." + group)
                    .equals(message.getMessageProperties().getReceivedRoutingKey())) {
                  taken.add(message);
                }
                message = rabbit.receive(QUEUE);
              }
              return taken.size() >= count;
            });
    assertThat(taken).hasSize(count);
    return taken;
  }

  private Map<String, List<Long>> versions(List<String> groups, int each) {
    Map<String, List<Long>> seen = new ConcurrentHashMap<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Message message = rabbit.receive(QUEUE);
              while (message != null) {
                GroupMembersChanged event = read(message);
                if (groups.contains(event.groupId().toString())) {
                  seen.computeIfAbsent(event.groupId().toString(), id -> new ArrayList<>())
                      .add(event.version());
                }
                message = rabbit.receive(QUEUE);
              }
              return seen.size() == groups.size()
                  && seen.values().stream().allMatch(versions -> versions.size() >= each);
            });
    return seen;
  }
}

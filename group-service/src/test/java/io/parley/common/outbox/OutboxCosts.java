package io.parley.common.outbox;

import io.parley.common.events.GroupMembersChanged;
import io.parley.group.GroupServiceApplication;
import io.parley.group.testing.GroupServiceIT;
import io.parley.localstack.Stores;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How many events a second the relay publishes into a quorum queue, of as many as wait: run by
 * hand, on real stores. Not a test.
 *
 * <p>Arguments: how many events (20000), and how many rounds (3).
 */
final class OutboxCosts {

  private static final String PAYLOAD = "{\"changes\":\"" + "x".repeat(400) + "\"}";

  private OutboxCosts() {}

  public static void main(String[] args) throws Exception {
    int events = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    Map<String, Object> properties = new HashMap<>(Stores.shared().newSpace("group").environment());
    properties.put("PARLEY_SECRET", GroupServiceIT.SECRET);
    properties.put("PARLEY_USER_URL", "http://127.0.0.1:1");
    properties.put("PARLEY_LOG_FORMAT", "");
    properties.put("server.port", 0);
    ConfigurableApplicationContext service =
        new SpringApplicationBuilder(GroupServiceApplication.class).properties(properties).run();
    AmqpAdmin rabbit = service.getBean(AmqpAdmin.class);
    rabbit.declareQueue(QueueBuilder.durable("costs").quorum().build());
    rabbit.declareBinding(
        new Binding(
            "costs", Binding.DestinationType.QUEUE, GroupMembersChanged.EXCHANGE, "#", null));
    OutboxStore store = service.getBean(OutboxStore.class);
    OutboxRelay relay = service.getBean(OutboxRelay.class);
    for (int round = 1; round <= rounds; round++) {
      relay.stop();
      service
          .getBean(TransactionTemplate.class)
          .executeWithoutResult(
              status -> {
                for (int i = 0; i < events; i++) {
                  store.append(
                      new OutboxEvent(
                          GroupMembersChanged.EXCHANGE,
                          "group." + i % 200,
                          "costs:" + i,
                          PAYLOAD,
                          Instant.now()),
                      PAYLOAD,
                      null);
                }
              });
      long began = System.nanoTime();
      relay.start();
      while (store.count() > 0) {
        Thread.sleep(20);
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "round %d: %d in %.2f s, %.0f a second%n",
          round,
          events,
          seconds,
          events / seconds);
      rabbit.purgeQueue("costs");
    }
    System.exit(0);
  }
}

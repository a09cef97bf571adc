package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** Stores that go and come back; nobody restarts the service. */
class StoresAwayIT extends ServiceHarness {

  @Test
  void postgresAwayShouldPauseTheConsumersAndBeA503() throws Exception {
    UserId ann = user();
    String token = token("patient");
    register(ann, token, "android");
    long dead = deadLetters();

    POSTGRES.shut();
    try {
      publish(message("while away", ann));
      long start = System.nanoTime();
      HttpResponse<String> answer = call("GET", "/api/v1/devices", TOKENS.of(ann), null);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(answer.body()).contains("/store-unavailable");
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(call("GET", "/actuator/health/liveness", null, null).statusCode()).isEqualTo(200);
      sleep(Duration.ofSeconds(2));
      assertThat(pushes(token)).isEmpty();
      assertThat(deadLetters()).isEqualTo(dead);
    } finally {
      POSTGRES.open();
    }

    onlyPush(token);
    await(
        "devices again",
        () -> call("GET", "/api/v1/devices", TOKENS.of(ann), null).statusCode() == 200);
  }

  @Test
  void postgresAwayBetweenSendAndRecordShouldNotPushTwice() throws Exception {
    UserId ann = user();
    String token = token("slow-1500");
    register(ann, token, "android");

    publish(message("just then", ann));
    // The claim is made by then, and FCM takes a while yet.
    await("a send under way", () -> FCM.begun(token) > 0);
    POSTGRES.shut();
    try {
      await("push", () -> !pushes(token).isEmpty());
      // Longer than the lease.
      sleep(Duration.ofSeconds(6));
    } finally {
      POSTGRES.open();
    }

    await("settled", () -> sent(token) == 1);
    settled();
    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void rabbitmqAwayShouldBeReconnectedTo() throws Exception {
    UserId ann = user();
    String token = token("reconnected");
    register(ann, token, "android");

    RABBITMQ.shut();
    sleep(Duration.ofMillis(500));
    assertThat(call("GET", "/api/v1/devices", TOKENS.of(ann), null).statusCode()).isEqualTo(200);
    RABBITMQ.open();

    await("broker again", this::brokerAnswers);
    publish(message("after", ann));
    onlyPush(token);
  }

  @Test
  void storesAwayAtStartShouldBeWaitedFor() throws Exception {
    UserId ann = user();
    String token = token("late-stores");
    register(ann, token, "android");
    RABBITMQ.shut();
    POSTGRES.shut();
    Map<String, String> impatient = new HashMap<>(ENVIRONMENT);
    impatient.put("PARLEY_STORES_WAIT", "8s");
    CompletableFuture<ConfigurableApplicationContext> starting =
        CompletableFuture.supplyAsync(() -> anotherNode(impatient));
    try {
      sleep(Duration.ofSeconds(4));
      assertThat(starting).isNotDone();
    } finally {
      POSTGRES.open();
    }
    // Without RabbitMQ it starts and serves, once it has waited for long enough.
    try (ConfigurableApplicationContext node = starting.get(60, TimeUnit.SECONDS)) {
      assertThat(((WebServerApplicationContext) node).getWebServer()).isNotNull();
      RABBITMQ.open();
      await("broker again", this::brokerAnswers);
      publish(message("after", ann));
      onlyPush(token);
    } finally {
      // Also when it is open already.
      RABBITMQ.shut();
      RABBITMQ.open();
      // What is sent on a connection that has just broken is lost.
      await("broker again", this::brokerAnswers);
    }
  }

  private boolean brokerAnswers() {
    try {
      deadLetters();
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private long deadLetters() {
    return Objects.requireNonNull(
        rabbit.<Long>execute(channel -> channel.messageCount(MessagesStored.QUEUE + ".dead")));
  }

  private int sent(String token) {
    return jdbc.sql(
            """
            SELECT count(*) FROM push_deliveries p JOIN devices d ON d.id = p.device_id
            WHERE d.token = ? AND p.state = 'SENT'
            """)
        .param(token)
        .query(Integer.class)
        .single();
  }
}

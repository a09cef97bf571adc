package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.fleet.ServiceNode;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Promises 1 to 3 when a message node is killed with SIGKILL while clients send: they come back to
 * the other node, send again what was not acknowledged, and resume.
 */
class KilledNodeIT {

  private static final int SENDERS = 4;
  private static final int EACH = 150;

  @Test
  void acknowledgedMessagesShouldBeThereOnceAndInOneOrder() throws Exception {
    List<User> users = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      users.add(register("sender" + i));
    }
    String group =
        users
            .get(0)
            .http()
            .post(
                "/api/v1/groups",
                Map.of(
                    "name",
                    "killed",
                    "description",
                    "",
                    "memberIds",
                    users.stream().skip(1).map(User::id).toList()))
            .json()
            .get("id")
            .asString();
    Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    ServiceNode victim = FLEET.node("message-service-2");
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> senders = new ArrayList<>();
      for (User user : users) {
        senders.add(
            pool.submit(
                () -> {
                  sendAll(user, group, acknowledged);
                  return null;
                }));
      }
      while (acknowledged.size() < SENDERS * EACH / 3) {
        Thread.sleep(10);
      }
      victim.kill();
      for (Future<?> sender : senders) {
        sender.get();
      }
    } finally {
      victim.restart();
    }
    assertThat(acknowledged).hasSize(SENDERS * EACH);

    Map<String, Long> stored = new LinkedHashMap<>();
    List<Long> seqs = new ArrayList<>();
    for (JsonNode event : events(users.get(1), group, SENDERS * EACH)) {
      seqs.add(event.get("seq").asLong());
      if (event.get("type").asString().equals("MESSAGE")) {
        String key = event.get("authorId").asString() + event.get("clientMessageId").asString();
        assertThat(stored.put(key, event.get("seq").asLong())).as("doubled " + key).isNull();
      }
    }
    assertThat(seqs)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, seqs.size()).boxed().toList());
    assertThat(stored).containsExactlyInAnyOrderEntriesOf(acknowledged);
    // What one client sent one after the other stands in that order.
    for (User user : users) {
      List<Long> own = new ArrayList<>();
      for (int i = 0; i < EACH; i++) {
        own.add(stored.get(user.id() + "m" + i));
      }
      assertThat(own).isSorted();
    }
  }

  /** Sends one after the other, waiting for each ack; on a lost socket connects and sends again. */
  private static void sendAll(User user, String group, Map<String, Long> acknowledged)
      throws InterruptedException {
    StompClient client = null;
    for (int i = 0; i < EACH; ) {
      try {
        if (client == null || client.isClosed()) {
          client = user.connect();
        }
        String id = "m" + i;
        client.message(group, id, "text " + i);
        JsonNode ack =
            client.event(
                event ->
                    event.path("type").asString().equals("ACK")
                        && event.path("clientMessageId").asString().equals(id));
        acknowledged.put(user.id() + id, ack.get("seq").asLong());
        i++;
      } catch (RuntimeException | AssertionError e) {
        if (client != null) {
          client.abort();
          client = null;
        }
        Thread.sleep(200);
      }
    }
    if (client != null) {
      client.close();
    }
  }

  private static List<JsonNode> events(User user, String group, int messages)
      throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      List<JsonNode> events = new ArrayList<>();
      long after = 0;
      boolean more = true;
      while (more) {
        JsonNode page =
            user.http()
                .get(
                    "/api/v1/conversations/"
                        + group
                        + "/events?reset=false&limit=500&after="
                        + after)
                .json();
        page.get("items").forEach(events::add);
        after = page.get("next").asLong();
        more = page.get("more").asBoolean();
      }
      long found = events.stream().filter(e -> e.get("type").asString().equals("MESSAGE")).count();
      if (found >= messages || attempt == 100) {
        return events;
      }
      Thread.sleep(100);
    }
  }
}

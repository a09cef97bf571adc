package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.fleet.Fleet;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Every node of the fleet is stopped by SIGTERM and started again while people chat. Nothing is
 * lost, doubled or out of order, and no call is answered with more than a 503 that says when to try
 * again; calls to message-service, which has two nodes, not even with that.
 */
class RollingRestartIT {

  private static final int CLIENTS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** All that is asked of message-service. */
  private static final String OF_MESSAGES = "/api/v1/conversations";

  private final RestCalls rest = new RestCalls();
  private final AtomicBoolean restarting = new AtomicBoolean(true);

  @Test
  void nothingShouldBeLostDoubledOrOutOfOrder() throws Exception {
    List<User> users = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      users.add(register("rolling" + i));
    }
    String group = group(users);
    List<ChattingClient> clients =
        users.stream().map(user -> new ChattingClient(user, group, rest)).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> ends = new ArrayList<>();
      clients.forEach(client -> ends.add(threads.submit(client)));
      List<Future<?>> callers = callAll(threads, users, group);
      try {
        await(() -> clients.stream().allMatch(client -> client.acknowledged().size() > 3));
        restart("message-service-2");
        restart(Fleet.MESSAGES);
        assertThat(busyAnswers(OF_MESSAGES)).as("503s of message-service").isEmpty();
        restart(Fleet.USERS, Fleet.GROUPS, Fleet.NOTIFICATIONS);
        assertThat(rest.unconnected()).as("the gateway was there").isZero();
        restart(Fleet.GATEWAY);
        Map<ChattingClient, Integer> before = new HashMap<>();
        clients.forEach(client -> before.put(client, client.acknowledged().size()));
        await(
            () ->
                clients.stream()
                    .allMatch(c -> c.acknowledged().size() > before.getOrDefault(c, 0) + 3));
      } finally {
        restarting.set(false);
        clients.forEach(ChattingClient::finish);
      }
      try {
        for (Future<?> end : ends) {
          end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        for (Future<?> caller : callers) {
          caller.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
      } finally {
        clients.forEach(ChattingClient::abandon);
        rest.giveUp();
      }
    }
    System.out.println("answers: " + new TreeMap<>(rest.answers()));
    assertThat(rest.errors()).isEmpty();
    clients.forEach(
        client -> assertThat(client.connects()).as("was sent elsewhere").isGreaterThan(1));
    StoredLog log = StoredLog.read(users.getFirst(), group);
    log.check(clients);
    System.out.printf(
        "%d messages by sockets, %d events, connects: %s%n",
        clients.stream().mapToInt(client -> client.acknowledged().size()).sum(),
        log.events().size(),
        clients.stream().map(ChattingClient::connects).toList());
  }

  /** Of one service after the other; several services at once. */
  private static void restart(String... nodes) throws Exception {
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> restarts = new ArrayList<>();
      for (String node : nodes) {
        restarts.add(threads.submit(() -> FLEET.node(node).restart()));
      }
      for (Future<?> restart : restarts) {
        restart.get();
      }
    }
    System.out.printf(
        "restarted %s in %.1f s%n", String.join(", ", nodes), (System.nanoTime() - began) / 1e9);
  }

  /** Calls of each service, reading and writing, again and again. */
  private List<Future<?>> callAll(ExecutorService threads, List<User> users, String group) {
    List<Future<?>> callers = new ArrayList<>();
    for (User user : users) {
      callers.add(
          threads.submit(
              () -> {
                for (int i = 0; restarting.get(); i++) {
                  rest.untilAnswered(user, "GET", "/api/v1/users/me", "");
                  rest.untilAnswered(
                      user, "PATCH", "/api/v1/users/me", Map.of("displayName", "number " + i));
                  Thread.sleep(1_000);
                }
                return null;
              }));
      callers.add(
          threads.submit(
              () -> {
                for (int i = 0; restarting.get(); i++) {
                  rest.untilAnswered(user, "GET", "/api/v1/groups/" + group, "");
                  rest.untilAnswered(user, "GET", "/api/v1/devices", "");
                  Thread.sleep(1_000);
                }
                return null;
              }));
      callers.add(
          threads.submit(
              () -> {
                for (int i = 0; restarting.get(); i++) {
                  rest.untilAnswered(user, "GET", OF_MESSAGES + "?limit=10", "");
                  rest.untilAnswered(
                      user,
                      "POST",
                      OF_MESSAGES + "/" + group + "/messages",
                      Map.of("clientMessageId", "rest-" + i, "text", "by REST " + i));
                  Thread.sleep(1_000);
                }
                return null;
              }));
    }
    return callers;
  }

  private Set<String> busyAnswers(String path) {
    Set<String> busy = new HashSet<>();
    for (String answer : rest.answers().keySet()) {
      if (answer.contains(path) && answer.endsWith(" 503")) {
        busy.add(answer);
      }
    }
    return busy;
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("patience").isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static String group(List<User> users) {
    return users
        .getFirst()
        .http()
        .post(
            "/api/v1/groups",
            Map.of(
                "name",
                "rolling",
                "description",
                "",
                "memberIds",
                users.stream().skip(1).map(User::id).toList()))
        .json()
        .get("id")
        .asString();
  }
}

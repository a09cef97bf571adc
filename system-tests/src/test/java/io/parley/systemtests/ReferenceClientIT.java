package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.fleet.Fleet;
import io.parley.localstack.fleet.ServiceNode;
import io.parley.systemtests.RunningFleet.User;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The reference client (clients/js) against nodes that are killed by SIGKILL, message nodes and the
 * gateway, while several of it chat; one of them is offline for all of that, and the process of one
 * is killed as well and goes on from its store. In the end each has shown exactly the log, and each
 * message is in it once.
 */
class ReferenceClientIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Messages of a client that show that it goes on. */
  private static final int SOME = 4;

  @Test
  void eachShouldShowExactlyTheLogWhateverIsKilled() throws Exception {
    NodeProject.needNode();
    List<User> users = new ArrayList<>();
    for (String name : List.of("steady", "second", "away", "mortal")) {
      users.add(register(name));
    }
    String group = group(users);
    List<ReferenceClient> clients = new ArrayList<>();
    try {
      for (User user : users) {
        clients.add(
            new ReferenceClient(user, group, Path.of("target", "reference-client", user.name())));
      }
      chat(clients);
      await("the last events", () -> reported(clients, users.getFirst(), group));
      List<JsonNode> events = StoredLog.read(users.getFirst(), group).events();
      clients.forEach(client -> client.check(events));
      System.out.printf(
          "%d events; own messages: %s%n",
          events.size(), clients.stream().map(ReferenceClient::shown).toList());
    } finally {
      for (ReferenceClient client : clients) {
        client.kill();
      }
    }
  }

  private static void chat(List<ReferenceClient> clients) throws Exception {
    List<ReferenceClient> steady = clients.subList(0, 2);
    ReferenceClient away = clients.get(2);
    ReferenceClient mortal = clients.get(3);
    await("all to open", () -> clients.stream().allMatch(client -> client.shown() >= 0));
    clients.forEach(client -> client.order("send"));
    goOn(clients);
    away.order("offline");

    ServiceNode second = FLEET.node("message-service-2");
    second.kill();
    mortal.kill();
    goOn(steady);
    second.launch();

    mortal.relaunch();
    mortal.order("send");
    second.awaitReady();
    ServiceNode first = FLEET.node(Fleet.MESSAGES);
    first.kill();
    goOn(steady);
    goOn(List.of(mortal));

    FLEET.gateway().kill();
    first.launch();
    FLEET.gateway().launch();
    FLEET.gateway().awaitReady();
    goOn(steady);
    first.awaitReady();
    away.order("online");
    goOn(clients);
    clients.forEach(client -> client.order("quiet"));
  }

  private static void goOn(List<ReferenceClient> clients) throws InterruptedException {
    Map<ReferenceClient, Integer> before = new HashMap<>();
    clients.forEach(client -> before.put(client, client.shown()));
    await(
        "messages of " + clients.stream().map(client -> client.user().name()).toList(),
        () ->
            clients.stream()
                .allMatch(client -> client.shown() >= before.getOrDefault(client, 0) + SOME));
  }

  /** Asks them for all that the log has by now, as long as they still write some. */
  private static boolean reported(List<ReferenceClient> clients, User member, String group) {
    long head = StoredLog.read(member, group).events().getLast().get("seq").asLong();
    clients.forEach(client -> client.order("report " + head));
    return clients.stream().allMatch(client -> isWhole(client, head));
  }

  private static boolean isWhole(ReferenceClient client, long head) {
    JsonNode report = client.report();
    return report != null && report.get("log").size() >= head;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(200);
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
                "reference",
                "description",
                "",
                "memberIds",
                users.stream().skip(1).map(User::id).toList()))
        .json()
        .get("id")
        .asString();
  }
}

package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.Checkout;
import io.parley.localstack.fleet.Fleet;
import io.parley.localstack.fleet.NodeSpec;
import io.parley.localstack.fleet.ServiceDatabases;
import io.parley.localstack.process.Folders;
import io.parley.localstack.store.ClusteredStores;
import io.parley.localstack.store.StoreNode;
import io.parley.message.Http.Answer;
import io.parley.systemtests.RunningFleet.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/**
 * The fleet on stores of several servers each. While people chat, one server of each store is
 * killed with SIGKILL, or stopped with SIGSTOP, and comes back. Each time sends are acknowledged
 * again within {@link #AGAIN_WITHIN}; nothing acknowledged is lost, doubled or reordered, and each
 * missed message is pushed once.
 */
@DisabledIfEnvironmentVariable(named = "PARLEY_STORES", matches = "docker")
class ClusteredStoresIT {

  private static final int CLIENTS = 4;

  /** For two busy cores; what is usual is in docs/operate/stores.md. */
  private static final Duration AGAIN_WITHIN = Duration.ofSeconds(60);

  /** Until a server that was started again takes part in all. */
  private static final Duration BACK_WITHIN = Duration.ofSeconds(90);

  private static final Duration END_WITHIN = Duration.ofSeconds(60);
  private static final Duration BETWEEN_MISSED = Duration.ofMillis(300);
  private static final Duration BETWEEN_READS = Duration.ofMillis(500);
  private static final Duration QUIET = Duration.ofSeconds(3);

  /** That of what is stored. */
  private static final String MISSED = "parley.notifications.stored";

  private static final String FROM_REPLICA = "reads go to the replica";
  private static final Path FOLDER = Path.of("target", "clustered");

  private static ClusteredStores stores;
  private static Fleet fleet;
  private static Registration registration;

  private final RestCalls rest = new RestCalls();
  private final AtomicBoolean chatting = new AtomicBoolean(true);

  /** clientMessageId → id of the messages to the one who is absent. */
  private final Map<String, String> missed = new ConcurrentHashMap<>();

  private final List<ChattingClient> clients = new ArrayList<>();
  private final Silence restSilence = new Silence();

  @BeforeAll
  static void start() throws IOException {
    Folders.delete(FOLDER.toAbsolutePath());
    stores = ClusteredStores.start(Checkout.root(), FOLDER.resolve("stores"), System.out::println);
    ServiceDatabases.create(stores.addresses());
    fleet =
        Fleet.builder(FOLDER.resolve("fleet"))
            .environment(stores.environment())
            .environment(Map.of("PARLEY_LIMIT_SCALE", "100000"))
            .jvmOption("-XX:TieredStopAtLevel=1")
            .jvmOption("-Xmx192m")
            .services()
            .node(NodeSpec.of(Fleet.MESSAGES).named("message-service-2"))
            .progress(System.out::println)
            .build()
            .start();
    registration = new Registration(fleet);
  }

  @AfterAll
  static void stop() {
    if (fleet != null) {
      fleet.close();
    }
    if (stores != null) {
      stores.close();
    }
  }

  @Test
  void chatShouldGoOnWhileAServerOfEachStoreIsDead() throws Exception {
    chatDuring(
        (group, device) -> {
          replaceRedisMaster(group);
          replaceQueueLeader(device);
          missCassandraNode();
          missPostgresReplica();
        });
  }

  /** Alive, with its connections open, and silent: nobody is told that it is gone. */
  @Test
  void chatShouldGoOnWhileAServerOfEachStoreIsFrozen() throws Exception {
    chatDuring(
        (group, device) -> {
          StoreNode node = stores.cassandra().last();
          freeze(node, () -> awaitSends("a Cassandra node was frozen"));
          await(BACK_WITHIN, ClusteredStoresIT::allReplicasAnswer);
          awaitSends("the Cassandra node goes on");
          StoreNode master = stores.redis().master();
          freeze(
              master,
              () -> {
                await(AGAIN_WITHIN, () -> stores.redis().master() != master);
                awaitSends("Redis' master was frozen");
              });
          await(BACK_WITHIN, () -> stores.redis().follows(master));
          awaitSends("Redis' master goes on as a replica");
          freeze(
              stores.rabbitmq().leaderOf(MISSED),
              () -> {
                awaitSends("RabbitMQ's leader of the missed messages was frozen");
                awaitPushes(device);
              });
          await(BACK_WITHIN, () -> stores.rabbitmq().membersOnline(MISSED) == 3);
          awaitSends("RabbitMQ's node goes on");
        });
  }

  private interface Step {
    void run() throws Exception;
  }

  private interface Trouble {
    void make(String group, String device) throws Exception;
  }

  private static void freeze(StoreNode node, Step meanwhile) throws Exception {
    node.freeze();
    try {
      meanwhile.run();
    } finally {
      node.thaw();
    }
  }

  private void chatDuring(Trouble trouble) throws Exception {
    List<User> users = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      users.add(registration.register("clustered" + i));
    }
    User absent = registration.register("absent");
    String device = device(absent);
    User ann = users.getFirst();
    String direct = ann.directWith(absent);
    String group = group(users);
    users.forEach(user -> clients.add(new ChattingClient(user, group, rest)));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> ends = new ArrayList<>();
      clients.forEach(client -> ends.add(threads.submit(client)));
      ends.add(threads.submit(() -> sendMissed(ann, direct)));
      users.forEach(user -> ends.add(threads.submit(() -> read(user, group))));
      try {
        awaitSends("before");
        await(BACK_WITHIN, () -> timesFromReplica(Fleet.USERS) > 0);
        await(BACK_WITHIN, () -> timesFromReplica(Fleet.GROUPS) > 0);
        trouble.make(group, device);
      } finally {
        chatting.set(false);
        clients.forEach(ChattingClient::finish);
      }
      try {
        for (Future<?> end : ends) {
          end.get(END_WITHIN.toSeconds(), TimeUnit.SECONDS);
        }
      } finally {
        clients.forEach(ChattingClient::abandon);
        rest.giveUp();
      }
    }
    System.out.println("answers: " + new TreeMap<>(rest.answers()));
    assertThat(rest.errors()).isEmpty();
    StoredLog.read(ann, group).check(clients);
    Map<String, Long> stored = StoredLog.read(absent, direct).messages();
    assertThat(stored.keySet())
        .containsExactlyInAnyOrderElementsOf(
            missed.keySet().stream().map(id -> ann.id() + id).toList());
    awaitPushes(device);
    List<String> pushed = new Pushes(fleet, device).quietFor(QUIET);
    assertThat(pushed).containsExactlyInAnyOrderElementsOf(missed.values());
    System.out.printf(
        "%d messages by sockets, %d pushes%n",
        clients.stream().mapToInt(client -> client.acknowledged().size()).sum(), pushed.size());
  }

  /**
   * Its replicas may lack what it gave out last, so nothing that they know counts: each
   * conversation begins a new epoch (ADR 0003).
   */
  private void replaceRedisMaster(String group) throws Exception {
    StoreNode killed = stores.redis().master();
    long epoch = epochOf(group);
    long began = System.nanoTime();
    killed.kill();
    await(AGAIN_WITHIN, () -> stores.redis().master() != killed);
    say("the Sentinels name another master", began);
    awaitSends("Redis' master was killed");
    assertThat(epochOf(group)).isGreaterThan(epoch);
    killed.start();
    await(BACK_WITHIN, () -> stores.redis().follows(killed));
    say("the former master follows, after its death", began);
    awaitSends("Redis' master came back as a replica");
  }

  private void replaceQueueLeader(String device) throws Exception {
    StoreNode killed = stores.rabbitmq().leaderOf(MISSED);
    killed.kill();
    awaitSends("RabbitMQ's leader of the missed messages was killed");
    awaitPushes(device);
    killed.start();
    await(BACK_WITHIN, () -> stores.rabbitmq().membersOnline(MISSED) == 3);
    awaitSends("RabbitMQ's node came back");
  }

  /** Of all that was sent up to now. */
  private void awaitPushes(String device) throws InterruptedException {
    long began = System.nanoTime();
    Set<String> sent = new HashSet<>(missed.values());
    await(
        AGAIN_WITHIN,
        () -> new HashSet<>(new Pushes(fleet, device).messageIds()).containsAll(sent));
    say("all pushed that had been sent", began);
  }

  private void missCassandraNode() throws Exception {
    StoreNode killed = stores.cassandra().last();
    killed.kill();
    awaitSends("a Cassandra node was killed");
    killed.start();
    await(BACK_WITHIN, ClusteredStoresIT::allReplicasAnswer);
    awaitSends("the Cassandra node came back");
  }

  private void missPostgresReplica() throws Exception {
    long users = timesFromReplica(Fleet.USERS);
    long groups = timesFromReplica(Fleet.GROUPS);
    stores.postgres().killReplica();
    awaitSends("PostgreSQL's replica was killed");
    stores.postgres().startReplica();
    await(BACK_WITHIN, () -> timesFromReplica(Fleet.USERS) > users);
    await(BACK_WITHIN, () -> timesFromReplica(Fleet.GROUPS) > groups);
    awaitSends("PostgreSQL's replica came back");
  }

  private static long epochOf(String conversation) throws IOException {
    List<List<String>> rows =
        stores
            .cassandra()
            .fromAllReplicas(
                "SELECT cast(epoch AS text) FROM parley.log_epochs WHERE conversation_id = "
                    + conversation);
    return Long.parseLong(rows.getFirst().getFirst());
  }

  private static boolean allReplicasAnswer() {
    try {
      stores.cassandra().fromAllReplicas("SELECT cast(count(*) AS text) FROM parley.log_epochs");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns when every client has four messages more acknowledged, the last three of which it wrote
   * after this call at the earliest, and as many more were sent to the one who is absent.
   */
  private void awaitSends(String after) throws InterruptedException {
    long began = System.nanoTime();
    Map<ChattingClient, Integer> before = new HashMap<>();
    clients.forEach(client -> before.put(client, client.acknowledged().size()));
    int missedBefore = missed.size();
    await(
        AGAIN_WITHIN,
        () ->
            clients.stream().allMatch(c -> c.acknowledged().size() > before.getOrDefault(c, 0) + 3)
                && missed.size() > missedBefore + 3);
    Duration silence =
        clients.stream()
            .map(client -> client.silence().takeLongest())
            .max(Comparator.naturalOrder())
            .orElseThrow();
    say(
        "%s: four more of each sender acknowledged, the longest silence %.1f s on a socket, %.1f s by REST,"
            .formatted(after, silence.toMillis() / 1e3, restSilence.takeLongest().toMillis() / 1e3),
        began);
  }

  private Void sendMissed(User ann, String direct) throws InterruptedException {
    for (int i = 0; chatting.get(); i++) {
      String id = "missed-" + i;
      Answer answer =
          rest.untilAnswered(
              ann,
              "POST",
              "/api/v1/conversations/" + direct + "/messages",
              Map.of("clientMessageId", id, "text", "text of " + id));
      missed.put(id, answer.json().get("id").asString());
      restSilence.end();
      Thread.sleep(BETWEEN_MISSED);
    }
    return null;
  }

  /** What the services read from PostgreSQL's replica, and a write of each now and then. */
  private Void read(User user, String group) throws InterruptedException {
    for (int i = 0; chatting.get(); i++) {
      rest.untilAnswered(user, "GET", "/api/v1/users/me", "");
      rest.untilAnswered(user, "GET", "/api/v1/groups/" + group, "");
      rest.untilAnswered(user, "GET", "/api/v1/conversations?limit=10", "");
      if (i % 20 == 0) {
        rest.untilAnswered(user, "PATCH", "/api/v1/users/me", Map.of("displayName", "number " + i));
      }
      Thread.sleep(BETWEEN_READS);
    }
    return null;
  }

  /** How many times a service has begun to read from the replica. */
  private static long timesFromReplica(String service) throws IOException {
    return Files.readAllLines(fleet.node(service).log()).stream()
        .filter(line -> line.contains(FROM_REPLICA))
        .count();
  }

  private static String device(User user) {
    String token = "device-" + user.id();
    Answer answer = user.http().post("/api/v1/devices", Map.of("token", token, "platform", "ios"));
    assertThat(answer.status()).isEqualTo(201);
    return token;
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Duration limit, Condition condition) throws InterruptedException {
    long began = System.nanoTime();
    boolean holds = false;
    while (!holds) {
      assertThat(Duration.ofNanos(System.nanoTime() - began)).as("patience").isLessThan(limit);
      try {
        holds = condition.holds();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      Thread.sleep(50);
    }
  }

  private static void say(String what, long since) {
    System.out.println("%s after %.1f s".formatted(what, (System.nanoTime() - since) / 1e9));
  }

  private static String group(List<User> users) {
    return users
        .getFirst()
        .http()
        .post(
            "/api/v1/groups",
            Map.of(
                "name",
                "clustered",
                "description",
                "",
                "memberIds",
                users.stream().skip(1).map(User::id).toList()))
        .json()
        .get("id")
        .asString();
  }
}

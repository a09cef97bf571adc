package io.parley.systemtests.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts a bounded load on a running fleet on this machine and prints what it cost: see {@code
 * scripts/load.sh}.
 *
 * <pre>
 * load GATEWAY [--sockets URL] [--clients 500] [--group 50] [--messages 2000] [--senders 1] [--rounds 3]
 * load GATEWAY [--sockets URL] --idle 2000 --pid PID     heap of a Java process for each idle socket
 * </pre>
 */
public final class Load {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String TEXT = "x".repeat(100);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI gateway;
  private final URI sockets;

  private record User(String id, String token) {}

  private Load(URI gateway, URI sockets) {
    this.gateway = gateway;
    this.sockets = sockets;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 1; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    URI gateway = URI.create(args[0]);
    if (!"127.0.0.1".equals(gateway.getHost()) && !"localhost".equals(gateway.getHost())) {
      System.err.println("only a fleet on this machine is put under load");
      System.exit(2);
    }
    Load load = new Load(gateway, URI.create(options.getOrDefault("--sockets", args[0])));
    if (options.containsKey("--idle")) {
      load.idle(
          Integer.parseInt(options.getOrDefault("--idle", "0")), options.getOrDefault("--pid", ""));
    } else {
      load.deliver(
          Integer.parseInt(options.getOrDefault("--clients", "500")),
          Integer.parseInt(options.getOrDefault("--group", "50")),
          Integer.parseInt(options.getOrDefault("--messages", "2000")),
          Integer.parseInt(options.getOrDefault("--senders", "1")),
          Integer.parseInt(options.getOrDefault("--rounds", "3")));
    }
    System.exit(0);
  }

  private void deliver(int clients, int groupSize, int messages, int senders, int rounds)
      throws Exception {
    List<User> users = users(clients);
    try (LoadSockets load = new LoadSockets()) {
      List<String> conversations = new ArrayList<>();
      for (int i = 0; i < clients; i += groupSize) {
        conversations.add(group(users.subList(i, i + groupSize)));
      }
      List<LoadSockets.Client> connected = new ArrayList<>();
      for (User user : users) {
        connected.add(load.connect(sockets, user.token()));
      }
      System.out.printf("%d clients in groups of %d%n", clients, groupSize);
      for (int round = 0; round < rounds; round++) {
        round(load, connected, conversations, groupSize, messages, senders);
      }
    }
  }

  /** In each group {@code senders} clients send, each its next message when the last is acked. */
  private void round(
      LoadSockets load,
      List<LoadSockets.Client> connected,
      List<String> conversations,
      int groupSize,
      int messages,
      int senders)
      throws Exception {
    long expected = load.deliveries.get() + (long) messages * groupSize;
    Map<String, Double> before = CpuSeconds.byRole();
    long start = System.nanoTime();
    AtomicInteger left = new AtomicInteger(messages);
    for (int group = 0; group < conversations.size(); group++) {
      String conversation = conversations.get(group);
      for (int s = 0; s < senders; s++) {
        LoadSockets.Client client = connected.get(group * groupSize + s);
        client.onAck = acked -> sendNext(acked, conversation, left);
        sendNext(client, conversation, left);
      }
    }
    while (load.deliveries.get() < expected) {
      Thread.sleep(5);
      if (System.nanoTime() - start > 60_000_000_000L) {
        System.out.println("gave up");
        break;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long deliveries = load.deliveries.get() - (expected - (long) messages * groupSize);
    Map<String, Double> used = new TreeMap<>(CpuSeconds.byRole());
    used.replaceAll((role, total) -> total - before.getOrDefault(role, 0.0));
    double all = used.values().stream().mapToDouble(Double::doubleValue).sum();
    System.out.printf(
        Locale.ROOT,
        "%d messages, %d deliveries in %.1f s (%.0f/s), errors %d, closed %d%n",
        messages,
        deliveries,
        seconds,
        deliveries / seconds,
        load.errors.get(),
        load.closed.get());
    used.forEach(
        (role, cpu) -> {
          if (cpu > 0) {
            System.out.printf(
                Locale.ROOT,
                "  %-22s %6.2f s   %6.2f s per 100,000 deliveries   %6.3f ms a message%n",
                role,
                cpu,
                cpu * 100_000 / deliveries,
                cpu * 1000 / messages);
          }
        });
    System.out.printf(
        Locale.ROOT,
        "  %-22s %6.2f s   %6.2f s per 100,000 deliveries   %6.3f ms a message%n",
        "all",
        all,
        all * 100_000 / deliveries,
        all * 1000 / messages);
  }

  private static void sendNext(LoadSockets.Client client, String conversation, AtomicInteger left) {
    if (left.getAndDecrement() > 0) {
      client.send(
          "SEND\ndestination:/app/conversations/"
              + conversation
              + "/messages\n\n{\"clientMessageId\":\""
              + UUID.randomUUID()
              + "\",\"text\":\""
              + TEXT
              + "\"}\0");
    }
  }

  private void idle(int count, String pid) throws Exception {
    List<User> users = users(10);
    try (LoadSockets load = new LoadSockets()) {
      for (User user : users) {
        load.connect(sockets, user.token());
      }
      long before = heapBytes(pid);
      for (int i = 0; i < count; i++) {
        load.connect(sockets, users.get(i % users.size()).token());
      }
      Thread.sleep(3_000);
      long after = heapBytes(pid);
      System.out.printf(
          Locale.ROOT,
          "%d idle sockets: %.1f kB of heap each%n",
          count,
          (after - before) / 1000.0 / count);
    }
  }

  /** Live heap of a Java process, after a full collection. */
  private static long heapBytes(String pid) throws IOException, InterruptedException {
    String jcmd = System.getProperty("java.home") + "/bin/jcmd";
    new ProcessBuilder(jcmd, pid, "GC.run").start().waitFor();
    Process process = new ProcessBuilder(jcmd, pid, "GC.class_histogram").start();
    String[] lines = new String(process.getInputStream().readAllBytes()).split("\n");
    String[] total = lines[lines.length - 1].trim().split("\\s+");
    return Long.parseLong(total[2]);
  }

  private List<User> users(int count) throws Exception {
    String run = UUID.randomUUID().toString().substring(0, 8);
    List<Future<User>> futures = new ArrayList<>();
    List<User> users = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < count; i++) {
        String name = "load_" + run + "_" + i;
        futures.add(
            pool.submit(
                () -> {
                  JsonNode json =
                      post(
                          "/api/v1/auth/register",
                          "",
                          Map.of(
                              "username",
                              name,
                              "email",
                              name + "@example.org",
                              "password",
                              "seven otters under lanterns " + run,
                              "displayName",
                              name));
                  return new User(
                      json.get("user").get("id").asString(), json.get("accessToken").asString());
                }));
      }
      for (Future<User> future : futures) {
        users.add(future.get());
      }
    }
    return users;
  }

  private String group(List<User> members) throws Exception {
    if (members.size() == 2) {
      return post(
              "/api/v1/conversations/direct",
              members.get(0).token(),
              Map.of("userId", members.get(1).id()))
          .get("id")
          .asString();
    }
    return post(
            "/api/v1/groups",
            members.get(0).token(),
            Map.of(
                "name",
                "load",
                "description",
                "",
                "memberIds",
                members.stream().skip(1).map(User::id).toList()))
        .get("id")
        .asString();
  }

  private JsonNode post(String path, String token, Map<String, ?> body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }
}

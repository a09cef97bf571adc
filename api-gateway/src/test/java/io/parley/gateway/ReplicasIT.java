package io.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.nodes.NameResolver;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * Message nodes behind one name come, go, stop and die under a running gateway. Loopback addresses,
 * all with one port, are what replicas behind a name are elsewhere.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ReplicasIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What the name stands for. */
  private static final List<String> ADDRESSES = new CopyOnWriteArrayList<>();

  /** Its port is free at the other addresses, too: ports of tests are the system's to give. */
  private static final FakeNode FIRST = new FakeNode("message", "127.0.0.2", 0);

  private static final int PORT = FIRST.port();

  @TestConfiguration
  static class Dns {
    @Bean
    NameResolver names() {
      return host -> {
        if (!host.equals("message-service") || ADDRESSES.isEmpty()) {
          throw new UnknownHostException(host);
        }
        List<InetAddress> found = new ArrayList<>();
        ADDRESSES.forEach(address -> found.add(InetAddress.ofLiteral(address)));
        return found;
      };
    }
  }

  @LocalServerPort private int port;

  private final List<FakeNode> nodes = new ArrayList<>();
  private final List<RawSocket> clients = new ArrayList<>();

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    FakeFleet.register(registry);
    ADDRESSES.add("127.0.0.2");
    registry.add("parley.gateway.services.message", () -> "http://message-service:" + PORT);
    registry.add("parley.nodes.resolve-every", () -> "100ms");
    registry.add("parley.gateway.services.check-every", () -> "100ms");
  }

  @BeforeEach
  void two() throws Exception {
    nodes.add(FIRST);
    add("127.0.0.3");
    ADDRESSES.add("127.0.0.3");
    // What the test before made the gateway think of these addresses is over by then.
    nodes.forEach(node -> node.saidReady.set(0));
    until(() -> nodes.stream().allMatch(node -> node.saidReady.get() >= 3));
    until(() -> uses(0) && uses(1));
  }

  @AfterEach
  void back() throws Exception {
    for (RawSocket client : clients) {
      client.close();
    }
    until(() -> nodes.stream().allMatch(node -> node.sockets.isEmpty()));
    nodes.stream().skip(1).forEach(FakeNode::close);
    FIRST.ready = true;
    FIRST.status = "DOWN";
    ADDRESSES.removeIf(address -> !address.equals("127.0.0.2"));
    if (!ADDRESSES.contains("127.0.0.2")) {
      ADDRESSES.add("127.0.0.2");
    }
    until(() -> uses(0) && FIRST.sockets.isEmpty());
  }

  private FakeNode add(String address) throws Exception {
    FakeNode node = node(address);
    nodes.add(node);
    return node;
  }

  /** The port of one that has been closed is free only when its selector has looked once more. */
  private static FakeNode node(String address) throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        return new FakeNode("message", address, PORT);
      } catch (Exception e) {
        if (!(e instanceof BindException) || tries == 1_000) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  @Test
  void socketsShouldSpreadEvenly() throws Exception {
    open(40);
    assertThat(sockets(0)).isEqualTo(20);
    assertThat(sockets(1)).isEqualTo(20);
  }

  @Test
  void aNewNodeShouldGetWhatItHasLess() throws Exception {
    open(20);
    FakeNode third = add("127.0.0.4");
    ADDRESSES.add("127.0.0.4");
    until(() -> uses(2));
    // Of two that chance picks the emptier: two thirds at FIRST.
    open(40);
    assertThat(third.sockets.size()).isBetween(10, 30);
    assertThat(sockets(0) + sockets(1) + third.sockets.size()).isEqualTo(60);
  }

  /** Its sockets go on; nothing new comes. */
  @Test
  void anAddressThatIsGoneShouldGetNothingMore() throws Exception {
    open(10);
    ADDRESSES.remove("127.0.0.3");
    until(() -> !uses(1));
    open(10);
    assertThat(sockets(0)).isEqualTo(15);
    assertThat(sockets(1)).isEqualTo(5);
    for (RawSocket client : clients) {
      client.send("there");
      assertThat(client.read().text()).isEqualTo("there");
    }
  }

  @Test
  void aNodeThatIsNotReadyShouldGetNothingMore() throws Exception {
    nodes.get(1).ready = false;
    until(() -> !uses(1));
    open(10);
    assertThat(sockets(0)).isEqualTo(10);
    for (int i = 0; i < 20; i++) {
      assertThat(send("POST").statusCode()).isEqualTo(200);
    }
    assertThat(nodes.get(1).seen).isEmpty();
    nodes.get(1).ready = true;
    until(() -> uses(1));
    open(10);
    assertThat(sockets(1)).isEqualTo(10);
  }

  /** The last one may only seem not to be ready. */
  @Test
  void ifNoneIsReadyTheyShouldBeTriedAllTheSame() throws Exception {
    nodes.forEach(node -> node.ready = false);
    Thread.sleep(500);
    open(4);
    assertThat(sockets(0) + sockets(1)).isEqualTo(4);
    assertThat(send("POST").statusCode()).isEqualTo(200);
  }

  /** Whatever it is sent may be lost as it closes its connections. */
  @Test
  void aNodeThatStopsShouldGetNothingEvenIfItIsTheLast() throws Exception {
    for (FakeNode node : nodes) {
      node.status = "OUT_OF_SERVICE";
      node.ready = false;
    }
    until(() -> !uses(0) && !uses(1));
    HttpResponse<String> answer = send("POST");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    try (RawSocket client = new RawSocket(port)) {
      client.write(RawSocket.upgradeRequest("").getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead()).startsWith("HTTP/1.1 503 ");
    }
    assertThat(nodes).allSatisfy(node -> assertThat(node.seen).isEmpty());
  }

  @Test
  void aNodeThatTakesNoSocketsShouldBePassedOver() throws Exception {
    nodes.get(1).refusesSockets = true;
    open(10);
    assertThat(sockets(0)).isEqualTo(10);
    nodes.get(0).refusesSockets = true;
    try (RawSocket client = new RawSocket(port)) {
      client.write(RawSocket.upgradeRequest("").getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 503 ")
          .containsIgnoringCase("\r\nretry-after: 1\r\n");
    } finally {
      nodes.get(0).refusesSockets = false;
    }
  }

  /** Before any check has found out: not one request or socket fails. */
  @Test
  void aDeadNodeShouldCostNothing() throws Exception {
    open(10);
    nodes.get(1).kill();
    open(10);
    for (int i = 0; i < 20; i++) {
      assertThat(send(i % 2 == 0 ? "POST" : "GET").statusCode()).isEqualTo(200);
    }
    assertThat(sockets(0)).isEqualTo(15);

    FakeNode again = add("127.0.0.3");
    until(() -> uses(2));
    open(10);
    // The gateway knows that the sockets to the dead one are gone.
    assertThat(again.sockets.size()).isEqualTo(10);
  }

  @Test
  void allMayMove() throws Exception {
    add("127.0.0.4");
    add("127.0.0.5");
    ADDRESSES.addAll(List.of("127.0.0.4", "127.0.0.5"));
    ADDRESSES.removeAll(List.of("127.0.0.2", "127.0.0.3"));
    until(() -> uses(2) && uses(3) && !uses(0) && !uses(1));
    open(10);
    assertThat(sockets(2) + sockets(3)).isEqualTo(10);
  }

  /** A name that nobody can look up any more keeps its nodes. */
  @Test
  void withoutDnsAllShouldGoOn() throws Exception {
    ADDRESSES.clear();
    Thread.sleep(500);
    open(10);
    assertThat(sockets(0)).isEqualTo(5);
    assertThat(send("POST").statusCode()).isEqualTo(200);
  }

  private void open(int sockets) throws Exception {
    for (int i = 0; i < sockets; i++) {
      clients.add(RawSocket.upgraded(port, ""));
    }
  }

  private int sockets(int node) {
    return nodes.get(node).sockets.size();
  }

  /** Whether one of some requests, of as many users, gets there. */
  private boolean uses(int node) {
    FakeNode asked = nodes.get(node);
    nodes.forEach(any -> any.seen.clear());
    try {
      for (int i = 0; i < 30 && asked.seen.isEmpty(); i++) {
        send("GET");
      }
      return !asked.seen.isEmpty();
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      nodes.forEach(any -> any.seen.clear());
    }
  }

  private static void until(BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("patience").isLessThan(end);
      Thread.sleep(50);
    }
  }

  private HttpResponse<String> send(String method) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/conversations"))
            .header("Authorization", "Bearer " + FakeFleet.TOKENS.of(UUID.randomUUID()))
            .method(
                method,
                method.equals("GET")
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString("{}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}

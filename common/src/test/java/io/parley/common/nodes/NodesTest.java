package io.parley.common.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.testing.SetClock;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodesTest {

  private static final URI A = URI.create("http://10.0.0.1:1");
  private static final URI B = URI.create("http://10.0.0.2:1");
  private static final URI C = URI.create("http://10.0.0.3:1");

  private final SetClock clock = new SetClock();
  private final Map<String, List<String>> dns = new HashMap<>();
  private final Nodes nodes = nodes(A.toString(), B.toString(), C + "/");

  private Nodes nodes(String... urls) {
    return new Nodes(Arrays.stream(urls).map(URI::create).toList(), this::resolve, clock);
  }

  private List<InetAddress> resolve(String host) throws UnknownHostException {
    List<String> addresses = dns.get(host);
    if (addresses == null) {
      throw new UnknownHostException(host);
    }
    List<InetAddress> found = new ArrayList<>();
    for (String address : addresses) {
      found.add(InetAddress.ofLiteral(address));
    }
    return found;
  }

  @Test
  void eachShouldComeFirstInTurn() {
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
    assertThat(nodes.inTurn()).containsExactly(B, C, A);
    assertThat(nodes.inTurn()).containsExactly(C, A, B);
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
  }

  @Test
  void aFailedOneShouldComeLastForAWhile() {
    nodes.failed(A);
    assertThat(nodes.inTurn()).containsExactly(B, C, A);
    clock.forward(Duration.ofSeconds(5));
    nodes.inTurn();
    nodes.inTurn();
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
  }

  @Test
  void oneThatIsNotReadyShouldComeLastUntilItIs() {
    nodes.checked(B, false);
    clock.forward(Duration.ofHours(1));
    for (int i = 0; i < 20; i++) {
      assertThat(nodes.inTurn()).last().isEqualTo(B);
      assertThat(nodes.inOrderFor("user-" + i)).last().isEqualTo(B);
      assertThat(nodes.byLoad(node -> 0)).last().isEqualTo(B);
    }
    nodes.checked(B, true);
    assertThat(nodes.inTurn()).containsExactly(C, A, B);
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
  }

  @Test
  void oneThatStopsShouldNotBeAsked() {
    nodes.leaving(A);
    assertThat(nodes.inTurn()).containsExactly(B, C);
    assertThat(nodes.inOrderFor("ada")).containsExactlyInAnyOrder(B, C);
    assertThat(nodes.byLoad(node -> 0)).containsExactlyInAnyOrder(B, C);
    nodes.leaving(B);
    nodes.leaving(C);
    assertThat(nodes.inTurn()).isEmpty();
    // Dead by now, perhaps; then the connection is refused, and nothing is lost.
    nodes.checked(A, false);
    assertThat(nodes.inTurn()).containsExactly(A);
    nodes.checked(B, true);
    assertThat(nodes.inTurn()).containsExactly(B, A);
  }

  @Test
  void aFailedOneThatIsReadyShouldBeBackAtOnce() {
    nodes.failed(A);
    nodes.checked(A, true);
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
  }

  @Test
  void ifNoneIsReadyAllShouldBeTried() {
    for (URI node : nodes.all()) {
      nodes.checked(node, false);
    }
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
  }

  @Test
  void aUserShouldKeepANodeWhenOthersComeAndGo() {
    Nodes without = nodes(A.toString(), B.toString());
    int onC = 0;
    for (int i = 0; i < 300; i++) {
      String user = "user-" + i;
      List<URI> order = nodes.inOrderFor(user);
      assertThat(order).containsExactlyInAnyOrder(A, B, C).isEqualTo(nodes.inOrderFor(user));
      onC += order.get(0).equals(C) ? 1 : 0;
      // Without C only its users move, to their second node.
      assertThat(without.inOrderFor(user).get(0))
          .isEqualTo(order.get(0).equals(C) ? order.get(1) : order.get(0));
    }
    assertThat(onC).isBetween(50, 150);
  }

  @Test
  void aUserShouldComeBackToTheirNodeOnceItLivesAgain() {
    List<URI> order = nodes.inOrderFor("ada");
    nodes.failed(order.get(0));
    assertThat(nodes.inOrderFor("ada")).containsExactly(order.get(1), order.get(2), order.get(0));
    clock.forward(Duration.ofSeconds(5));
    assertThat(nodes.inOrderFor("ada")).isEqualTo(order);
  }

  /**
   * Of two that chance picks the one with less load: the one with most is never first. That two are
   * apart by k has a chance of about one in two to the k.
   */
  @Test
  void loadShouldEvenOut() {
    Map<URI, Integer> load = new HashMap<>(Map.of(A, 0, B, 0, C, 60));
    for (int i = 0; i < 60; i++) {
      List<URI> order = nodes.byLoad(node -> load.getOrDefault(node, 0));
      assertThat(order).containsExactlyInAnyOrder(A, B, C).first().isNotEqualTo(C);
      load.merge(order.getFirst(), 1, Integer::sum);
    }
    assertThat(load.getOrDefault(A, 0) - load.getOrDefault(B, 0)).isBetween(-25, 25);
    for (int i = 0; i < 30_000; i++) {
      load.merge(nodes.byLoad(node -> load.getOrDefault(node, 0)).getFirst(), 1, Integer::sum);
    }
    assertThat(load.values()).allSatisfy(sockets -> assertThat(sockets).isBetween(10_015, 10_065));
  }

  @Test
  void tiesShouldBeSpread() {
    Map<URI, Integer> first = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      first.merge(nodes.byLoad(node -> 7).getFirst(), 1, Integer::sum);
    }
    assertThat(first.keySet()).containsExactlyInAnyOrder(A, B, C);
    assertThat(first.values()).allSatisfy(times -> assertThat(times).isGreaterThan(50));
  }

  // --- names -----------------------------------------------------------------------------------

  @Test
  void aNameShouldBeANodeForEachAddress() {
    dns.put("chat", List.of("10.0.0.2", "10.0.0.1", "10.0.0.2"));
    assertThat(nodes("http://chat:1/").all()).containsExactly(A, B);
    assertThat(nodes("http://chat").all())
        .containsExactly(URI.create("http://10.0.0.1"), URI.create("http://10.0.0.2"));
    assertThat(nodes("http://chat:1/base").all().getFirst())
        .isEqualTo(URI.create("http://10.0.0.1:1/base"));
    assertThat(nodes("http://chat:1", C.toString()).all()).containsExactly(A, B, C);
  }

  @Test
  void nodesShouldComeAndGoWithTheirAddresses() {
    dns.put("chat", List.of("10.0.0.1"));
    Nodes named = nodes("http://chat:1");
    assertThat(named.all()).containsExactly(A);
    dns.put("chat", List.of("10.0.0.3", "10.0.0.1", "10.0.0.2"));
    assertThat(named.all()).containsExactly(A);
    named.resolve();
    assertThat(named.all()).containsExactly(A, B, C);
    dns.put("chat", List.of("10.0.0.2"));
    named.resolve();
    assertThat(named.all()).containsExactly(B);
    assertThat(named.inTurn()).containsExactly(B);
    assertThat(named.byLoad(node -> 1)).containsExactly(B);
  }

  /** An empty answer and a DNS that is away look the same; the nodes may be there all the same. */
  @Test
  void thatNothingIsKnownShouldChangeNothing() {
    dns.put("chat", List.of("10.0.0.1", "10.0.0.2"));
    Nodes named = nodes("http://chat:1");
    dns.remove("chat");
    named.resolve();
    assertThat(named.all()).containsExactly(A, B);
    dns.put("chat", List.of());
    named.resolve();
    assertThat(named.all()).containsExactly(A, B);
    dns.put("chat", List.of("10.0.0.3"));
    named.resolve();
    assertThat(named.all()).containsExactly(C);
  }

  @Test
  void oneNameThatIsUnknownShouldNotHoldUpAnother() {
    dns.put("a", List.of("10.0.0.1"));
    Nodes named = nodes("http://a:1", "http://b:1");
    assertThat(named.all()).containsExactly(A);
    dns.remove("a");
    dns.put("b", List.of("10.0.0.2"));
    named.resolve();
    assertThat(named.all()).containsExactly(A, B);
  }

  @Test
  void aNameThatWasNeverKnownShouldBeNoNode() {
    Nodes named = nodes("http://chat:1");
    assertThat(named.all()).isEmpty();
    assertThat(named.inTurn()).isEmpty();
    assertThat(named.inOrderFor("ada")).isEmpty();
    assertThat(named.byLoad(node -> 1)).isEmpty();
    assertThatThrownBy(() -> named.ask(node -> "never")).isInstanceOf(UnknownHostException.class);
  }

  @Test
  void ipv6ShouldBeInBrackets() {
    dns.put("chat", List.of("fd00::1", "fd00::2"));
    assertThat(nodes("http://chat:1").all())
        .containsExactly(
            URI.create("http://[fd00:0:0:0:0:0:0:1]:1"),
            URI.create("http://[fd00:0:0:0:0:0:0:2]:1"));
    assertThat(nodes("http://[fd00::1]:1").all()).containsExactly(URI.create("http://[fd00::1]:1"));
  }

  /** A node that has an address of each kind is one node. */
  @Test
  void onlyThePreferredFamilyShouldCount() {
    dns.put("chat", List.of("10.0.0.1", "fd00::1", "10.0.0.2", "fd00::2"));
    assertThat(nodes("http://chat:1").all()).containsExactly(A, B);
    dns.put("chat", List.of("fd00::1", "10.0.0.1"));
    assertThat(nodes("http://chat:1").all())
        .containsExactly(URI.create("http://[fd00:0:0:0:0:0:0:1]:1"));
  }

  /** It has two addresses, and is one machine. */
  @Test
  void localhostShouldStayWhatItIs() {
    dns.put("localhost", List.of("127.0.0.1", "::1"));
    assertThat(nodes("http://localhost:1").all()).containsExactly(URI.create("http://localhost:1"));
  }

  @Test
  void whatIsKnownOfANodeShouldEndWithIt() {
    dns.put("chat", List.of("10.0.0.1", "10.0.0.2"));
    Nodes named = nodes("http://chat:1");
    named.checked(A, false);
    dns.put("chat", List.of("10.0.0.2"));
    named.resolve();
    dns.put("chat", List.of("10.0.0.1", "10.0.0.2"));
    named.resolve();
    assertThat(named.inTurn()).containsExactly(A, B);
  }

  // --- asking ----------------------------------------------------------------------------------

  @Test
  void askShouldPassOverTheDeadTheBrokenAndTheUnable() throws Exception {
    List<URI> asked = new ArrayList<>();
    String answer =
        nodes.ask(
            node -> {
              asked.add(node);
              if (node.equals(A)) {
                throw new ConnectException();
              }
              if (node.equals(B)) {
                throw new Nodes.UnableException(node);
              }
              return "yes";
            });
    assertThat(answer).isEqualTo("yes");
    assertThat(asked).containsExactly(A, B, C);
    // Only the dead one is avoided.
    assertThat(nodes.inTurn()).containsExactly(B, C, A);
  }

  @Test
  void askShouldNotWaitForOneNodeAfterTheOther() {
    List<URI> asked = new ArrayList<>();
    assertThatThrownBy(
            () ->
                nodes.ask(
                    node -> {
                      asked.add(node);
                      throw new SocketTimeoutException();
                    }))
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(asked).containsExactly(A);
    assertThat(nodes.inTurn()).containsExactly(B, C, A);
  }

  @Test
  void aSingleNodeThatBrokeOffShouldBeAskedOnceMore() throws Exception {
    Nodes single = nodes(A.toString());
    List<URI> asked = new ArrayList<>();
    String answer =
        single.ask(
            node -> {
              asked.add(node);
              if (asked.size() == 1) {
                throw new IOException("closed");
              }
              return "yes";
            });
    assertThat(answer).isEqualTo("yes");
    asked.clear();
    assertThatThrownBy(
            () ->
                single.ask(
                    node -> {
                      asked.add(node);
                      throw new Nodes.UnableException(node);
                    }))
        .isInstanceOf(Nodes.UnableException.class);
    assertThat(asked).containsExactly(A);
  }

  @Test
  void whatIsNoBaseUrlShouldBeRefused() {
    for (String url : List.of("", "message:8080", "ftp://a", "http:///x")) {
      assertThatThrownBy(() -> nodes(url)).as(url).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(this::nodes).isInstanceOf(IllegalArgumentException.class);
  }
}

package io.parley.gateway.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodesTest {

  private static final URI A = URI.create("http://a:1");
  private static final URI B = URI.create("http://b:1");
  private static final URI C = URI.create("http://c:1");

  private final SetClock clock = new SetClock();
  private final Nodes nodes = new Nodes(List.of(A, B, URI.create("http://c:1/")), clock);

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
    clock.now = clock.now.plus(Duration.ofSeconds(5));
    nodes.inTurn();
    nodes.inTurn();
    assertThat(nodes.inTurn()).containsExactly(A, B, C);
  }

  @Test
  void aUserShouldKeepANodeWhenOthersComeAndGo() {
    Nodes without = new Nodes(List.of(A, B), clock);
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
    clock.now = clock.now.plus(Duration.ofSeconds(5));
    assertThat(nodes.inOrderFor("ada")).isEqualTo(order);
  }

  @Test
  void whatIsNoBaseUrlShouldBeRefused() {
    for (String url : List.of("", "message:8080", "ftp://a", "http:///x")) {
      assertThatThrownBy(() -> new Nodes(List.of(URI.create(url)), clock))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Nodes(List.of(), clock))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static final class SetClock extends Clock {

    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}

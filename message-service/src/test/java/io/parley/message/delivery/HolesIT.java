package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.log.FrozenWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A seq that was given out and is not written yet hides nothing, neither before nor after. */
class HolesIT {

  /** No round and no healing may help. */
  private static final String[] SETTINGS = {
    "parley.delivery.heads-interval=1h", "parley.log.heal-after=1h"
  };

  private static Nodes.Node one;
  private static Nodes.Node two;

  private final TwoUsers users = new TwoUsers();

  @BeforeAll
  static void start() {
    one = Nodes.start(SETTINGS);
    two = Nodes.start(SETTINGS);
  }

  @AfterAll
  static void stop() {
    one.context().close();
    two.context().close();
  }

  @Test
  void lateEventShouldReachEverybodyInOrder() throws Exception {
    ConversationId id = users.direct(one);
    try (StompClient anns = StompClient.connect(one.http(), users.annToken)) {
      assertThat(TwoUsers.send(one, users.annToken, id, "first")).isEqualTo(1);
      assertThat(TwoUsers.upTo(1, anns, id)).containsExactly(1L);
      FrozenWriter frozen = FrozenWriter.at(one, id, users.ben, "late");
      assertThat(frozen.seq()).isEqualTo(2);
      assertThat(TwoUsers.send(one, users.annToken, id, "third")).isEqualTo(3);

      // Here the conversation is opened while 3 is stored and 2 is not.
      try (StompClient bens = StompClient.connect(two.http(), users.benToken)) {
        assertThat(TwoUsers.head(bens, id)).isEqualTo(1);
        for (Nodes.Node node : new Nodes.Node[] {one, two}) {
          assertThat(TwoUsers.catchUp(node, users.benToken, id, 0)).containsExactly(1L);
          assertThat(
                  new Http(node.http(), users.benToken)
                      .get("/api/v1/conversations/" + id + "/messages")
                      .json()
                      .get("items")
                      .get(0)
                      .get("seq")
                      .asLong())
              .as("known, for a client that has nothing yet")
              .isEqualTo(1);
        }
        frozen.write();
        assertThat(TwoUsers.upTo(3, anns, id)).containsExactly(2L, 3L);
        assertThat(TwoUsers.upTo(3, bens, id)).containsExactly(2L, 3L);
        assertThat(TwoUsers.catchUp(two, users.benToken, id, 1)).containsExactly(2L, 3L);
      }
    }
  }

  @Test
  void eventsBehindAHoleShouldComeOnceItIsFilledHoweverTheyWereHeardOf() throws Exception {
    ConversationId id = users.direct(one);
    assertThat(TwoUsers.send(one, users.annToken, id, "first")).isEqualTo(1);
    FrozenWriter frozen = FrozenWriter.at(one, id, users.ben, "late");
    try (StompClient bens = StompClient.connect(two.http(), users.benToken)) {
      assertThat(TwoUsers.head(bens, id)).isEqualTo(1);
      for (int i = 3; i <= 12; i++) {
        assertThat(TwoUsers.send(one, users.annToken, id, "text " + i)).isEqualTo(i);
      }
      frozen.write();
      assertThat(TwoUsers.upTo(12, bens, id))
          .containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
    }
  }
}

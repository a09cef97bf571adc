package io.parley.message.reaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReactionDecisionTest {

  private final UserId ann = new UserId(UUID.randomUUID());
  private final UserId ben = new UserId(UUID.randomUUID());

  private static ReactionChange add(UserId user, String emoji) {
    return new ReactionChange(user, emoji, true);
  }

  private static ReactionChange remove(UserId user, String emoji) {
    return new ReactionChange(user, emoji, false);
  }

  @Test
  void whatIsSoAlreadyShouldBeNoChange() {
    ReactionState state =
        new ReactionState(7, List.of(new Tally("👍", 1)), Set.of(new Reaction("👍", ann)));
    ReactionDecision decision =
        ReactionDecision.of(
            state, List.of(add(ann, "👍"), remove(ben, "👍"), remove(ann, "😀")), 20);
    assertThat(decision.changes()).isEmpty();
    assertThat(decision.tallies()).containsExactly(new Tally("👍", 1));
  }

  @Test
  void theLastWishOfAUserShouldStand() {
    ReactionDecision decision =
        ReactionDecision.of(
            ReactionState.NONE,
            List.of(
                add(ann, "👍"), add(ben, "👍"), remove(ann, "👍"), add(ann, "😀"), add(ann, "😀")),
            20);
    assertThat(decision.changes()).containsExactly(add(ben, "👍"), add(ann, "😀"));
    assertThat(decision.tallies()).containsExactly(new Tally("👍", 1), new Tally("😀", 1));
    assertThat(decision.present())
        .containsExactlyInAnyOrder(new Reaction("👍", ben), new Reaction("😀", ann));
  }

  @Test
  void kindsShouldBeLimitedButNotTheirUsers() {
    ReactionState state =
        new ReactionState(
            7, List.of(new Tally("👍", 1), new Tally("😀", 1)), Set.of(new Reaction("👍", ann)));
    ReactionDecision full = ReactionDecision.of(state, List.of(add(ben, "❤️"), add(ben, "😀")), 2);
    assertThat(full.refused()).containsExactly(add(ben, "❤️"));
    assertThat(full.tallies()).containsExactly(new Tally("👍", 1), new Tally("😀", 2));

    ReactionDecision room =
        ReactionDecision.of(state, List.of(remove(ann, "👍"), add(ben, "❤️")), 2);
    assertThat(room.refused()).isEmpty();
    assertThat(room.tallies()).containsExactly(new Tally("😀", 1), new Tally("❤️", 1));
  }
}

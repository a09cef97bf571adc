package io.parley.message.hidden;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.store.FailingWrites;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that dies between two writes leaves nothing that is half seen, and a repeat ends it. */
class CassandraHiddenStoreIT {

  private final CassandraHiddenStore other = Nodes.B.get(CassandraHiddenStore.class);

  private static CassandraHiddenStore on(FailingWrites failing) {
    return new CassandraHiddenStore(failing.tables(), Clock.systemUTC());
  }

  @ParameterizedTest
  @EnumSource
  void hidingShouldBeWholeOrNotToBeSeenWhereverANodeDies(FailingWrites.Moment moment) {
    int write = 0;
    boolean met = true;
    while (met) {
      UserId user = new UserId(UUID.randomUUID());
      ConversationId conversation = new ConversationId(UUID.randomUUID());
      FailingWrites failing = new FailingWrites(++write, moment);
      met = failing.isMetBy(() -> on(failing).hide(user, conversation, 7));
      // Whoever shows messages asks for the rows only where this leads to them.
      if (other.ends(user).containsKey(conversation)) {
        assertThat(other.between(user, conversation, 1, 9)).containsExactly(7L);
      }
      other.hide(user, conversation, 7);
      assertThat(other.ends(user)).containsEntry(conversation, 7L);
      assertThat(other.between(user, conversation, 1, 9)).containsExactly(7L);
    }
    assertThat(write).isGreaterThan(2);
  }

  @ParameterizedTest
  @EnumSource
  void forgettingShouldGoOnWhereANodeDied(FailingWrites.Moment moment) {
    int write = 0;
    boolean met = true;
    while (met) {
      UserId user = new UserId(UUID.randomUUID());
      ConversationId conversation = new ConversationId(UUID.randomUUID());
      other.hide(user, conversation, 7);
      other.hide(user, conversation, 150_000);
      FailingWrites failing = new FailingWrites(++write, moment);
      CassandraHiddenStore dying = on(failing);
      met = failing.isMetBy(() -> dying.forget(user, conversation, 150_000));
      // By this they are found again; it goes with the user's settings, last.
      assertThat(other.ends(user)).containsEntry(conversation, 150_000L);
      other.ends(user).forEach((id, end) -> other.forget(user, id, end));
      assertThat(other.between(user, conversation, 1, 150_000)).isEmpty();
    }
    assertThat(write).isGreaterThan(2);
  }
}

package io.parley.message.mention;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.mention.MentionStore.Place;
import io.parley.message.store.FailingWrites;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CassandraMentionStoreIT implements MentionStoreContract {

  @Override
  public void with(Consumer<MentionStore> test) {
    test.accept(Nodes.A.get(MentionStore.class));
  }

  @ParameterizedTest
  @EnumSource
  void forgettingShouldGoOnWhereANodeDied(FailingWrites.Moment moment) {
    MentionStore store = Nodes.B.get(MentionStore.class);
    UserId ann = new UserId(UUID.randomUUID());
    int write = 0;
    boolean met = true;
    while (met) {
      UserId ben = new UserId(UUID.randomUUID());
      List<ConversationId> conversations =
          List.of(new ConversationId(UUID.randomUUID()), new ConversationId(UUID.randomUUID()));
      for (ConversationId conversation : conversations) {
        store.put(new Place(conversation, 3, null), ann, Map.of(ben, true), null, 3);
        store.put(new Place(conversation, 150_000, null), ann, Map.of(ben, true), null, 150_000);
      }
      FailingWrites failing = new FailingWrites(++write, moment);
      MentionStore dying = new CassandraMentionStore(failing.tables(), Clock.systemUTC());
      met = failing.isMetBy(() -> dying.forget(ben));
      store.forget(ben);
      assertThat(store.newest(ben, conversations)).isEmpty();
      for (ConversationId conversation : conversations) {
        assertThat(store.naming(ben, conversation, 0, 200_000, 10)).isEmpty();
      }
    }
    assertThat(write).isGreaterThan(5);
  }
}

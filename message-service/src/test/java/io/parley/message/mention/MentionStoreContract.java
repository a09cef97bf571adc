package io.parley.message.mention;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.mention.MentionStore.Place;
import io.parley.message.mention.MentionStore.ToAll;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What every MentionStore promises: run by SimulatedMentionStoreTest and CassandraMentionStoreIT.
 */
interface MentionStoreContract {

  /** Runs a test where the store can be asked. */
  void with(Consumer<MentionStore> test);

  private static UserId user() {
    return new UserId(UUID.randomUUID());
  }

  private static ConversationId conversation() {
    return new ConversationId(UUID.randomUUID());
  }

  @Test
  default void mentionsShouldBeFoundWithinTheirBounds() {
    with(
        store -> {
          UserId ann = user();
          UserId ben = user();
          ConversationId conversation = conversation();
          for (long seq : new long[] {3, 150_000, 7}) {
            store.put(new Place(conversation, seq, null), ann, Map.of(ben, true), null, seq);
          }
          assertThat(store.naming(ben, conversation, 0, 200_000, 10))
              .containsExactlyInAnyOrder(3L, 7L, 150_000L);
          assertThat(store.naming(ben, conversation, 3, 7, 10)).containsExactly(7L);
          assertThat(store.naming(ben, conversation, 0, 7, 1)).containsExactly(7L);
          assertThat(store.naming(ann, conversation, 0, 200_000, 10)).isEmpty();
          assertThat(store.naming(ben, conversation(), 0, 200_000, 10)).isEmpty();
          assertThat(store.newest(ben, List.of(conversation, conversation())))
              .isEqualTo(Map.of(conversation, 150_000L));
          assertThat(store.newest(ann, List.of(conversation))).isEmpty();
        });
  }

  @Test
  default void messageThatHasDisappearedShouldMentionNobody() {
    with(
        store -> {
          UserId ann = user();
          UserId ben = user();
          ConversationId conversation = conversation();
          Instant later = Instant.parse("9999-01-01T00:00:00Z");
          store.put(new Place(conversation, 3, Instant.EPOCH), ann, Map.of(ben, true), true, 3);
          store.put(new Place(conversation, 4, later), ann, Map.of(ben, true), true, 4);
          assertThat(store.naming(ben, conversation, 0, 10, 10)).containsExactly(4L);
          assertThat(store.toAll(conversation, 0, 10, 10)).containsExactly(new ToAll(4, ann));
        });
  }

  @Test
  default void newestWordOnAMessageShouldStandInWhateverOrderItComes() {
    with(
        store -> {
          UserId ann = user();
          UserId ben = user();
          ConversationId conversation = conversation();
          store.put(new Place(conversation, 3, null), ann, Map.of(ben, false), false, 9);
          store.put(new Place(conversation, 3, null), ann, Map.of(ben, true), true, 3);
          assertThat(store.naming(ben, conversation, 0, 10, 10)).isEmpty();
          assertThat(store.toAll(conversation, 0, 10, 10)).isEmpty();
          // That it ever did is still known: whoever counts looks at the rows.
          assertThat(store.newest(ben, List.of(conversation))).isEqualTo(Map.of(conversation, 3L));
          store.put(new Place(conversation, 3, null), ann, Map.of(ben, true), true, 11);
          assertThat(store.naming(ben, conversation, 0, 10, 10)).containsExactly(3L);
          assertThat(store.toAll(conversation, 0, 10, 10)).containsExactly(new ToAll(3, ann));
        });
  }

  @Test
  default void ofWhatIsToAllTheNewestShouldComeFirst() {
    with(
        store -> {
          UserId ann = user();
          ConversationId conversation = conversation();
          store.put(new Place(conversation, 3, null), ann, Map.of(), true, 3);
          store.put(new Place(conversation, 150_000, null), ann, Map.of(), true, 150_000);
          store.put(new Place(conversation, 5, null), ann, Map.of(), null, 5);
          assertThat(store.toAll(conversation, 0, 200_000, 10))
              .containsExactly(new ToAll(150_000, ann), new ToAll(3, ann));
          assertThat(store.toAll(conversation, 3, 200_000, 10))
              .containsExactly(new ToAll(150_000, ann));
          assertThat(store.toAll(conversation(), 0, 200_000, 10)).isEmpty();
        });
  }

  @Test
  default void ofSomeMessagesThoseShouldBeFoundThatMentionOne() {
    with(
        store -> {
          UserId ann = user();
          UserId ben = user();
          ConversationId conversation = conversation();
          store.put(new Place(conversation, 3, null), ann, Map.of(ben, true), null, 3);
          store.put(new Place(conversation, 150_000, null), ann, Map.of(), true, 150_000);
          store.put(new Place(conversation, 5, null), ann, Map.of(ben, false), null, 5);
          List<Long> seqs = List.of(3L, 4L, 5L, 150_000L);
          assertThat(store.among(ben, conversation, false, seqs)).containsExactly(3L);
          assertThat(store.among(ben, conversation, true, seqs))
              .containsExactlyInAnyOrder(3L, 150_000L);
          assertThat(store.among(ben, conversation, true, List.of(4L))).isEmpty();
        });
  }

  @Test
  default void aForgottenUserShouldNotComeBackByALateWrite() {
    with(
        store -> {
          UserId ann = user();
          UserId ben = user();
          ConversationId conversation = conversation();
          store.put(new Place(conversation, 3, null), ann, Map.of(ben, true), null, 3);
          store.forget(ben);
          store.put(new Place(conversation, 3, null), ann, Map.of(ben, true), null, 3);
          assertThat(store.naming(ben, conversation, 0, 10, 10)).isEmpty();
          assertThat(store.newest(ben, List.of(conversation))).isEmpty();
        });
  }
}

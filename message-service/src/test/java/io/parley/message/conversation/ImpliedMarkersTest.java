package io.parley.message.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ImpliedMarkersTest {

  private record Write(
      UserId user, ConversationId conversation, ReadMarker marker, CompletableFuture<Void> done) {}

  private final UserId ann = new UserId(UUID.randomUUID());
  private final ConversationId chat = new ConversationId(UUID.randomUUID());
  private final List<Write> writes = new ArrayList<>();
  private boolean answering = true;
  private long now = Long.MAX_VALUE - 1; // nanoTime may overflow
  private final ImpliedMarkers markers = new ImpliedMarkers(this::write, () -> now);

  private synchronized CompletionStage<?> write(
      UserId user, ConversationId conversation, ReadMarker marker) {
    Write write = new Write(user, conversation, marker, new CompletableFuture<>());
    writes.add(write);
    if (answering) {
      write.done().complete(null);
    }
    return write.done();
  }

  /** Goes through the time step by step; returns the most writes of one step. */
  private int pass(Duration time) {
    int most = 0;
    for (long ms = 0; ms < time.toMillis(); ms += ImpliedMarkers.STEP_MILLIS) {
      now += Duration.ofMillis(ImpliedMarkers.STEP_MILLIS).toNanos();
      int before = writes.size();
      markers.step();
      most = Math.max(most, writes.size() - before);
    }
    return most;
  }

  private static ReadMarker marker(long seq) {
    return new ReadMarker(seq, seq);
  }

  @Test
  void messagesOfAMinuteShouldBeOneWrite() {
    for (int seq = 1; seq <= 50; seq++) {
      markers.add(ann, chat, marker(seq));
      pass(Duration.ofSeconds(1));
    }
    markers.add(ann, chat, marker(3));
    assertThat(writes).isEmpty();
    assertThat(markers.of(ann)).containsEntry(chat, marker(50));
    pass(Duration.ofSeconds(11));
    assertThat(writes).extracting(Write::marker).containsExactly(marker(50));
    assertThat(markers.of(ann)).isEmpty();
    pass(Duration.ofMinutes(3));
    assertThat(writes).hasSize(1);
  }

  @Test
  void manyOfOneMomentShouldLeaveEvenly() {
    int users = 3_000;
    for (int i = 0; i < users; i++) {
      markers.add(new UserId(UUID.randomUUID()), chat, marker(1));
    }
    pass(ImpliedMarkers.DELAY.minusMillis(ImpliedMarkers.STEP_MILLIS));
    assertThat(writes).isEmpty();
    // 15 a second and less, instead of 3,000 at once.
    assertThat(pass(ImpliedMarkers.DELAY)).isLessThanOrEqualTo(users / 300);
    assertThat(writes).hasSizeGreaterThan(users / 2);
    pass(ImpliedMarkers.DELAY.multipliedBy(5));
    Set<UserId> written = new HashSet<>();
    writes.forEach(write -> written.add(write.user()));
    assertThat(written).hasSize(users);
    assertThat(writes).hasSize(users);
  }

  @Test
  void messageSentDuringTheWriteShouldBeWrittenToo() {
    answering = false;
    markers.add(ann, chat, marker(1));
    pass(ImpliedMarkers.DELAY.plusSeconds(1));
    assertThat(writes).hasSize(1);
    assertThat(markers.of(ann)).containsEntry(chat, marker(1));
    markers.add(ann, chat, marker(2));
    writes.get(0).done().complete(null);
    pass(ImpliedMarkers.DELAY.plusSeconds(1));
    assertThat(writes).extracting(Write::marker).containsExactly(marker(1), marker(2));
  }

  @Test
  void failedWriteShouldBeRepeated() {
    answering = false;
    markers.add(ann, chat, marker(1));
    pass(ImpliedMarkers.DELAY.plusSeconds(1));
    writes.get(0).done().completeExceptionally(new IllegalStateException("away"));
    assertThat(markers.of(ann)).containsEntry(chat, marker(1));
    answering = true;
    pass(ImpliedMarkers.DELAY.plusSeconds(1));
    assertThat(writes).extracting(Write::marker).containsExactly(marker(1), marker(1));
    assertThat(markers.of(ann)).isEmpty();
  }

  @Test
  void whatWasStoredOtherwiseShouldNotBeWritten() {
    markers.add(ann, chat, marker(4));
    markers.stored(ann, chat, marker(3));
    assertThat(markers.of(ann)).containsEntry(chat, marker(4));
    markers.stored(ann, chat, marker(4));
    assertThat(markers.of(ann)).isEmpty();
    pass(ImpliedMarkers.DELAY.multipliedBy(2));
    assertThat(writes).isEmpty();
  }

  @Test
  void stoppingNodeShouldStoreWhatWaitsAndWhatStillComes() {
    int users = 120;
    for (int i = 0; i < users; i++) {
      markers.add(new UserId(UUID.randomUUID()), chat, marker(1));
    }
    markers.drain();
    markers.add(ann, chat, marker(7));
    markers.end();
    assertThat(writes).hasSize(users + 1);
    assertThat(markers.of(ann)).isEmpty();
  }
}

package io.parley.message.log;

import static io.parley.message.TestGroup.until;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What messages say that disappear, in the store. */
class ExpiringTextsIT {

  private final EventStore store = Nodes.A.get(EventStore.class);
  private final CassandraExpiringTexts texts = Nodes.A.get(CassandraExpiringTexts.class);
  private final BodyCipher cipher = Nodes.A.get(BodyCipher.class);
  private final CqlSession cassandra = Nodes.A.get(CqlSession.class);
  private final ConversationId conversation = new ConversationId(UUID.randomUUID());
  private final UserId author = new UserId(UUID.randomUUID());

  private static Instant in(int seconds) {
    return Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.MILLIS);
  }

  private LogEvent event(long seq, LogEvent.Kind kind, String payload) {
    return new LogEvent(
        conversation,
        seq,
        EventId.of(conversation, author, "event " + seq),
        1,
        kind,
        author,
        Instant.now().truncatedTo(ChronoUnit.MILLIS),
        seq,
        payload);
  }

  private LogEvent message(long seq, Instant expiresAt) {
    return event(
        seq,
        LogEvent.Kind.MESSAGE,
        "{\"clientMessageId\":\"m\",\"text\":\"secret\",\"replyTo\":1,\"expiresAt\":\""
            + expiresAt
            + "\",\"threadRoot\":1}");
  }

  private static String edited(Instant expiresAt, String text, long seq) {
    return "{\"clientMessageId\":\"m\",\"text\":\""
        + text
        + "\",\"expiresAt\":\""
        + expiresAt
        + "\",\"editedSeq\":"
        + seq
        + "}";
  }

  private LogEvent read(long seq) {
    LogEvent only = null;
    for (LogEvent row : store.at(conversation, seq)) {
      assertThat(only).isNull();
      only = row;
    }
    LogEvent found = requireNonNull(only);
    // However it is asked for.
    assertThat(store.from(conversation, seq, 1)).containsExactly(found);
    assertThat(store.before(conversation, store.bucketOf(seq), seq + 1, 1)).containsExactly(found);
    assertThat(store.at(conversation, List.of(seq))).containsExactly(found);
    LogEvent place = store.placesFrom(conversation, seq, 1).get(0);
    assertThat(place.deletedSeq()).isEqualTo(found.deletedSeq());
    assertThat(place.payload()).isEmpty();
    return found;
  }

  private boolean isExpired(long seq) {
    return store.at(conversation, seq).get(0).isExpired();
  }

  /** All that the log's own table says. */
  private String inTheLog(LogEvent event) {
    Row row =
        requireNonNull(
            cassandra
                .execute(
                    "SELECT body, edited_body FROM events_by_conversation"
                        + " WHERE conversation_id = ? AND bucket = ? AND seq = ?",
                    conversation.value(),
                    store.bucketOf(event.seq()),
                    event.seq())
                .one());
    StringBuilder all = new StringBuilder();
    for (String column : List.of("body", "edited_body")) {
      ByteBuffer sealed = row.getByteBuffer(column);
      if (sealed != null && sealed.hasRemaining()) {
        byte[] bytes = new byte[sealed.remaining()];
        sealed.get(bytes);
        all.append(cipher.decrypt(event.id(), bytes));
      }
    }
    return all.toString();
  }

  private boolean hasText(LogEvent event) {
    for (Row row :
        cassandra.execute(
            "SELECT body, edited_body FROM expiring_texts_by_conversation"
                + " WHERE conversation_id = ? AND bucket = ? AND seq = ?",
            conversation.value(),
            store.bucketOf(event.seq()),
            event.seq())) {
      for (String column : List.of("body", "edited_body")) {
        ByteBuffer sealed = row.getByteBuffer(column);
        if (sealed != null && sealed.hasRemaining()) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void eventShouldBeReadAsItWasWrittenUntilItsTimeIsOver() throws Exception {
    Instant expiresAt = in(8);
    LogEvent message = message(2, expiresAt);
    LogEvent plain = event(3, LogEvent.Kind.MESSAGE, "{\"text\":\"stays\"}");
    store.insert(message);
    store.insert(message);
    store.insert(plain);
    assertThat(message.expiresAt()).isEqualTo(expiresAt);
    assertThat(read(2)).isEqualTo(message);
    assertThat(read(2).threadRoot()).isEqualTo(1);
    assertThat(store.from(conversation, 1, 9)).containsExactly(message, plain);
    assertThat(inTheLog(message)).contains("\"clientMessageId\":\"m\"").doesNotContain("secret");
    until(() -> isExpired(2));
    assertThat(Instant.now()).isAfterOrEqualTo(expiresAt);
    LogEvent expired = read(2);
    assertThat(expired.toJson())
        .contains("\"expired\":true", "\"replyTo\":1", "\"expiresAt\":\"" + expiresAt)
        .doesNotContain("secret");
    assertThat(expired.threadRoot()).isEqualTo(1);
    assertThat(expired.isDeleted()).isTrue();
    assertThat(read(3)).isEqualTo(plain);
    // And from the store itself.
    until(() -> !hasText(message));
  }

  @Test
  void deathBetweenTheTwoWritesShouldLeaveNoEventWithoutText() {
    LogEvent message = message(2, in(60));
    texts.insert(message, store.bucketOf(2), in(60), 1);
    assertThat(store.at(conversation, 2)).isEmpty();
    // The repeat comes a little later, with another time.
    LogEvent again = message(2, in(61));
    store.insert(again);
    assertThat(read(2)).isEqualTo(again);
  }

  @Test
  void lastEditShouldStayInWhateverOrderTheyComeAndGoWithItsMessage() throws Exception {
    Instant expiresAt = in(10);
    LogEvent message = message(2, expiresAt);
    store.insert(message);
    store.edit(message, 5, edited(expiresAt, "second secret", 5));
    store.edit(message, 4, edited(expiresAt, "first secret", 4));
    LogEvent now = read(2);
    assertThat(now.content()).contains("second secret");
    assertThat(now.payload()).contains("\"secret\"");
    assertThat(now.changes().edits()).containsExactlyInAnyOrder(4L, 5L);
    LogEvent event =
        event(
            5,
            LogEvent.Kind.EDITED,
            "{\"target\":2,\"text\":\"second secret\",\"expiresAt\":\"" + expiresAt + "\"}");
    store.insert(event);
    assertThat(read(5)).isEqualTo(event);
    assertThat(read(5).target()).isEqualTo(2);
    assertThat(inTheLog(message) + inTheLog(event)).doesNotContain("secret");
    until(() -> isExpired(2) && isExpired(5));
    assertThat(read(2).toJson() + read(5).toJson()).doesNotContain("secret");
    assertThat(read(5).target()).isEqualTo(2);
    until(() -> !hasText(message) && !hasText(event));
  }

  @Test
  void whatWasDeletedShouldNotComeBackByALateRepeat() {
    LogEvent message = message(2, in(60));
    store.insert(message);
    store.edit(message, 3, edited(in(60), "edited secret", 3));
    store.overwrite(message, "{\"deleted\":true}", 7);
    assertThat(hasText(message)).isFalse();
    store.insert(message);
    store.edit(message, 4, edited(in(60), "late secret", 4));
    assertThat(hasText(message)).isFalse();
    assertThat(read(2).deletedSeq()).isEqualTo(7);
    assertThat(read(2).content()).isEqualTo("{\"deleted\":true}");
    assertThat(inTheLog(message)).doesNotContain("secret");
  }

  @Test
  void deletedMessageShouldStayDeletedWhenItsTimeIsOver() throws Exception {
    Instant expiresAt = in(3);
    LogEvent message = message(2, expiresAt);
    store.insert(message);
    store.overwrite(message, "{\"deleted\":true}", 7);
    until(() -> Instant.now().isAfter(expiresAt));
    assertThat(read(2).deletedSeq()).isEqualTo(7);
    assertThat(read(2).isExpired()).isFalse();
  }

  /** As after a restore of a backup. */
  @Test
  void rowWhoseTextIsMissingShouldCountAsExpired() {
    LogEvent message = message(2, in(60));
    store.insert(message);
    cassandra.execute(
        "DELETE FROM expiring_texts_by_conversation WHERE conversation_id = ? AND bucket = ?",
        conversation.value(),
        store.bucketOf(2));
    assertThat(store.at(conversation, 2).get(0).isExpired()).isTrue();
  }

  @Test
  void tableShouldDropItsFilesWithoutTombstones() {
    Map<String, String> compaction =
        requireNonNull(
                cassandra
                    .execute(
                        "SELECT compaction FROM system_schema.tables WHERE keyspace_name = ?"
                            + " AND table_name = 'expiring_texts_by_conversation'",
                        cassandra.getKeyspace().orElseThrow().asInternal())
                    .one())
            .getMap("compaction", String.class, String.class);
    assertThat(requireNonNull(compaction).get("class")).contains("TimeWindowCompactionStrategy");
  }
}
